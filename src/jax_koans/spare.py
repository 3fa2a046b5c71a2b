"""A process that waits for the learner's next save, warmed by the solution of the same file.

What costs time is done ahead: JAX and pytest are imported, and a rehearsal has run the file's
solution through the very same plugin and switch, so that its small operations are compiled. A
spare serves once and is thrown away: nothing of one run is left for the next.
"""

import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from jax_koans.path import KOANS, Workspace
from jax_koans.run import Died, Event, Supervised
from jax_koans.source import solve

# XLA would start threads for every core; koans are small, and machines are shared.
_THREADS = "2"
# What other plugins would cost at every run, and screens that the watch draws itself.
ARGUMENTS = ("--tb=no", "--no-header", "--no-summary")
ENVIRONMENT = {"PJRT_NPROC": _THREADS, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                "PYTEST_PLUGINS": "pytest_timeout"}  # fmt: skip


class Spare:
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
    ) -> None:
        self.workspace = workspace
        self.file = file
        self.switch = tuple(switch)
        self.ready = threading.Event()  # all is rehearsed
        self.process = Supervised(environment=ENVIRONMENT)
        self._wanted = threading.Event()  # a save is waiting: rehearse no further
        others = [name for name in workspace.names_in(file) if name not in names]
        self._parts = [part for part in (list(names), others) if part and rehearse]
        self._thread = threading.Thread(target=self._rehearse, daemon=True)
        self._thread.start()

    def run(self, names: Sequence[str]) -> Iterator[Event]:
        """Run the learner's koans of that name; yields the events of stream.py.

        Where the rehearsal is not over yet, its next part is left out.

        Raises:
            Died: the process is gone.
        """
        self._wanted.set()
        self._thread.join()
        yield from self.process.run(
            self.workspace.root, self._arguments(names, self.workspace.koans_dir)
        )

    def end(self) -> None:
        """End the process; it is not used again."""
        self._wanted.set()
        self.process.end()

    def _rehearse(self) -> None:
        with tempfile.TemporaryDirectory(prefix="koans-rehearsal-") as folder:
            root = Path(folder).resolve()
            self._stage(root)
            try:
                for part in self._parts:
                    if self._wanted.is_set():
                        return
                    for _event in self.process.run(root, self._arguments(part, root / KOANS)):
                        pass
                if not self._wanted.is_set():
                    self.process.freeze()
            except Died:
                return  # the run will say so, or it was ended on purpose
        self.ready.set()

    def _stage(self, root: Path) -> None:
        """A learner's folder with this one file, solved."""
        for name in ("conftest.py", "pyproject.toml"):
            if (self.workspace.root / name).is_file():
                shutil.copy(self.workspace.root / name, root)
        koan = root / KOANS / self.file
        koan.parent.mkdir(parents=True)
        koan.write_bytes(solve(self.workspace.solution(self.file)).encode())

    def _arguments(self, names: Sequence[str], koans: Path) -> list[str]:
        return [*ARGUMENTS, *self.switch, *(f"{koans / self.file}::{name}" for name in names)]
