"""A process that waits for the learner's next save, warmed by the solution of the same file.

What costs time is done ahead: JAX and pytest are imported, and a rehearsal has run the file's
solution through the very same plugin and switch, so that its small operations are compiled. What
XLA compiles is kept in a separate folder: functions that the learner wrote as the solution
has them are traced again, as they must be, and not compiled again. A process serves once and is
thrown away with its folder: nothing of one run is left for the next.
"""

import contextlib
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from jax_koans.course.path import KOANS, Workspace
from jax_koans.run.separate_process import Died, Event, Supervised
from jax_koans.source import SourceError, erase, solve

# XLA would start threads for every core; koans are small, and machines are shared.
_THREADS = "2"
# What other plugins would cost at every run, and screens that the watch draws itself.
ARGUMENTS = ("--tb=no", "--no-header", "--no-summary")
ENVIRONMENT = {"PJRT_NPROC": _THREADS, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                "PYTEST_PLUGINS": "pytest_timeout"}  # fmt: skip
_SETTINGS = ("conftest.py", "pyproject.toml")


class Prestarted:
    """One process, on its way to be ready for a file, or ready.

    `names` are the koans that the next run will ask for: they are rehearsed first. `switch` are
    the options of conftest.py, such as `--x64`. Without `rehearse` it only imports.
    """

    def __init__(
        self,
        workspace: Workspace,
        file: str,
        names: Sequence[str],
        switch: Sequence[str],
        *,
        rehearse: bool = True,
        python: str = sys.executable,
    ) -> None:
        self.workspace = workspace
        self.file = file
        self.switch = tuple(switch)
        self.ready = threading.Event()  # all is rehearsed
        self._compiled = _temporary_folder("koans-compiled-")
        self.process = Supervised(environment=environment(self._compiled.name), python=python)
        self._wanted = threading.Event()  # a save is waiting: rehearse no further
        self._first = list(names)
        self._settings = self._settings_now()
        self._thread = threading.Thread(target=self._rehearse if rehearse else int, daemon=True)
        self._thread.start()

    @property
    def outdated(self) -> bool:
        """Whether conftest.py or pyproject.toml is no longer what the process may have read."""
        return self._settings != self._settings_now()

    def run(self, names: Sequence[str]) -> Iterator[Event]:
        """Run the learner's koans of that name; the rest of the rehearsal is left out."""
        self._wanted.set()
        self._thread.join()
        koans = [f"{self.workspace.koans_dir / self.file}::{name}" for name in names]
        if self.ready.is_set():
            yield from self.process.go_on(koans)
        else:
            yield from self.process.run(self.workspace.root, [*ARGUMENTS, *self.switch, *koans])

    def end(self) -> None:
        self._wanted.set()
        self.process.end()
        self._thread.join()  # it ends with the process, and removes its folder first
        self._compiled.cleanup()

    def _rehearse(self) -> None:
        # The run will say so; or it was ended, there is no room, or no whole solution.
        with contextlib.suppress(Died, OSError, SourceError):
            with _temporary_folder("koans-rehearsal-") as folder:
                ready = self._rehearsed(Path(folder).resolve())
            if ready:
                self.ready.set()

    def _rehearsed(self, root: Path) -> bool:
        """Rehearse in a folder, then begin the learner's session; whether it got that far."""
        for name in _SETTINGS:
            if (self.workspace.root / name).is_file():
                shutil.copy(self.workspace.root / name, root)
        koan = root / KOANS / self.file
        koan.parent.mkdir(parents=True)
        options = [*ARGUMENTS, *self.switch]
        for text, names in self._parts():
            if self._wanted.is_set():
                return False
            koan.write_bytes(text.encode())
            koans = [f"{koan}::{name}" for name in names]
            for _event in self.process.run(root, [*options, *koans]):
                pass
        options.append(str(self.workspace.koans_dir / self.file))
        return not self._wanted.is_set() and self.process.prepare(self.workspace.root, options)

    def _parts(self) -> Iterator[tuple[str, list[str]]]:
        """The texts to rehearse, and which of their koans."""
        solution = self.workspace.solution(self.file)
        yield solve(solution), self._first
        # To fail is rehearsed too: what words a failure has been at work by then.
        yield erase(solution), self._first
        others = [name for name in self.workspace.names_in(self.file) if name not in self._first]
        if others:
            yield solve(solution), others

    def _settings_now(self) -> list[bytes | None]:
        files = [self.workspace.root / name for name in _SETTINGS]
        return [file.read_bytes() if file.is_file() else None for file in files]


def _temporary_folder(prefix: str) -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)


def environment(compiled: str) -> dict[str, str]:
    """A prestarted process's variables; JAX's own may name another folder for what is compiled."""
    cache = {
        "JAX_COMPILATION_CACHE_DIR": compiled,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    return ENVIRONMENT | ({} if "JAX_COMPILATION_CACHE_DIR" in os.environ else cache)
