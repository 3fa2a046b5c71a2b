"""`koans watch` in a pseudo-terminal: what comes on the screen after a save or a key."""

import os
import random
import shutil
import signal
import time

import pytest

from .conftest import FIRST, SECOND

pytestmark = pytest.mark.timeout(300)  # machines are shared
EDITS = int(os.environ.get("KOANS_EDITS", "20"))


SPOILT = """
import pytest


@pytest.fixture(autouse=True)
def spoilt():
    raise RuntimeError("spoilt by conftest.py")
"""


def solved(learner):
    learner.answer(FIRST, "3", "-1")
    text = learner.read(FIRST)
    learner.write(FIRST, text.replace("raise NotImplementedError", "return 2 * x"))


def test_a_save_brings_the_verdict(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum", "1 blank to fill in", "h hint")

    learner.answer(FIRST, "4")
    terminal.until("your answer 4", "the value   3")
    learner.write(FIRST, learner.read(FIRST).replace("== 4", "== 3"))
    terminal.until("▸ test_sign", "1/6")

    terminal.key("q")  # what passed is written down behind the verdict, and before all else
    assert terminal.ended() == 0
    assert learner.passed() == {"test_sum"}


def test_every_key(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")

    terminal.key("h")
    terminal.until("Hint 1 of 2", "Add them.")
    terminal.key("h")
    terminal.until("Hint 2 of 2")
    learner.answer(FIRST, "4")
    terminal.until("Hint 2 of 2", "your answer 4")  # it stays while one tries
    learner.write(FIRST, learner.read(FIRST).replace("== 4", "== __"))
    terminal.until("Hint 2 of 2", "1 blank to fill in")
    terminal.key("n")
    terminal.until("n goes on once")
    terminal.key("s")
    terminal.until("Give it up")
    terminal.key("y")
    terminal.until("+    assert jnp.array([1, 2]).sum() == 3")
    terminal.key("l")
    terminal.until("Given up:", "0 of 6", "space goes back")
    terminal.key("\x1b")
    terminal.until("▸ test_sum", "1 blank to fill in")

    solved(learner)
    terminal.until("all its koans have passed")
    terminal.key("x")
    terminal.until("Reset test_double")
    terminal.key(" ")
    terminal.until("all its koans have passed", without=["Reset test_double"])
    assert "return 2 * x" in learner.read(FIRST)
    terminal.key("x")
    terminal.until("Reset test_double")
    terminal.key("y")
    terminal.until("▸ test_double", "backup")
    assert "raise NotImplementedError" in learner.read(FIRST)

    solved(learner)
    terminal.until("all its koans have passed", "n: next, koans/01_one/test_02_b.py")
    terminal.key("s")
    terminal.until(
        "test_sum  koans", "test_sign  koans", "test_double  koans", "same as the reference"
    )
    terminal.key("n")
    terminal.until("test_02_b.py", "▸ test_other_sum", "Then save.")
    terminal.key("r")
    terminal.until("▸ test_other_sum")
    terminal.key("q")
    assert terminal.ended() == 0


def test_the_terminal_is_given_back(watch):
    terminal = watch()
    terminal.until("▸ test_sum")
    terminal.key("\x03")

    assert terminal.ended() == 0
    assert b"\x1b[?1049l" in terminal.raw, "the other screen is left"
    assert b"\x1b[?25h" in terminal.raw, "the cursor is there again"


@pytest.mark.parametrize("end", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_the_terminal_is_given_back_after_a_signal(watch, end):
    terminal = watch()
    terminal.until("▸ test_sum")
    terminal.process.send_signal(getattr(signal, end))

    assert terminal.ended() == 0
    assert b"\x1b[?1049l" in terminal.raw, "the other screen is left"


def test_half_a_line_is_no_attempt(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")
    text = learner.read(FIRST)

    learner.write(FIRST, text.replace("== __", "== (", 1))
    terminal.until("still typing", "▸ test_sum")
    learner.write(FIRST, text.replace("== __", "== 3", 1))
    terminal.until("▸ test_sign", without=["still typing"])


def test_a_changed_conftest_counts_at_the_next_save(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")

    conftest = learner.root / "conftest.py"
    conftest.write_text(conftest.read_text() + SPOILT)
    learner.answer(FIRST, "3")

    terminal.until("spoilt by conftest.py")


def test_other_files_wake_it_too(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")

    learner.answer(SECOND, "5")
    terminal.until("test_02_b.py", "your answer 5")


def test_however_an_editor_saves(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")
    file = learner.workspace.koans_dir / FIRST
    text = file.read_text()

    # By renaming, with a backup beside it.
    shutil.copy(file, file.with_suffix(".py~"))
    beside = file.with_name(".test_01_a.py.swp")
    beside.write_text(text.replace("== __", "== 11", 1))
    os.replace(beside, file)
    terminal.until("your answer 11")
    # In several writes.
    with file.open("w") as handle:
        for part in text.replace("== __", "== 12", 1).split("\n"):
            handle.write(part + "\n")
            handle.flush()
    terminal.until("your answer 12")
    # Deleted and restored.
    file.unlink()
    terminal.until("is gone")
    file.write_text(text.replace("== __", "== 13", 1))
    terminal.until("your answer 13")


def test_a_burst_of_saves_shows_the_last(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")
    text = learner.read(FIRST)

    for number in range(100, 150):
        learner.write(FIRST, text.replace("== __", f"== {number}", 1))
        terminal.read(timeout=0.001)
    terminal.until("your answer 149")


def test_no_verdict_is_stale(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")
    text, dice = learner.read(FIRST), random.Random(3)

    for turn in range(EDITS):
        said = 1000 + turn
        learner.write(FIRST, text.replace("== __", f"== {said}", 1))
        # Some edits come while the one before is still running, some after its verdict.
        if dice.random() < 0.5 or turn == EDITS - 1:
            shown = terminal.until(f"your answer {said}", without=["running"])
            assert shown.count("your answer ") == 1
        else:
            end = time.monotonic() + dice.random()
            while time.monotonic() < end:
                terminal.read(timeout=0.01)


def test_what_kills_the_process_does_not_kill_the_sensei(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")
    solved(learner)
    text = learner.read(FIRST)

    learner.write(FIRST, text.replace("return 2 * x", "import os; os.kill(os.getpid(), 11)"))
    terminal.until("▸ test_double", "SIGSEGV")
    learner.write(FIRST, text.replace("return 2 * x", "import os; os._exit(0)"))
    terminal.until("▸ test_double", "exit code 0", without=["SIGSEGV"])
    learner.write(FIRST, text)
    terminal.until("all its koans have passed")


def test_an_endless_compiled_loop_is_overtaken(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")
    solved(learner)
    text = learner.read(FIRST)

    endless = "import jax\n    return jax.lax.while_loop(lambda y: True, lambda y: y + 1, 0)"
    learner.write(FIRST, text.replace("return 2 * x", endless))
    terminal.until("running")
    for _turn in range(10):
        terminal.read()
    learner.write(FIRST, text)
    terminal.until("all its koans have passed")


def test_the_terminal_may_change_its_size(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")

    terminal.resize(20, 60)
    learner.answer(FIRST, "4")
    terminal.until("h hint")
    terminal.resize(45, 100)
    terminal.until("your answer 4", "h hint")


def test_a_closed_terminal_ends_it_and_its_processes(watch):
    terminal = watch()
    terminal.until("▸ test_sum")
    children = _children(terminal.process.pid)

    os.kill(terminal.process.pid, signal.SIGHUP)
    terminal.ended()
    end = time.monotonic() + 30
    while any(map(_runs, children)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(map(_runs, children))


def test_two_in_one_folder(watch, learner):
    one, two = watch(), watch()
    one.until("▸ test_sum")
    two.until("▸ test_sum")

    learner.answer(FIRST, "3")
    one.until("▸ test_sign")
    two.until("▸ test_sign")
    for terminal in (one, two):
        terminal.key("q")  # what passed is written down behind the verdict, and before all else
        assert terminal.ended() == 0
    assert learner.passed() == {"test_sum"}


def test_a_report_longer_than_the_window_shows_its_verdict(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")

    terminal.resize(12, 60)
    learner.answer(FIRST, "4")
    terminal.until("this answer is not right", "more below", "q quit", without=["running"])
    for _turn in range(30):
        terminal.key("\x1b[B")
    terminal.until("Change your answer.", without=["more below"])
    for _turn in range(30):
        terminal.key("\x1b[A")
    terminal.until("koan 1 of 3", "more below")


def test_a_folder_that_is_replaced_is_followed(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")
    koans = learner.workspace.koans_dir

    koans.rename(learner.root / "away")
    terminal.until("is gone")
    shutil.copytree(learner.root / "away", koans)
    terminal.until("▸ test_sum", without=["is gone"])
    learner.answer(FIRST, "4")
    terminal.until("your answer 4")


def test_a_broken_conftest_is_told_once_and_the_same_text_tried_again(watch, learner):
    conftest = learner.root / "conftest.py"
    text = conftest.read_text()
    conftest.write_text(text + "\nraise RuntimeError('mine')\n")
    terminal = watch()
    assert terminal.until("No verdict", "RuntimeError: mine").count("RuntimeError: mine") == 1

    conftest.write_text(text)
    learner.write(FIRST, learner.read(FIRST))
    terminal.until("1 blank to fill in")


def test_progress_that_cannot_be_read_is_told(watch, learner):
    learner.workspace.state_dir.mkdir(exist_ok=True)
    (learner.workspace.state_dir / "progress.json").write_text("{")
    terminal = watch()
    terminal.until("▸ test_sum", "Progress could not be understood")


def test_a_process_that_outlives_its_koan_holds_nobody_up(watch, learner):
    terminal = watch()
    terminal.until("▸ test_sum")
    child = "(__import__('os').fork() or [__import__('os').setsid(), __import__('time').sleep(40)])"

    learner.answer(FIRST, f"4 + 0 * {child}")
    terminal.until("the value   3")
    learner.write(FIRST, learner.read(FIRST).replace(f"4 + 0 * {child}", "5"))
    terminal.until("your answer 5")
    terminal.key("q")
    assert terminal.ended() == 0


@pytest.mark.parametrize(
    ("arguments", "shows"),
    [
        (["--manual"], "r runs it"),
        (["--poll"], "your answer 4"),
    ],
)
def test_ways_to_watch(watch, learner, arguments, shows):
    terminal = watch(*arguments)
    terminal.until("▸ test_sum")
    learner.answer(FIRST, "4")
    terminal.until(shows)
    terminal.key("r")
    terminal.until("your answer 4")


def test_by_hand_the_file_that_was_saved_is_run(watch, learner):
    terminal = watch("--manual")
    terminal.until("▸ test_sum")
    learner.answer(SECOND, "5")
    terminal.until("r runs it")
    terminal.key("r")
    terminal.until("test_02_b.py", "your answer 5")


def test_a_part_of_the_path(watch):
    terminal = watch("test_02_b", "--x64")
    terminal.until("▸ test_other_sum")


def test_one_koan(watch, learner):
    terminal = watch("test_sum")
    terminal.until("▸ test_sum")
    learner.answer(FIRST, "3")
    terminal.until("what you watch of it has passed", "All that you watch has passed")
    terminal.key("n")
    terminal.until("1 blank to fill in")


def test_without_a_terminal_it_runs_once_as_pytest_does(learner):
    done = learner.koans("watch")
    assert done.returncode == 1
    assert "▸ test_sum" in done.stdout

    done = learner.koans("watch", "test_sign")
    assert "▸ test_sign" in done.stdout

    done = learner.koans("watch", "nothing_like_this")
    assert done.returncode == 2
    assert "nothing_like_this" in done.stderr


def _children(process):
    path = f"/proc/{process}/task/{process}/children"
    if not os.path.exists(path):
        pytest.skip("no /proc here")
    with open(path) as file:
        return [int(each) for each in file.read().split()]


def _runs(process):
    return _state(process) not in ("Z", "")


def _state(process):
    """A process's state as /proc has it; "" where there is none."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().split(")")[1].split()[0]
    except OSError:
        return ""
