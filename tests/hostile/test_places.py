"""A full disk, a folder that cannot be written, two runs at once, and a real Ctrl-C."""

import os
import signal
import subprocess
import sys
import time

import pytest

from .cases import Case

GOOD = Case("good")
ALL = {"test_before_good", "test_good"}  # the third one prints, for which a disk may be too full
PYTEST = "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
NO_ROOM = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0));"
# In the background SIGINT is ignored, and children inherit that.
HEEDS_CTRL_C = """import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
SOME = [f"koans/01_one/test_01_good.py::{name}" for name in sorted(ALL)]


@pytest.fixture
def learner(make_hostile, tmp_path):
    return make_hostile(tmp_path, [GOOD], folder="Köans für José")


def begin(learner, *command):
    return subprocess.Popen(
        [sys.executable, "-c", HEEDS_CTRL_C, *command],
        cwd=learner.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )


def test_a_full_disk_costs_the_progress_and_not_the_run(learner):
    done = subprocess.run(
        [sys.executable, "-c", NO_ROOM + PYTEST, *SOME, "-qs", "-p", "no:cacheprovider"],
        cwd=learner.root,
        capture_output=True,
        encoding="utf-8",
    )

    assert done.returncode == 0
    assert "2 passed" in done.stdout
    assert "Progress is not saved" in done.stdout
    assert learner.passed() == set()


def test_a_full_disk_leaves_the_progress_that_there_was(learner):
    learner.pytest(SOME[0], "-q")
    before = learner.passed()

    subprocess.run([sys.executable, "-c", NO_ROOM + PYTEST, *SOME, "-q"], cwd=learner.root)

    assert before == learner.passed() != set()


def test_a_file_where_the_state_should_be_costs_the_progress_only(learner):
    learner.workspace.state_dir.write_text("mine")

    done = learner.pytest("koans", "-q")

    assert done.returncode == 0
    assert "3 passed" in done.stdout
    assert "Progress is not saved" in done.stdout
    assert learner.workspace.state_dir.read_text() == "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_read_only_tree_costs_the_progress_only(learner):
    learner.root.chmod(0o555)
    try:
        done = learner.pytest("koans", "-q")
    finally:
        learner.root.chmod(0o755)

    assert done.returncode == 0
    assert "Progress is not saved" in done.stdout


def test_two_runs_at_once_lose_nothing(make_hostile, tmp_path):
    learner = make_hostile(tmp_path, [GOOD, Case("other")])
    files = [f"koans/{file}" for file in learner.workspace.files]

    with (
        begin(learner, "-m", "pytest", "-q", files[0]) as one,
        begin(learner, "-m", "pytest", "-q", files[1]) as two,
    ):
        codes = [one.wait(60), two.wait(60)]

    assert codes == [0, 0]
    assert len(learner.passed()) == 6


@pytest.mark.parametrize("command", [["-m", "pytest", "koans", "-q"], ["-m", "jax_koans", "run"]])
def test_a_real_ctrl_c_ends_the_run(command, make_hostile, tmp_path):
    waits = Case("waits", "import time\nopen('begun', 'w').close()\ntime.sleep(50)")
    learner = make_hostile(tmp_path, [waits])

    with begin(learner, *command) as run:
        while run.poll() is None and not (learner.root / "begun").exists():
            time.sleep(0.02)
        time.sleep(1)  # until what passed before is heard of, on a slow machine too
        run.send_signal(signal.SIGINT)
        said, _nothing = run.communicate(timeout=30)

    assert run.returncode == 2
    assert "Traceback" not in said
    assert learner.passed() == {"test_before_waits"}
