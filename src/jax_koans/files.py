"""Reading and writing a learner's files so that nothing is ever half written or lost."""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from datetime import datetime
from pathlib import Path

_RETRIES = 5  # antivirus programs and synchronised folders hold a file for a moment
_PAUSE = 0.05  # seconds, growing


def read_text(path: Path) -> str:
    """A UTF-8 file's text with its line ends as they are.

    Raises:
        OSError, UnicodeDecodeError
    """
    return path.read_bytes().decode("utf-8")


def write_atomically(path: Path, text: str) -> None:
    """Write UTF-8 text so that a reader, or a crash, meets the old file or the new one.

    The old file's mode is kept. Folders are made as needed.

    Raises:
        OSError: the file cannot be written, or `path` is a link (its target is not ours).
    """
    if path.is_symlink():
        raise OSError(f"{path} is a symbolic link: replace it by a file of its own first")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        else:
            os.chmod(temporary, 0o666 & ~_umask())
        _replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def back_up(path: Path, root: Path, backups: Path) -> Path:
    """Copy a file below `root` to a dated folder below `backups`; answers with the copy's path.

    Raises:
        OSError: the copy cannot be made; then nothing may be overwritten.
    """
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    for attempt in range(1000):
        copy = backups / (f"{stamp}-{attempt}" if attempt else stamp) / path.relative_to(root)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
            return copy
    raise OSError(f"{backups} holds a thousand backups of this second")


def text_hash(text: str) -> str:
    """A hash of a text that ignores its line ends and byte order mark."""
    normal = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()


def _replace(source: str, target: Path) -> None:
    for attempt in range(_RETRIES):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if attempt == _RETRIES - 1:
                raise
            time.sleep(_PAUSE * (attempt + 1))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
