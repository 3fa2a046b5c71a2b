"""Submissions judged: many at a time, each koan with its limit, and on again after an interrupt."""

import json
import shutil
import tempfile
import textwrap
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jax_koans import __version__
from jax_koans.classroom.submission import Submission, read
from jax_koans.course.path import KOANS, Workspace, shipped
from jax_koans.judge.outcome import State
from jax_koans.run.listener import Judged, Listener
from jax_koans.run.prestarted_process import ARGUMENTS, environment
from jax_koans.run.separate_process import Died, Supervised
from jax_koans.screen.koan import summary

UNTOUCHED = "untouched"
_LONGEST = 100  # characters of a reason
_PYPROJECT = '[tool.pytest]\naddopts = ["--import-mode=importlib"]\ntimeout = "{limit:g}"\n'
_ALL = "--maxfail=1000000"  # past the first koan that fails


@dataclass(frozen=True)
class Record:
    """What a submission came to: each koan's state, and in a line why where it did not pass."""

    name: str
    fingerprint: str
    version: str
    states: dict[str, str]
    reasons: dict[str, str]
    problems: dict[str, str]

    @property
    def passed(self) -> int:
        return sum(state == State.PASSED for state in self.states.values())


class Grader:
    """Judges submissions one after the other in a process; `limit` is in seconds a koan.

    What XLA compiles is kept in the folder `compiled`: submissions are much alike.
    """

    def __init__(
        self, course: Workspace, koans: Sequence[str], limit: float, compiled: str
    ) -> None:
        self.environment = environment(compiled) | {"CI": "1"}
        self.course = course
        self.koans = frozenset(koans)
        self.limit = limit
        self._process: Supervised | None = None
        self._over = False

    def end(self) -> None:
        """Judge nothing more, also where another thread is at it."""
        self._over = True
        self._stop()

    def _stop(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    def grade(self, submission: Submission) -> Record:
        """The record of a submission: of nothing but its answers and this version of the koans."""
        found: dict[str, Judged] = {}
        with tempfile.TemporaryDirectory(prefix="koans-grade-") as folder:
            root = Path(folder).resolve()
            shutil.copy(shipped() / "conftest.py", root)
            (root / "pyproject.toml").write_text(_PYPROJECT.format(limit=self.limit))
            for file, text in submission.texts.items():
                koan = root / KOANS / file
                koan.parent.mkdir(parents=True, exist_ok=True)
                koan.write_bytes(text.encode())
            wanted = [
                f"{KOANS}/{file}::{name}"
                for file in submission.texts
                for name in self.course.names_in(file)
                if name in self.koans and name in submission.touched
            ]
            while wanted and not self._over:
                found |= self._run(root, wanted)
                left = [node for node in wanted if node.rpartition("::")[2] not in found]
                if len(left) == len(wanted):
                    break
                wanted = left
        states, reasons = self._states(submission, found)
        return Record(
            submission.name,
            submission.fingerprint,
            __version__,
            states,
            reasons,
            submission.problems,
        )

    def _run(self, root: Path, nodes: Sequence[str]) -> dict[str, Judged]:
        """What some koans came to; where the process dies, those up to the one that ended it."""
        if self._process is None:
            self._process = Supervised(limit=self.limit, environment=self.environment)
        heard = Listener(Workspace(root))
        try:
            for event in self._process.run(root, [*ARGUMENTS, _ALL, "--track=", *nodes]):
                heard.hear(event)
        except Died as died:
            heard.died(str(died), self._process.line_in)
            self._stop()
        return {each.outcome.koan: each for each in heard.judged}

    def _states(
        self, submission: Submission, found: dict[str, Judged]
    ) -> tuple[dict[str, str], dict[str, str]]:
        states, reasons = {}, {}
        for koan in self.course.koans:
            if koan.name in found:
                outcome = found[koan.name].outcome
                states[koan.name] = outcome.state.value
                if outcome.state is not State.PASSED:
                    reasons[koan.name] = textwrap.shorten(
                        outcome.fact or summary(outcome), _LONGEST
                    )
            elif koan.name in self.koans:
                unread = koan.file in submission.problems
                states[koan.name] = "unreadable" if unread else UNTOUCHED
        return states, reasons


def grade_all(
    paths: Sequence[Path], koans: Sequence[str], *, limit: float, workers: int, records: Path
) -> Iterator[Record]:
    """The record of each submission, as it comes, also kept in `records`, one JSON object a line.

    What is there already of the same content, koans and version is not judged again.
    """
    course = Workspace(shipped())
    known = {_key(each, koans): each for each in load(records)}
    graders: list[Grader] = []
    compiled = tempfile.TemporaryDirectory(prefix="koans-compiled-", ignore_cleanup_errors=True)
    local = threading.local()

    def graded(path: Path) -> tuple[Record, bool]:
        submission = read(path, course)
        key = (submission.name, submission.fingerprint, __version__, frozenset(koans))
        if key in known:
            return known[key], False
        if not hasattr(local, "grader"):
            local.grader = Grader(course, koans, limit, compiled.name)
            graders.append(local.grader)
        record: Record = local.grader.grade(submission)
        return record, True

    pool = ThreadPoolExecutor(workers)
    try:
        with records.open("a", encoding="utf-8") as file:
            for future in as_completed([pool.submit(graded, path) for path in paths]):
                record, new = future.result()
                if new:
                    file.write(json.dumps(asdict(record)) + "\n")
                    file.flush()
                yield record
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for grader in graders:
            grader.end()
        pool.shutdown()
        compiled.cleanup()


def load(records: Path) -> list[Record]:
    """The records of a file; a line that cannot be understood, as of a killed run, is left out."""
    if not records.is_file():
        return []
    found = []
    for line in records.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            found.append(Record(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found


def _key(record: Record, koans: Sequence[str]) -> tuple[Any, ...]:
    same = frozenset(koans) if record.states.keys() == set(koans) else record.states.keys()
    return record.name, record.fingerprint, record.version, same
