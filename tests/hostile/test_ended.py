"""What ends the process: `koans run` names the koan, and nothing that passed before it is lost."""

import os

import pytest

from .cases import ENDED, STUCK, Case
from .running import Run

FIRST, LAST = Case("first"), Case("last")
EARLIER = {f"test_{part}{FIRST.name}" for part in ("before_", "", "after_")}
IDS = {"ids": lambda case: case.name}
HOLDS = "sum(range(10**15))"


@pytest.fixture
def learner_with(make_hostile, tmp_path):
    return lambda case: make_hostile(tmp_path, [FIRST, case, LAST])


def texts(learner):
    return {path: path.read_bytes() for path in learner.workspace.koans_dir.rglob("*.py")}


def before_it(case):
    """What has passed when the process ends: files are imported before the first koan runs."""
    return set() if case.top else EARLIER | {f"test_before_{case.name}"}


@pytest.mark.parametrize("case", [*ENDED, *STUCK], **IDS)
def test_koans_run_names_the_koan(case, learner_with):
    learner = learner_with(case)
    before = texts(learner)

    done = learner.koans("run", "--limit", "3")

    screen = " ".join(done.stdout.split())
    passed = before_it(case)
    assert done.returncode == 1
    assert (f"test_before_{case.name}" if case.top else case.koan) in screen
    assert all(words in screen for words in case.says), screen
    assert "Traceback" not in done.stdout + done.stderr
    assert learner.passed() == passed
    assert f"{len(passed)} passed, 1 failed, {8 - len(passed)} not run" in screen
    assert texts(learner) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no such processes")
@pytest.mark.parametrize(
    ("act", "says"),
    [
        (HOLDS, "nothing could stop it"),
        ("import time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(100)", ""),
        ("os.closerange(3, 64)", "ended with exit code 1"),
        ("os.closerange(3, 64)\n" + HOLDS, "nothing is heard of it any more"),
        ("import signal\nos.kill(os.getpid(), signal.SIGSTOP)", "nothing could stop it"),
    ],
)
def test_koans_run_does_not_wait_for_what_a_koan_has_done_to_its_process(
    make_hostile, tmp_path, act, says
):
    learner = make_hostile(tmp_path, [Case("odd", act)])

    done = learner.koans("run", "--limit", "3")

    screen = " ".join(done.stdout.split())
    assert done.returncode == (1 if says else 0), screen
    assert says in screen
    assert "Traceback" not in done.stdout + done.stderr
    assert learner.passed() >= {"test_before_odd"}
    assert ("test_odd" in learner.passed()) is not bool(says)


def test_koans_run_tells_of_an_end_that_is_no_koans(learner_with):
    learner = learner_with(Case("middle"))
    (learner.workspace.koans_dir / "conftest.py").write_text("import os\nos._exit(0)\n")

    done = learner.koans("run")

    assert done.returncode == 1
    assert "The process was ended with exit code 0." in done.stdout
    assert "conftest.py" in done.stdout
    assert learner.passed() == set()


@pytest.mark.parametrize("case", STUCK, **IDS)
def test_plain_pytest_reports_what_never_returns_and_ends(case, learner_with):
    learner = learner_with(case)

    run = Run.of(learner, "--timeout=3")

    name = f"test_before_{case.name}" if case.top else case.koan
    assert run.code == 1
    assert case.says[0] in run.failures[name]
    assert run.failures.keys() == {name}
    assert learner.passed() == before_it(case)


@pytest.mark.parametrize("case", [ENDED[0], STUCK[0]], **IDS)
def test_under_xdist_all_other_koans_are_judged(case, learner_with):
    learner = learner_with(case)

    run = Run.of(learner, "-n", "2", "--timeout=3")

    others = {f"test_{part}{each.name}" for each in (FIRST, case, LAST)
              for part in ("before_", "", "after_")} - {case.koan}  # fmt: skip
    assert run.code == 1
    assert learner.passed() == others
    assert run.failures.keys() == {case.koan}
    assert "INTERNALERROR" not in run.text
