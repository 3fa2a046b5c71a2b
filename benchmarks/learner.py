"""A learner at a terminal: a folder, and `koans watch` in a pseudo-terminal beside it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import processes
import pyte

from jax_koans.actions import init as learners_folder
from jax_koans.course.path import Workspace
from jax_koans.source import solve
from jax_koans.watch.idle import IDLE

ROWS, COLUMNS = 70, 110
_PATIENCE = 120.0  # seconds until a verdict must be there
_QUIET = 0.15  # seconds without work after which a process counts as ready
_IMPORTED = 0.3  # seconds of processor time that a process takes at the very least
_MAIN = """
from jax_koans.__main__ import main
from jax_koans.watch import idle
idle.IDLE = {idle}
main()
"""
# What a build server or this shell has set, and what a learner has not installed.
_UNWANTED = ("CI", "PYTEST_ADDOPTS", "PYTHONDONTWRITEBYTECODE", "KOANS_DEVICE", "KOANS_X64")
_PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "pytest_timeout"}


def environment() -> dict[str, str]:
    """A learner's environment, with the pytest plugins that `pip install jax-koans` brings."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    return kept | _PLUGINS | {"TERM": "xterm-256color", "PYTHONUTF8": "1"}


def folder(root: Path, *, solved: bool = False) -> Workspace:
    """A learner's folder as `koans init` makes it, or with every koan solved."""
    learners_folder.make(root)
    workspace = Workspace(root)
    for file in workspace.files if solved else ():
        save(workspace.koans_dir / file, solve(workspace.solution(file)))
    return workspace


def save(file: Path, text: str) -> float:
    """Write a file as an editor does; answers with the time at which that began."""
    started = time.perf_counter()
    file.write_bytes(text.encode())
    return started


def cold(root: Path, *arguments: str) -> float:
    """The seconds of `pytest` in a fresh process."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "pytest", *arguments]
    subprocess.run(command, cwd=root, env=environment(), capture_output=True)
    return time.perf_counter() - started


class Watching:
    """`koans watch` on a part of the path.

    `ready` is how long its spare may take to be ready, in seconds, where no /proc tells that it is;
    `idle`, in seconds too, when nobody seems to be there.
    """

    def __init__(
        self, folder: Path, *arguments: str, ready: float = 5.0, idle: float = IDLE
    ) -> None:
        self.ready = ready
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.process = pexpect.spawn(
            sys.executable,
            ["-c", _MAIN.format(idle=idle), "watch", *arguments],
            cwd=str(folder),
            env=environment(),
            dimensions=(ROWS, COLUMNS),
            timeout=None,
        )
        self.process.delaybeforesend = None

    def __enter__(self) -> "Watching":
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.close(force=True)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def until(self, *wanted: str, unwanted: str = "running ...") -> float:
        """Wait until all of it is on the screen; answers with the time at which it came.

        Raises:
            TimeoutError: it does not come.
        """
        end = time.perf_counter() + _PATIENCE
        while time.perf_counter() < end:
            try:
                data = self.process.read_nonblocking(1 << 16, timeout=1)
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                break
            now = time.perf_counter()  # before the terminal is drawn here: that is our own cost
            # The terminal answers what it is asked, as where the cursor is.
            if b"\x1b[6n" in data:
                self.process.send("\x1b[1;1R")
            self.stream.feed(data)
            text = self.text
            if all(each in text for each in wanted) and unwanted not in text:
                return now
        raise TimeoutError(f"{wanted} is not on the screen:\n{self.text}")

    def settle(self) -> None:
        """Wait until a process is ready, as it is long before a learner has thought.

        Raises:
            TimeoutError: it is still at work.
        """
        if not processes.known():
            time.sleep(1.3 * self.ready)
            return
        end = time.perf_counter() + _PATIENCE
        quiet = time.perf_counter()
        while time.perf_counter() < end:
            sensei, *spares = processes.tree(self.process.pid)
            imported = any(processes.seconds(spare) > _IMPORTED for spare in spares)
            if not imported or any(map(processes.busy, [sensei, *spares])):
                quiet = time.perf_counter()
            elif time.perf_counter() - quiet > _QUIET:
                return
            time.sleep(0.01)
        raise TimeoutError(f"no spare is ready:\n{self.text}")
