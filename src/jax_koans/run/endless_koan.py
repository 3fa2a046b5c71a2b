"""The report of a koan that never returns, made in another thread before the process ends."""

import contextlib
import hashlib
import json
import os
import sys
import traceback
from pathlib import Path

import pytest

from jax_koans.folder.files import write_atomically
from jax_koans.folder.state_dir import make_state_dir
from jax_koans.judge.outcome import Outcome
from jax_koans.run.session import KoanSession
from jax_koans.run.time_limit import Limit


def end(koans: KoanSession, node: pytest.Item | pytest.Module, limit: Limit) -> None:
    """Report a koan, or a file's import, as failed, and end the process with exit code 1.

    A file's first koan stands for its import.
    """
    try:
        koan, name = node.name, node.nodeid
        if isinstance(node, pytest.Module):
            koan = next(iter(koans.koans_in(node)), node.path.stem)
            name = f"{node.nodeid}::{koan}"
        outcome = koans.stuck(node, koan, limit)
        if hasattr(node.config, "workerinput"):
            print(f"{name}: {outcome.message}", file=sys.__stderr__)
            if isinstance(node, pytest.Item):  # pytest-xdist knows that a worker ended, not why
                make_state_dir(koans.workspace)
                write_atomically(_note(koans, name), json.dumps(outcome.to_dict()))
        else:
            _report(koans, node, name, outcome)
    except Exception:  # the process ends all the same, but never without a word
        traceback.print_exc(file=sys.__stderr__)
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(1)


def _report(
    koans: KoanSession, node: pytest.Item | pytest.Module, name: str, outcome: Outcome
) -> None:
    """Let pytest write its summary, JUnit and last-failed, as at the end of a run."""
    hook, code = node.config.hook, pytest.ExitCode.TESTS_FAILED
    if (capture := node.config.pluginmanager.get_plugin("capturemanager")) is not None:
        capture.suspend_global_capture(in_=True)
    place = (name.partition("::")[0], (outcome.line or 1) - 1, outcome.koan)
    screen = str(koans.results.screen(outcome))
    report = pytest.TestReport(name, place, {}, "failed", screen, "call", duration=outcome.duration)
    vars(report)["koan_outcome"] = outcome.to_dict()
    hook.pytest_runtest_logreport(report=report)
    node.session.exitstatus = code
    hook.pytest_sessionfinish(session=node.session, exitstatus=code)


def read_note(koans: KoanSession, name: str) -> Outcome | None:
    """What a worker noted of a koan before it ended; None if it noted nothing."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        note = _note(koans, name)
        text = note.read_text(encoding="utf-8")
        note.unlink()
        return Outcome.from_dict(json.loads(text))
    return None


def _note(koans: KoanSession, name: str) -> Path:
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return koans.workspace.state_dir / f"stuck-{digest}.json"
