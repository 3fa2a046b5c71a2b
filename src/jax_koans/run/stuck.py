"""The report of a koan that never comes back, made from another thread before the process ends."""

import contextlib
import hashlib
import json
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

import pytest

from jax_koans.folder.files import write_atomically
from jax_koans.folder.state import make_state_dir
from jax_koans.i18n import _
from jax_koans.judge import verdict as judge
from jax_koans.judge.outcome import Outcome
from jax_koans.run import marks
from jax_koans.run.guard import end_process
from jax_koans.run.session import Sensei


@dataclass(frozen=True)
class Stuck:
    """What does not come back: a koan, or the import of its file, and for how many seconds."""

    session: pytest.Session
    node: str
    location: tuple[str, int | None, str]
    file: str
    koan: str
    seconds: float
    interrupted: bool

    @classmethod
    def koan_of(
        cls, item: pytest.Item, sensei: Sensei, seconds: float, interrupted: bool
    ) -> "Stuck":
        file = sensei.file_of(item) or item.path.name
        return cls(item.session, item.nodeid, item.location, file, item.name, seconds, interrupted)

    @classmethod
    def import_of(
        cls, module: pytest.Module, sensei: Sensei, seconds: float, interrupted: bool
    ) -> "Stuck":
        """The first koan of a file stands for all: they are not known yet."""
        file = sensei.workspace.relative(module.path) or module.path.name
        koan = next(iter(sensei.workspace.names_in(file)), module.path.stem)
        location = (module.nodeid, 0, koan)
        node = f"{module.nodeid}::{koan}"
        return cls(module.session, node, location, file, koan, seconds, interrupted)


def speak(stuck: Stuck, sensei: Sensei) -> None:
    """Report the koan as failed, let pytest write its summary, JUnit and last-failed, and exit 1.

    In a worker of pytest-xdist only a note is left: the worker's end fails the koan there, and the
    others still run.
    """
    config = stuck.session.config
    try:
        outcome = sensei.stuck(stuck.file, stuck.koan, stuck.seconds, interrupted=stuck.interrupted)
        if outcome is None:  # its file cannot be read any more
            print(stuck.node, _("does not come to an end."), file=sys.__stderr__)
            return
        if hasattr(config, "workerinput"):
            _leave_note(sensei, stuck.node, outcome)
            return
        if (capture := config.pluginmanager.get_plugin("capturemanager")) is not None:
            capture.suspend_global_capture(in_=True)
        screen = sensei.screen(outcome)
        report = pytest.TestReport(
            stuck.node,
            stuck.location,
            {},
            "failed",
            str(screen),
            "call",
            duration=stuck.seconds,
        )
        vars(report)["koan_outcome"] = outcome.to_dict()
        config.hook.pytest_runtest_logreport(report=report)
        stuck.session.exitstatus = pytest.ExitCode.TESTS_FAILED
        config.hook.pytest_sessionfinish(
            session=stuck.session, exitstatus=pytest.ExitCode.TESTS_FAILED
        )
    except Exception:  # the process ends all the same, but never without a word
        traceback.print_exc(file=sys.__stderr__)
    finally:
        sensei.mark.close()
        end_process(1)


def read(sensei: Sensei, crashed: str, report: pytest.TestReport) -> None:
    """Tell of a worker's last koan: what it noted before its end, or that there was no word."""
    outcome = noted(sensei, crashed)
    marks.clear(sensei.workspace)  # its mark: here it is reported
    if outcome is None:
        node, _colons, koan = crashed.partition("::")
        path = sensei.config.rootpath / node
        file = sensei.workspace.relative(path)
        if file is None:
            return
        how = _("The process crashed in it, or was killed.")
        outcome = judge.crashed(sensei.learner(path), file, koan, how)
    vars(report).update(koan_outcome=outcome.to_dict(), when="call")


def noted(sensei: Sensei, node: str) -> Outcome | None:
    """What a worker noted of a koan, or of the first one of a file, before it ended."""
    try:
        return Outcome.from_dict(json.loads(_note(sensei, node).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def import_ended(sensei: Sensei, module: pytest.Module) -> Outcome | None:
    """What came of a file's import in a worker that ended over it: the next one leaves it out."""
    stuck = Stuck.import_of(module, sensei, 0.0, interrupted=False)
    if (outcome := noted(sensei, stuck.node)) is not None:
        return outcome
    if (stuck.file, "") not in marks.dead(sensei.workspace):
        return None
    how = _("The process crashed while the file was imported, or was killed.")
    return judge.crashed(sensei.learner(module.path), stuck.file, stuck.koan, how)


def sweep(sensei: Sensei) -> None:
    """Remove what workers have noted: it is told, or nobody's any more."""
    for note in sensei.workspace.state_dir.glob("last-words-*"):
        with contextlib.suppress(OSError):
            note.unlink()


def _leave_note(sensei: Sensei, node: str, outcome: Outcome) -> None:
    make_state_dir(sensei.workspace)
    write_atomically(_note(sensei, node), json.dumps(outcome.to_dict()))


def _note(sensei: Sensei, node: str) -> Path:
    name = hashlib.sha256(node.encode()).hexdigest()[:16]
    return sensei.workspace.state_dir / f"last-words-{name}.json"
