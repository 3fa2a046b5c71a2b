"""What never ends is one clear report, wherever it is stuck."""

import xml.etree.ElementTree as ElementTree

import pytest

from jax_koans.run.time_limit import Limit, TooLong

LESSON = '''"""Loops."""

import jax
import jax.numpy as jnp
from jax import lax

from jax_koans import __


def test_before():
    """Before it."""
    # HINT: 1.
    # HINT: 1.
    assert len("a") == __(1)
    # WHY: It is so.


def test_loop():
    """A loop."""
    # HINT: 2.
    # HINT: 2.
    {loop}
    assert len("ab") == __(2)
    # WHY: It is so.


def test_after():
    """After it."""
    # HINT: 3.
    # HINT: 3.
    assert len("abc") == __(3)
    # WHY: It is so.
'''
PYTHON = "while True: len('ab')"
SWALLOWED = """while True:
        try:
            len('ab')
        except Exception:
            pass"""
COMPILED = "jax.block_until_ready(lax.while_loop(lambda c: c < 9, lambda c: (c + 1) % 7, 0))"
FILE = "01_one/test_01_loops.py"
LIMIT = "--timeout=3"


@pytest.fixture
def learner(make_learner):
    def stuck_in(loop):
        text = LESSON.replace("{loop}", loop)
        learner = make_learner({FILE: text})
        learner.write(FILE, text)
        return learner

    return stuck_in


@pytest.mark.parametrize("loop", [PYTHON, SWALLOWED])
def test_a_loop_in_python_is_interrupted_and_the_next_koan_runs(learner, loop):
    done = learner(loop).pytest("koans", "-q", "--maxfail=0", LIMIT)

    assert done.returncode == 1
    assert "1 failed, 2 passed" in done.stdout
    assert "It ran for more than 3 s." in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_compiled_loop_is_reported_and_ends_the_run(learner):
    one = learner(COMPILED)

    done = one.pytest("koans", "-q", LIMIT, "--junitxml=report.xml")

    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "inside compiled code for more than 3 s" in done.stdout
    assert "lax.while_loop(lambda" in done.stdout
    assert one.passed() == {"test_before"}
    cases = ElementTree.parse(one.root / "report.xml").findall(".//testcase")
    failed = [case.get("name") for case in cases if case.find("failure") is not None]
    assert failed == ["test_loop"]


def test_under_xdist_the_others_still_run(learner):
    one = learner(COMPILED)

    done = one.pytest("koans", "-q", "-n", "1", LIMIT)

    assert done.returncode == 1
    assert "1 failed, 2 passed" in done.stdout
    assert "inside compiled code for more than 3 s" in done.stdout
    assert one.passed() == {"test_before", "test_after"}
    assert not list(one.workspace.state_dir.glob("stuck-*"))


def test_the_limit_is_60_seconds_and_can_be_set(root):
    assert 'timeout = "60"' in (root / "pyproject.toml").read_text()


def test_without_an_alarm_a_loop_in_python_is_interrupted():
    limit = Limit(0.2, lambda _limit: None, has_alarm=False)

    def endless():
        while True:
            pass

    limit.start()
    try:
        with pytest.raises(TooLong):
            endless()
    finally:
        limit.stop()


def test_no_limit_interrupts_a_learner_in_the_debugger(learner):
    one = learner("breakpoint(); import time; time.sleep(2)")

    done = one.pytest(f"koans/{FILE}::test_loop", "-q", "--timeout=1", typed="continue\n")

    assert "(Pdb)" in done.stdout
    assert "1 passed" in done.stdout, done.stdout
