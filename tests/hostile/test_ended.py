"""What ends the process: nothing is lost, nothing counts that should not, and it is told of.

`koans run` tells at once; after plain pytest the next run does, whichever it is.
"""

import json
import os
import subprocess
import sys

import pytest

from .cases import ENDED, STUCK, Case
from .running import Run

FIRST, LAST = Case("first"), Case("last")
EARLIER = {f"test_{part}{FIRST.name}" for part in ("before_", "", "after_")}
IDS = {"ids": lambda case: case.name}


@pytest.fixture
def learner_with(make_hostile, tmp_path):
    return lambda case: make_hostile(tmp_path, [FIRST, case, LAST])


def texts(learner):
    return {path: path.read_bytes() for path in learner.workspace.koans_dir.rglob("*.py")}


def before_it(case):
    """What has passed when the process ends."""
    return EARLIER if case.top else EARLIER | {f"test_before_{case.name}"}


@pytest.mark.parametrize("case", [*ENDED, *STUCK], **IDS)
def test_koans_run_tells_of_it_at_once(case, learner_with):
    learner = learner_with(case)
    before = texts(learner)

    done = learner.koans("run", "--limit", "3")

    screen = " ".join(done.stdout.split())
    assert done.returncode == 1
    assert f"▸ {case.koan if not case.top else 'test_before_' + case.name}" in screen
    assert all(words in screen for words in case.says), screen
    assert "Traceback" not in done.stdout + done.stderr
    # Files are imported before the first koan runs.
    passed = set() if case.top else before_it(case)
    assert learner.passed() == passed
    assert f"{len(passed)} passed, 1 failed, {8 - len(passed)} not run" in screen
    assert texts(learner) == before
    assert not [*learner.workspace.state_dir.glob("running-*")]


def test_koans_run_ends_what_never_lets_go_of_python(make_hostile, tmp_path):
    learner = make_hostile(tmp_path, [Case("holds", "sum(range(10**15))")])

    done = learner.koans("run", "--limit", "1")

    assert done.returncode == 1
    assert "▸ test_holds" in done.stdout
    assert "nothing could stop it" in done.stdout
    assert learner.passed() == {"test_before_holds"}


LET_GO = "import time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(100)\n    os._exit(0)\n"
EVERY_FILE = "for fd in range(3, 64):\n    try:\n        os.write(fd, b'\\xff\\n[]\\n')\n"
HOLDS = "sum(range(10**15))"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no such processes")
@pytest.mark.parametrize(
    ("act", "says"),
    [
        (LET_GO, ""),
        (LET_GO + "import ctypes\nctypes.string_at(0)", "crashed inside compiled code"),
        (EVERY_FILE + "    except OSError:\n        pass", ""),
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


@pytest.mark.skipif(sys.platform == "win32", reason="other files are open there")
def test_after_a_koan_that_closed_all_files_the_next_run_names_it(make_hostile, tmp_path):
    learner = make_hostile(tmp_path, [Case("closes", "os.closerange(3, 64)"), LAST])

    assert learner.pytest("koans", "-q").returncode != 0
    assert "test_closes" not in learner.passed()
    then = learner.pytest("koans/01_one/test_02_last.py", "-q")

    assert then.returncode == 0
    assert "The last run ended in the middle of test_closes" in then.stdout


def test_koans_run_tells_of_an_end_that_is_no_koans(learner_with):
    learner = learner_with(Case("middle"))
    (learner.workspace.koans_dir / "conftest.py").write_text("import os\nos._exit(0)\n")

    done = learner.koans("run")

    assert done.returncode == 1
    assert "The process was ended with exit code 0." in done.stdout
    assert "conftest.py" in done.stdout
    assert learner.passed() == set()


@pytest.mark.parametrize("case", ENDED, **IDS)
def test_after_plain_pytest_the_next_run_names_it(case, learner_with):
    learner = learner_with(case)
    before = texts(learner)

    learner.pytest("koans", "-q")
    assert learner.passed() == set()
    then = learner.pytest("koans/01_one/test_01_first.py", "-q")

    assert then.returncode == 0
    told = f"while it imported 01_one/test_02_{case.name}.py" if case.top else f"of {case.koan} ("
    assert f"The last run ended {'' if case.top else 'in the middle '}{told}" in then.stdout
    assert learner.passed() == EARLIER
    assert texts(learner) == before
    assert not [*learner.workspace.state_dir.glob("running-*")]  # it is told once


@pytest.mark.parametrize("case", STUCK, **IDS)
def test_plain_pytest_reports_what_is_stuck_and_ends(case, learner_with):
    learner = learner_with(case)

    run = Run.of(learner, "--timeout=3")

    name = f"test_before_{case.name}" if case.top else case.koan
    assert run.code == 1
    assert case.says[0] in run.failures[name]
    assert run.failures.keys() == {name}
    assert learner.passed() == (set() if case.top else before_it(case))
    assert not [*learner.workspace.state_dir.glob("running-*")]


@pytest.mark.parametrize(
    "case",
    [ENDED[0], ENDED[4], STUCK[0], STUCK[2], Case("endless", "while True:\n    pass")],
    **IDS,
)
def test_under_xdist_all_other_koans_are_judged(case, learner_with):
    learner = learner_with(case)

    run = Run.of(learner, "-n", "2", "--timeout=3")

    others = {f"test_{part}{each.name}" for each in (FIRST, case, LAST)
              for part in ("before_", "", "after_")} - {case.koan}  # fmt: skip
    others = others if not case.top else {name for name in others if case.name not in name}
    assert run.code == 1
    assert others <= learner.passed()
    assert case.koan not in learner.passed()
    assert "INTERNALERROR" not in run.text
    assert not [*learner.workspace.state_dir.glob("last-words-*")]
    assert not [*learner.workspace.state_dir.glob("running-*")]


def test_a_process_that_lives_is_no_culprit(make_hostile, tmp_path):
    learner = make_hostile(tmp_path, [LAST])
    state = learner.workspace.state_dir
    learner.pytest("koans", "-q")
    sleeper = "import time\nprint(flush=True)\ntime.sleep(120)"
    code = (
        "from pathlib import Path; from jax_koans.course.path import Workspace;"
        f"from jax_koans.run.marks import Mark; m = Mark(Workspace(Path({str(learner.root)!r})));"
        f"m.begin('f', 'test_last'); exec({sleeper!r})"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert "The last run ended" not in learner.pytest("koans", "-q").stdout
        other.kill()
    assert json.loads(next(state.glob("running-*.json")).read_text())["koan"] == "test_last"
    assert "middle of test_last" in learner.pytest("koans", "-q").stdout
