"""A learner's folder made by version 0.1.0, with 60 koans solved, goes on working: nothing is lost.

`learner_0.1.0.zip` holds it: chapters 01 to 03 solved, with a helper and a print of the learner's
own, three koans of 04 given up, one of 04 begun, a file of 05 half typed, hints taken.
"""

import json
import zipfile
from pathlib import Path

import pytest

from jax_koans.course.renamed import new_names
from jax_koans.folder import progress

FOLDER = Path(__file__).parent / "learner_0.1.0.zip"
HALF_TYPED = "05_vmap/test_01_one_example.py"


@pytest.fixture
def learner(tmp_path, learner_at):
    with zipfile.ZipFile(FOLDER) as folder:
        folder.extractall(tmp_path / "learner")
    return learner_at(tmp_path / "learner")


@pytest.fixture
def solved(learner):
    """The koans that had passed and are still on the path, by the names that they have now."""
    known = json.loads((learner.workspace.state_dir / "progress.json").read_text())
    names = new_names(learner.workspace)
    path = {koan.name for koan in learner.workspace.koans}
    return {names.get(name, name) for name in known["passed"]} & path


def lines_of_answers(learner):
    """Every line that the learner wrote: what their files have and the koans as made have not."""
    made = json.loads((learner.workspace.state_dir / "made.json").read_text())
    for file in made:
        if file.endswith(".py"):
            given = {line.strip() for line in made[file].split("\n")}
            text = (learner.workspace.koans_dir / file).read_text()
            yield from (line.strip() for line in text.split("\n") if line.strip() not in given)


def everything(learner):
    return "\n".join(
        file.read_text()
        for file in learner.workspace.koans_dir.rglob("*.py*")
        if "__pycache__" not in file.parts
    )


def test_before_an_update_the_commands_work_and_say_what_to_do(learner, solved):
    assert len(solved) > 40
    done = learner.koans("list")
    assert done.returncode == 0, done.stderr
    assert "Given up:" in done.stdout
    assert learner.koans("hint").returncode == 0
    done = learner.pytest("koans/01_arrays", "-q")
    assert "koans update" in done.stdout
    assert done.returncode == 0, done.stdout
    assert {*progress.load(learner.workspace).passed} >= solved


def test_an_update_loses_no_answer_and_no_progress(learner, solved):
    half_typed = learner.read(HALF_TYPED)
    mine = [*lines_of_answers(learner)]

    done = learner.koans("update", "--yes")

    assert done.returncode == 0, done.stdout + done.stderr
    assert learner.read(HALF_TYPED) == half_typed
    assert HALF_TYPED in done.stdout
    now = everything(learner)
    assert [line for line in mine if line not in now] == []
    known = progress.load(learner.workspace)
    assert {*known.passed} >= solved
    assert len(known.given_up) >= 1
    assert not learner.koans("update").stdout.startswith("New:")


def test_most_koans_pass_again_as_they_were_answered(learner, solved):
    learner.koans("update", "--yes")

    done = learner.pytest(
        "koans/01_arrays", "koans/02_tracing", "koans/03_jit", "-q", "--maxfail=0"
    )

    failed = {
        line.rpartition("::")[2].partition(" ")[0]
        for line in done.stdout.split("\n")
        if line.startswith("FAILED")
    }
    assert len(solved - failed) >= 0.6 * len(solved), sorted(solved & failed)
