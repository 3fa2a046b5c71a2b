"""The saves in a learner's folder, as they come."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from fnmatch import fnmatch
from pathlib import Path

from watchfiles import awatch

from jax_koans.course.path import Workspace

# Milliseconds to wait for more of the same save, and between two looks for one. A hundred looks a
# second are half a percent of a core: too much where nobody is there.
_STEP, _SLEEPY = 10, 250
_LONGEST = 50  # milliseconds that a burst of saves may hold up the first verdict
_PAUSE = 0.5  # seconds until a folder that is gone is looked for again
_BEAT = 5000  # milliseconds of silence after which a look is worth its cost


async def saves(
    workspace: Workspace, *, poll: bool, asleep: Callable[[], bool]
) -> AsyncIterator[list[str]]:
    """The files, relative to `koans/`, that were written, or are gone; empty after a silence.

    `asleep` tells whether nobody is there, so that the first save may take a little longer.

    Goes on where the folder is deleted, or replaced by another one, as a checkout does. Where the
    system gives no more events (their number has a limit), the files are polled.
    """
    while True:
        try:
            async for files in _saves(workspace, poll, asleep):
                yield files
        except FileNotFoundError:
            pass
        except (OSError, RuntimeError):  # watchfiles raises RuntimeError
            poll = True
        await asyncio.sleep(_PAUSE)
        yield []


async def _saves(
    workspace: Workspace, poll: bool, asleep: Callable[[], bool]
) -> AsyncIterator[list[str]]:
    """As `saves`, until the folder is another one, or somebody wakes, or leaves."""
    folder = workspace.koans_dir
    mine, sleepy = _identity(folder), asleep()
    found = awatch(
        folder,
        step=_SLEEPY if sleepy else _STEP,
        debounce=_LONGEST,
        rust_timeout=_BEAT,
        yield_on_timeout=True,
        force_polling=poll or None,
        # Editors leave backups and swap files beside a koan.
        watch_filter=lambda _change, path: fnmatch(Path(path).name, "test_*.py"),
        ignore_permission_denied=True,
    )
    async with contextlib.aclosing(found):
        async for changes in found:
            files = [workspace.relative(Path(path)) for _change, path in sorted(changes)]
            yield list(dict.fromkeys(file for file in files if file))
            if _identity(folder) != mine or asleep() is not sleepy:
                return


def _identity(folder: Path) -> object:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
