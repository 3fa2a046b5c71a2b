"""`koans build` makes koans/ and costs nobody an edit."""

import json
import os
import sys

import pytest

from jax_koans.actions.build import build, differences
from jax_koans.source import erase

FIRST = "01_one/test_01_one.py"


def solution(learner, file=FIRST):
    return learner.workspace.solutions_dir / file


def test_it_erases_solutions_and_copies_readmes_and_tracks(make_learner, solutions):
    learner = make_learner(solutions, tracks={"short": "test_first\n"})

    made = {
        path.relative_to(learner.workspace.koans_dir).as_posix()
        for path in learner.workspace.koans_dir.rglob("*.*")
    }
    assert made == solutions.keys() | {"tracks/short.txt"}
    assert learner.read(FIRST) == erase(solutions[FIRST])
    assert learner.read("01_one/README.md") == "# One\n"
    assert json.loads(learner.workspace.lock.read_text())["files"].keys() == made


def test_check_passes_on_what_was_built_and_writes_nothing(learner):
    done = learner.koans("build", "--check")

    assert done.returncode == 0
    assert done.stdout == ""


def test_check_says_what_differs(learner):
    learner.write(FIRST, learner.read(FIRST) + "# mine\n")
    learner.workspace.koans_dir.joinpath("01_one/README.md").unlink()
    before = learner.workspace.lock.read_text()

    done = learner.koans("build", "--check")

    assert done.returncode == 1
    assert f"koans/{FIRST} differs" in done.stdout
    assert "koans/01_one/README.md is missing" in done.stdout
    assert learner.workspace.lock.read_text() == before
    assert not learner.workspace.koans_dir.joinpath("01_one/README.md").exists()


def test_a_new_solution_renews_an_untouched_koan(learner):
    solution(learner).write_text(solution(learner).read_text().replace("The first.", "Number one."))

    done = learner.koans("build")

    assert done.returncode == 0
    assert "Number one." in learner.read(FIRST)
    assert differences(learner.workspace) == []


def test_an_edited_koan_is_kept(learner):
    learner.answer(FIRST, "1")
    mine = learner.read(FIRST)
    solution(learner).write_text(solution(learner).read_text().replace("The first.", "Number one."))

    done = learner.koans("build")

    assert done.returncode == 1
    assert f"kept, because it was edited: koans/{FIRST}" in done.stdout
    assert learner.read(FIRST) == mine
    assert learner.koans("build").returncode == 1, "still not overwritten the second time"
    assert learner.read(FIRST) == mine


def test_force_overwrites_an_edited_koan_after_a_backup(learner):
    learner.answer(FIRST, "1")
    mine = learner.read(FIRST)

    done = learner.koans("build", "--force")

    assert done.returncode == 0
    assert learner.read(FIRST) == erase(solution(learner).read_text())
    (backup,) = learner.workspace.state_dir.rglob("test_01_one.py")
    assert backup.read_text() == mine
    assert str(backup.parents[2].relative_to(learner.root)) in done.stdout


def test_a_file_that_left_the_path_goes_unless_it_was_edited(learner):
    learner.answer(FIRST, "1")
    for file in (FIRST, "01_one/test_02_two.py"):
        solution(learner, file).unlink()

    learner.koans("build")

    assert (learner.workspace.koans_dir / FIRST).exists()
    assert not (learner.workspace.koans_dir / "01_one/test_02_two.py").exists()


def test_line_ends_alone_are_no_edit(learner):
    learner.write(FIRST, learner.read(FIRST).replace("\n", "\r\n"))

    assert differences(learner.workspace) == []
    assert learner.koans("build").returncode == 0


def test_a_learners_own_files_are_left_alone(learner):
    learner.write("01_one/notes.txt", "mine")

    build(learner.workspace, force=True)

    assert learner.read("01_one/notes.txt") == "mine"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("__(1)", "__", "a blank is __(answer)"),
        ("    # HINT: 1.\n", "", "1 hints"),
        ("test_second", "test_first", "used twice"),
        ('"""The first."""', "", "docstring"),
        ("assert", "asert", "not Python"),
    ],
)
def test_an_authors_mistake_is_refused_with_file_line_and_reason(learner, old, new, reason):
    solution(learner).write_text(solution(learner).read_text().replace(old, new, 1))
    before = learner.read(FIRST)

    done = learner.koans("build")

    assert done.returncode == 2
    assert f"solutions/{FIRST}:" in done.stderr
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert learner.read(FIRST) == before


def test_a_name_used_twice_on_the_path_is_refused(learner):
    file = "01_one/test_02_two.py"
    text = solution(learner, file).read_text()
    solution(learner, file).write_text(text.replace("test_fourth", "test_first"))

    done = learner.koans("build")

    assert done.returncode == 2
    assert f"test_first is a koan of {FIRST} already" in done.stderr


@pytest.mark.parametrize("lock", ["", "{", "[]", '{"schema": 1}', '{"schema": 9, "files": {}}'])
def test_a_lock_that_cannot_be_read_stops_before_anything_is_written(learner, lock):
    learner.workspace.lock.write_text(lock)
    learner.answer(FIRST, "1")

    done = learner.koans("build")

    assert done.returncode == 2
    assert "koans.lock cannot be read" in done.stderr


def test_outside_of_a_workspace_it_says_what_to_do(learner, tmp_path):
    done = learner.koans("build", cwd=tmp_path)

    assert done.returncode == 2
    assert "koans init" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_is_not_written_through(learner, tmp_path):
    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_text("mine")
    target = learner.workspace.koans_dir / FIRST
    target.unlink()
    os.symlink(elsewhere, target)

    done = learner.koans("build", "--force")

    assert done.returncode == 2
    assert "symbolic link" in done.stderr
    assert elsewhere.read_text() == "mine"
