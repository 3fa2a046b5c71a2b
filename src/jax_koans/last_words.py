"""The report of a koan that never comes back, made from another thread before the process ends."""

import hashlib
import json
import os
import sys
import traceback
from pathlib import Path

import pytest

from jax_koans.files import write_atomically
from jax_koans.i18n import _
from jax_koans.progress import make_state_dir
from jax_koans.session import Sensei


def speak(item: pytest.Item, sensei: Sensei, seconds: float) -> None:
    """Report the koan as failed, let pytest write its summary, JUnit and last-failed, and exit 1.

    In a worker of pytest-xdist only a note is left: the worker's end fails the koan there, and the
    others still run.
    """
    config = item.config
    try:
        outcome = sensei.stuck(item, seconds)
        if outcome is None:  # its file cannot be read any more
            print(item.nodeid, _("does not come to an end."), file=sys.__stderr__)
            return
        if hasattr(config, "workerinput"):
            make_state_dir(sensei.workspace)
            write_atomically(_note(sensei, item.nodeid), json.dumps(outcome.to_dict()))
            return
        if (capture := config.pluginmanager.get_plugin("capturemanager")) is not None:
            capture.suspend_global_capture(in_=True)
        screen = sensei.screen(outcome)
        report = pytest.TestReport(
            item.nodeid, item.location, {}, "failed", str(screen), "call", duration=seconds
        )
        vars(report)["koan_outcome"] = outcome.to_dict()
        item.ihook.pytest_runtest_logreport(report=report)
        item.session.exitstatus = pytest.ExitCode.TESTS_FAILED
        config.hook.pytest_sessionfinish(
            session=item.session, exitstatus=pytest.ExitCode.TESTS_FAILED
        )
    except Exception:  # the process ends all the same, but never without a word
        traceback.print_exc(file=sys.__stderr__)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1)


def read(sensei: Sensei, crashed: str, report: pytest.TestReport) -> None:
    """Put what a worker noted of its last koan into the report that xdist made of its end."""
    note = _note(sensei, crashed)
    try:
        outcome = json.loads(note.read_text(encoding="utf-8"))
        note.unlink()
    except (OSError, ValueError):
        return  # it ended for another reason; pytest-xdist's own words stand
    vars(report).update(koan_outcome=outcome, when="call")


def _note(sensei: Sensei, node: str) -> Path:
    name = hashlib.sha256(node.encode()).hexdigest()[:16]
    return sensei.workspace.state_dir / f"last-words-{name}.json"
