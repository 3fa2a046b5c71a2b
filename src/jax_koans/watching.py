"""`koans watch`: what is asked for, a terminal or none, and the watch itself."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from jax_koans import choose
from jax_koans.path import Workspace
from jax_koans.watch import Scope


def scope(
    workspace: Workspace, here: Path, wanted: str, track: str, switch: Sequence[str]
) -> Scope:
    """What to watch: the whole path, a part of it, or a track.

    Raises:
        PathError: there is no such part, or no such track.
    """
    names = tuple(koan.name for koan in workspace.koans)
    if track:
        names = workspace.track(track, here)
    if wanted:
        part = choose.choose(workspace, wanted, here).koans
        names = tuple(name for name in names if name in part) or part
    return Scope(names, track, tuple(switch))


def watch(workspace: Workspace, scope: Scope, here: Path, *, manual: bool, poll: bool) -> int:
    """Watch until the learner quits; without a terminal run pytest once and answer as it does."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _once(workspace, scope)
    from jax_koans.window import Desk  # what draws takes a while to import

    return asyncio.run(Desk(workspace, here, scope, manual=manual, poll=poll).run())


def _once(workspace: Workspace, scope: Scope) -> int:
    files = dict.fromkeys(each.file for each in workspace.koans if each.name in scope.wanted)
    track = ["--track", scope.track] if scope.track else []
    arguments = [str(workspace.koans_dir / file) for file in files]
    if len(files) == len(workspace.files):
        arguments = [str(workspace.koans_dir)]
    command = [sys.executable, "-m", "pytest", *scope.switch, *track, *arguments]
    return subprocess.call(command, cwd=workspace.root)
