"""Reading and writing a learner's files so that nothing is ever half written or lost."""

import contextlib
import os
import shutil
import time
import uuid
from pathlib import Path

_RETRIES = 5  # antivirus programs and synchronised folders hold a file for a moment
_PAUSE = 0.05  # seconds, growing
_TEMPORARY = ".koans-tmp"  # nobody else's files end like this: what is left over may go


def write_atomically(path: Path, data: str | bytes) -> None:
    """Write bytes, or UTF-8 text, so that a reader, or a crash, meets the old file or the new one.

    The old file's mode is kept, folders are made; a link is an OSError: its target is not ours.
    """
    if path.is_symlink():
        raise OSError(f"{path} is a symbolic link: replace it by a file of its own first")
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogateescape")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}{_TEMPORARY}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        _replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def require_own(path: Path, root: Path) -> None:
    """Raise OSError where a link leads a path below `root` elsewhere."""
    inside = path.relative_to(root)
    # Not is_symlink on each part: Windows has other kinds of links too.
    if os.path.normcase(path.resolve()) != os.path.normcase(root.resolve() / inside):
        raise OSError(
            f"{path} leads elsewhere, by a symbolic link: replace the link by a file or folder of "
            "its own first"
        )


def sweep(folder: Path, name: str = "*") -> None:
    """Remove what a killed process left of `name`; nobody may be writing it right now."""
    with contextlib.suppress(OSError):
        for left_over in folder.glob(f".{name}.*{_TEMPORARY}"):
            left_over.unlink()


def _replace(source: Path, target: Path) -> None:
    for attempt in range(_RETRIES):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if attempt == _RETRIES - 1:
                raise
            time.sleep(_PAUSE * (attempt + 1))
