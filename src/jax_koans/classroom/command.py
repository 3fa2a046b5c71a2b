"""`koans class`: a class at a glance, once or again and again."""

import sys
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from jax_koans.classroom import table
from jax_koans.classroom.learners import Learner, folders, longest_first, read
from jax_koans.course.path import PathError, Workspace, shipped
from jax_koans.course.track import chosen, koans_on_track
from jax_koans.i18n import _
from jax_koans.screen import terminal

_PAUSE = 2.0  # seconds between two looks
_CLEAR = "\x1b[2J\x1b[H"


def look(parents: Sequence[Path], track: str) -> list[Learner]:
    """The learners below some folders, those who need the teacher first.

    Which koans count, `track` says, else the first folder that names a track, else the whole path.

    Raises:
        PathError: there is no learner's folder, or no such track.
    """
    found = list(folders(parents))
    if not found:
        text = _("No learner's folder at or below {folder}. koans init makes one.")
        raise PathError(text.format(folder=", ".join(map(str, parents))))
    path = Workspace(shipped())
    koans = [koan.name for koan in path.koans]
    if track:
        koans = list(koans_on_track(path, track, Path.cwd()))
    else:
        for _name, folder in found[:1]:
            koans = list(chosen(Workspace(folder), folder)[1]) or koans
    learners = [read(name, folder, koans) for name, folder in found]
    return longest_first(learners, datetime.now().astimezone())


def follow(parents: Sequence[Path], track: str) -> None:
    """Show the class again and again, until the teacher interrupts it."""
    while True:
        learners = look(parents, track)
        print(_CLEAR, end="")
        terminal.show(table.lines(learners, datetime.now().astimezone()))
        terminal.show(["", _("Ctrl-C ends it.")])
        time.sleep(_PAUSE)


def serve(
    parents: Sequence[Path], track: str, *, keep: Path, host: str, port: int, url: str
) -> None:
    """Show the class as a page: the learners below some folders, and those who join.

    Raises:
        PathError: something asked for is not there, or not installed.
    """
    try:
        from jax_koans.classroom import serving
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        text = _('The page needs {name}. Install it: {python} -m pip install "jax-koans[class]"')
        raise PathError(text.format(name=error.name, python=sys.executable)) from None
    if parents:
        look(parents, track)  # what is wrong with them is said before the page is there
    read_folders = partial(look, parents, track) if parents else list[Learner]
    serving.serve(read_folders, keep, host, port, url)
