"""The folder `.koans/`: what is remembered, and the lock for commands that write."""

import contextlib
from collections.abc import Iterator

from filelock import FileLock, Timeout

from jax_koans.course.path import PathError, Workspace
from jax_koans.folder.files import require_own, sweep, write_atomically
from jax_koans.i18n import _

_SWEPT = (".gitignore", "made.json")  # of what else lies in `.koans/` somebody may be writing
PATIENCE = 5  # seconds to wait for another process that is writing


def make_state_dir(workspace: Workspace) -> None:
    """Make `.koans/`, of which git sees what has passed and the last verdict alone."""
    require_own(workspace.state_dir, workspace.root)
    if workspace.state_dir.exists() and not workspace.state_dir.is_dir():
        text = _("{file} is a file, and a folder is needed there: move it away.")
        raise NotADirectoryError(text.format(file=workspace.state_dir))
    workspace.state_dir.mkdir(exist_ok=True)
    ignore = workspace.state_dir / ".gitignore"
    if not ignore.exists():
        with contextlib.suppress(FileNotFoundError):  # somebody else swept: the next one writes it
            write_atomically(ignore, "*\n!progress.json\n!last.json\n")


@contextlib.contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """Be the one command that writes here, or PathError; tidy up after one that was killed."""
    make_state_dir(workspace)
    lock = FileLock(workspace.state_dir / "commands.lock", timeout=PATIENCE)
    try:
        lock.acquire()
    except Timeout:
        raise PathError(
            _("Another koans command is writing here. Wait until it is done, then run this again.")
        ) from None
    try:
        for folder in (workspace.root, workspace.koans_dir, *workspace.koans_dir.glob("*/")):
            with contextlib.suppress(OSError):  # behind a link nothing is ours
                require_own(folder, workspace.root)
                sweep(folder)
        for name in _SWEPT:
            sweep(workspace.state_dir, name)
        yield
    finally:
        lock.release()
