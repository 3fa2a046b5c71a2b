"""Koans of one file, judged in a process that was started before it was needed."""

import sys
import threading
from collections.abc import Iterator, Sequence

from jax_koans.course.path import Workspace
from jax_koans.i18n import _
from jax_koans.judge.outcome import State
from jax_koans.run.listener import Judged, Listener
from jax_koans.run.prestarted_process import Prestarted
from jax_koans.run.separate_process import Died


class NoVerdict(Exception):
    """pytest ended before a koan was judged: a broken conftest.py, or a wrong option."""


class Judge:
    """Judges a learner's koans, file by file, and keeps a process ready for the next time.

    `switch` are the options of conftest.py, such as `--x64`; `python` is the interpreter that runs
    koans, which has jax_koans installed. Where no process can be started, that is an OSError.
    """

    def __init__(
        self, workspace: Workspace, switch: Sequence[str] = (), *, python: str = sys.executable
    ) -> None:
        self.workspace = workspace
        self.switch = tuple(switch)
        self.python = python
        self._ready: Prestarted | None = None

    @property
    def is_prepared(self) -> bool:
        return self._ready is not None

    def prepare(self, file: str, koan: str = "") -> None:
        """Start a process for a file, which rehearses this koan first, or the file's first one."""
        self.drop()
        path = self.workspace.names_in(file)
        self._ready = self._start(file, [koan] if koan in path else path[:1], rehearse=True)

    def drop(self) -> None:
        ready, self._ready = self._ready, None
        if ready is not None:
            ready.end()

    def judge(self, file: str, names: Sequence[str]) -> "Judging":
        ready = self._ready
        if ready is not None and (ready.file != file or ready.outdated):
            self.drop()
        ready, self._ready = self._ready, None
        return Judging(self, file, names, ready)

    def _start(self, file: str, names: Sequence[str], *, rehearse: bool) -> Prestarted:
        return Prestarted(
            self.workspace, file, names, self.switch, rehearse=rehearse, python=self.python
        )


class Judging:
    """One run of a file's koans: iterate over it, once, for what each came to, as it comes.

    `others` are the failures of what is no koan. Raises NoVerdict, with what pytest said.
    """

    def __init__(
        self, judge: Judge, file: str, names: Sequence[str], ready: Prestarted | None
    ) -> None:
        self.file = file
        self.names = list(names)
        self.others: list[str] = []
        self._judge = judge
        self._waited = ready is not None  # and may have come to harm meanwhile
        # With none ready, one that has still to import is there as soon as any.
        self._process = ready or judge._start(file, names, rehearse=False)
        self._ending = threading.Lock()
        self._ended = False

    def __iter__(self) -> Iterator[Judged]:
        judged: dict[str, State] = {}
        for each in self._judged():
            judged[each.outcome.koan] = each.outcome.state
            yield each
        done = judged.keys() >= set(self.names) or any(s != State.PASSED for s in judged.values())
        if not done and not self._ended:
            raise NoVerdict("\n".join([self._process.process.said().strip(), *self.others]).strip())

    def end(self) -> None:
        """End the process: nothing more comes, also where another thread iterates."""
        with self._ending:
            self._ended = True
            self._process.end()

    def _judged(self) -> Iterator[Judged]:
        listener = Listener(self._judge.workspace)
        self.others = listener.others
        try:
            for event in self._process.run(self.names):
                if judged := listener.hear(event):
                    yield judged
        except Died as died:
            if self._ended:
                return
            if self._waited and not listener.begun:
                # Not the koans' doing: while it waited the system may have taken it.
                if self._restarted():
                    yield from self._judged()
            elif crashed := listener.died(str(died), self._process.process.line_in):
                yield crashed
            else:
                self.others.append(str(died))

    def _restarted(self) -> bool:
        """Take a new process; False where the run was ended."""
        with self._ending:
            if self._ended:
                return False
            self._process.end()
            self._waited = False
            try:
                self._process = self._judge._start(self.file, self.names, rehearse=False)
            except OSError as error:
                raise NoVerdict(no_process(error)) from None
            return True


def no_process(error: OSError) -> str:
    return _("No process can be started: {error}").format(error=error)
