"""`koans watch`: what is asked for, a terminal or none, and the watch itself."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from jax_koans.course import koan_argument
from jax_koans.course.path import PathError, Workspace
from jax_koans.course.track import chosen
from jax_koans.i18n import _
from jax_koans.watch.watched_koans import Scope


def scope(
    workspace: Workspace, here: Path, wanted: str, track: str, switch: Sequence[str]
) -> Scope:
    """What to watch: the whole path, a part of it, or a track."""
    track, on_track = chosen(workspace, here, track)
    names = on_track or tuple(koan.name for koan in workspace.koans)
    if wanted:
        part = koan_argument.choose(workspace, wanted, here).koans
        names = tuple(name for name in names if name in part) or part
    if not names or (track and not on_track):
        raise PathError(_("There is no koan to watch there."))
    return Scope(names, on_track, track, tuple(switch))


def watch(workspace: Workspace, scope: Scope, here: Path, *, manual: bool, poll: bool) -> int:
    """Watch until the learner quits; without a terminal run pytest once. Returns the exit code."""
    # It can only write on, as Emacs' shells, or a notebook's cell.
    dumb = os.environ.get("TERM") == "dumb" or "JPY_PARENT_PID" in os.environ
    if dumb or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _once(workspace, scope)
    from jax_koans.watch.window import Desk  # what draws takes a while to import

    return asyncio.run(Desk(workspace, here, scope, manual=manual, poll=poll).run())


def _once(workspace: Workspace, scope: Scope) -> int:
    track = ["--track", scope.track_name] if scope.track else []
    nodes: list[str] = []
    for file in workspace.files:
        path, names = str(workspace.koans_dir / file), scope.names_in(file, workspace)
        whole = names and names == workspace.names_in(file)
        nodes += [path] if whole else [f"{path}::{name}" for name in names]
    command = [sys.executable, "-m", "pytest", *scope.switch, *track, *nodes]
    return subprocess.call(command, cwd=workspace.root)
