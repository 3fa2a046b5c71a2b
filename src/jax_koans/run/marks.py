"""Which koan is running, on disk: after a crash that nobody could report, the next run says so.

Each process holds a lock for as long as it lives, so that nobody takes a living one for dead; what
it writes is not flushed to the disk, since a crash of the process loses nothing.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from jax_koans.course.path import Workspace
from jax_koans.folder.state import make_state_dir
from jax_koans.i18n import _


class Mark:
    """This process's mark. Where nothing can be written there is none, and nobody misses it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._file: IO[str] | None = None
        self._lock: FileLock | None = None
        self._stays = False  # a koan has closed the file: what it did to pytest is not told yet

    def begin(self, file: str, koan: str = "") -> None:
        """A koan begins, or the import of a file."""
        with contextlib.suppress(OSError, ValueError, Timeout):
            if self._file is None:
                self._open()
            self._write(json.dumps({"file": file, "koan": koan}))

    def end(self) -> None:
        """It has ended, or its end has been reported."""
        try:
            self._write("")
        except (OSError, ValueError):
            self._stays = True

    def close(self) -> None:
        """The session ends."""
        if self._file is None or self._lock is None:
            return
        if not self._stays:
            with contextlib.suppress(OSError):
                self._file.close()
                os.unlink(self._file.name)
                self._lock.release()
                os.unlink(self._lock.lock_file)
        self._file = None

    def _open(self) -> None:
        make_state_dir(self.workspace)
        name = self.workspace.state_dir / f"running-{os.getpid()}.json"
        self._lock = FileLock(_lock_of(name), timeout=0)
        self._lock.acquire()
        self._file = name.open("w", encoding="utf-8")

    def _write(self, text: str) -> None:
        if self._file is not None:
            self._file.seek(0)
            self._file.write(text)
            self._file.truncate()
            self._file.flush()


def dead(workspace: Workspace, *, remove: bool = False) -> list[tuple[str, str]]:
    """File and koan ("" for the file's import) of each process that died in the middle of one."""
    found = []
    for mark in sorted(workspace.state_dir.glob("running-*.json")):
        with contextlib.suppress(OSError, Timeout), FileLock(_lock_of(mark), timeout=0):
            text = mark.read_text(encoding="utf-8")
            if remove:
                mark.unlink()
            with contextlib.suppress(ValueError, KeyError, TypeError):
                data = json.loads(text)
                found.append((str(data["file"]), str(data["koan"])))
        if not mark.exists():
            with contextlib.suppress(OSError):
                _lock_of(mark).unlink()
    return found


def clear(workspace: Workspace) -> None:
    """Forget the processes that died: what they were at has been told."""
    dead(workspace, remove=True)


def told(workspace: Workspace) -> list[str]:
    """What to tell of processes that died without a word, in a sentence each."""
    lines = []
    for file, koan in dead(workspace, remove=True):
        if koan:
            text = _("The last run ended in the middle of {koan} ({file}): a crash, or a kill.")
        else:
            text = _("The last run ended while it imported {file}: a crash, or a kill.")
        text = text.format(koan=koan, file=file)
        lines.append(text + " " + _("`koans run` reports such an end at once."))
    return lines


def _lock_of(mark: Path) -> Path:
    return mark.with_suffix(".lock")
