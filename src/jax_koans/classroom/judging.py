"""A submission judged: a pure function of its answers, the version, the koans and their limit."""

import shutil
import sys
import tempfile
import textwrap
import threading
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

from jax_koans import __version__
from jax_koans.classroom.submission import Submission, printable
from jax_koans.course.path import KOANS, Workspace, shipped
from jax_koans.i18n import _
from jax_koans.judge.outcome import Outcome, State
from jax_koans.judge.verdict import crashed
from jax_koans.run.listener import Listener
from jax_koans.run.memory_limit import MOST, most
from jax_koans.run.prestarted_process import ARGUMENTS, environment
from jax_koans.run.separate_process import Died, Supervised
from jax_koans.screen.koan import summary

UNTOUCHED, UNREADABLE = "untouched", "unreadable"
VERSION = f"{__version__}, JAX {version('jax')}"
_LONGEST = 120  # characters of a reason
_LEAST_MEMORY = 2**31  # bytes; JAX itself needs a fraction of that
_PYPROJECT = '[tool.pytest]\naddopts = ["--import-mode=importlib"]\ntimeout = "{limit:g}"\n'
_ALL = "--maxfail=1000000"  # past the first koan that fails


@dataclass(frozen=True)
class Terms:
    """What decides beside the answers: the koans that count, and the seconds that each may take."""

    koans: tuple[str, ...]
    limit: float
    version: str = VERSION


@dataclass(frozen=True)
class Record:
    """What a submission came to: each koan's state, and in a line why where it did not pass."""

    name: str
    fingerprint: str
    version: str
    limit: float
    states: dict[str, str]
    reasons: dict[str, str]
    problems: dict[str, str]

    @property
    def passed(self) -> int:
        return sum(state == State.PASSED for state in self.states.values())


class Judge:
    """Judges submissions, each in a process of its own; `workers` threads may do so at a time.

    What XLA compiles is kept for all in a folder: submissions are much alike.
    """

    def __init__(self, workers: int) -> None:
        self._compiled = tempfile.TemporaryDirectory(
            prefix="koans-compiled-", ignore_cleanup_errors=True
        )
        self._environment = environment(self._compiled.name) | {"CI": "1"}
        if sys.platform == "linux":
            self._environment[MOST] = str(max(most() // workers, _LEAST_MEMORY))
        self._running: set[Supervised] = set()
        self._changing = threading.Lock()
        self._over = False

    def end(self) -> None:
        """Judge nothing more, also where another thread is at it."""
        with self._changing:
            self._over = True
            for process in self._running:
                process.end()
        self._compiled.cleanup()

    def judge(self, submission: Submission, terms: Terms) -> Record:
        """The record of a submission: of nothing but its answers and the terms."""
        found: dict[str, Outcome] = {}
        with tempfile.TemporaryDirectory(prefix="koans-grade-") as folder:
            root = Path(folder).resolve()
            shutil.copy(shipped() / "conftest.py", root)
            (root / "pyproject.toml").write_text(_PYPROJECT.format(limit=terms.limit))
            for file, text in submission.texts.items():
                koan = root / KOANS / file
                koan.parent.mkdir(parents=True, exist_ok=True)
                koan.write_bytes(text.encode())
            left = wanted(submission, terms)
            while left and not self._over:
                how = self._run(root, left, terms.limit, found)
                still = {koan: file for koan, file in left.items() if koan not in found}
                if len(still) == len(left):  # it would end like this again
                    found |= {koan: crashed(None, still[koan], koan, how) for koan in still}
                left = still
        return record(submission, terms, found)

    def _run(
        self, root: Path, koans: dict[str, str], limit: float, found: dict[str, Outcome]
    ) -> str:
        """Add what koans came to, up to the one that ended the process.

        Returns why the others were not run.
        """
        nodes = [f"{KOANS}/{file}::{koan}" for koan, file in koans.items()]
        heard, how = Listener(Workspace(root)), _("pytest did not run it.")
        process = self._start(limit)
        try:
            for event in process.run(root, [*ARGUMENTS, _ALL, "--track=", *nodes]):
                heard.hear(event)
        except Died as died:
            how = str(died)
            while_imported = heard.file if not heard.koan else ""
            judged = heard.died(how, process.line_in)
            if judged and while_imported:  # none of the file's koans can be judged
                others = [koan for koan in koans if koans[koan] == while_imported]
                found |= {koan: replace(judged.outcome, koan=koan) for koan in others}
        finally:
            with self._changing:
                self._running.discard(process)
                process.end()
        found |= {each.outcome.koan: each.outcome for each in heard.judged}
        return how

    def _start(self, limit: float) -> Supervised:
        with self._changing:
            process = Supervised(limit=limit, environment=self._environment)
            self._running.add(process)
            if self._over:
                process.end()
        return process


def wanted(submission: Submission, terms: Terms) -> dict[str, str]:
    """The koans to judge, each with its file, in the order of the path."""
    koans = set(terms.koans).intersection(submission.touched)
    return {each.name: each.file for each in _course().koans if each.name in koans}


def record(submission: Submission, terms: Terms, found: dict[str, Outcome]) -> Record:
    """The record of a submission whose koans came to these outcomes."""
    states, reasons = {}, {}
    for koan in _course().koans:
        if koan.name not in terms.koans:
            continue
        if outcome := found.get(koan.name):
            states[koan.name] = outcome.state.value
            if outcome.state is not State.PASSED:
                is_crash = outcome.state is State.CRASHED  # its first line does not say how
                why = outcome.fact or (outcome.message if is_crash else summary(outcome))
                reasons[koan.name] = textwrap.shorten(printable(why), _LONGEST)
        else:
            unread = {koan.name, koan.file} & submission.problems.keys()
            states[koan.name] = UNREADABLE if unread else UNTOUCHED
    return Record(
        submission.name,
        submission.fingerprint,
        terms.version,
        terms.limit,
        states,
        reasons,
        submission.problems,
    )


@cache
def _course() -> Workspace:
    return Workspace(shipped())
