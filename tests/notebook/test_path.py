"""The project's own chapters in a kernel, and its answers: a notebook says what a terminal says."""

import re

import nbformat
import pytest

from jax_koans.actions import init as learners_folder
from jax_koans.course.path import Workspace
from jax_koans.judge.outcome import State
from jax_koans.notebook.results import CellResults
from jax_koans.screen.results import Results
from jax_koans.source import solve
from jax_koans.source.slices import Slices
from tests.answers.answers import Lesson, given, rounds
from tests.answers.running import Runner

CHAPTERS = ["01_arrays", "03_jit", "06_grad", "13_capstones"]
PATH = Workspace(learners_folder.shipped())
EVERY = 6

pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_from_untouched_to_solved(chapter, tmp_path, make_kernel, learner_at):
    learners_folder.make(tmp_path / "learner")
    learner = learner_at(tmp_path / "learner")
    assert learner.koans("notebook", chapter).returncode == 0
    notebook = nbformat.read(learner.root / "notebooks" / f"{chapter}.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.source.startswith("%%koan ")]
    koans = [koan for koan in learner.workspace.koans if koan.chapter == chapter]
    assert [cell.source.split()[1] for cell in cells] == [koan.name for koan in koans]

    kernel = make_kernel(learner.root / "notebooks")
    kernel.run("%load_ext jax_koans.notebook")
    for cell in cells:
        assert "Then run the cell again." in kernel.run(cell.source), cell.source
    for koan in koans:
        solution = learner.workspace.solution(koan.file)
        answered = Slices.of(solve(solution), solution)[koan.name]
        told = kernel.run(f"%%koan {koan.name}\n{answered}")
        assert f"{koan.name} has passed." in told, told
    kernel.run("%koan list")
    assert learner.passed() >= {koan.name for koan in koans}

    done = learner.pytest(f"koans/{chapter}", "-q")
    assert done.returncode == 0, done.stdout


def alike(lines):
    """A screen without where the line is, and without the next step."""
    text = re.sub(r"(?m)^(  [ >] | {4})\s*\d+(  |$)", r"\1", "\n".join(map(str, lines)))
    text = re.sub(r"\s+", " ", text)  # carets, and where lines are cut
    text = re.sub(r"line \d+ of (this cell|the cell of \w+|the file)", "HERE", text)
    text = re.sub(r"(line )?\S*koans/\S+\.py:\d+(:\d+)?", "HERE", text)
    text = re.sub(r"TODO at line \d+", "TODO", text)
    return re.split(r" Save, and run again:| Then run the cell again\.", text)[0]


@pytest.mark.parametrize("chapter", sorted({file.partition("/")[0] for file in PATH.files}))
def test_the_screens_of_wrong_answers_say_the_same(chapter, tmp_path, monkeypatch):
    # What a terminal has no rows for is left out there: a long path takes one, a message many.
    monkeypatch.setattr("jax_koans.screen.koan._ROWS", 1000)
    monkeypatch.setattr("jax_koans.screen.koan._ENDS", 1000)
    compared = 0
    with Runner(tmp_path / "answers", PATH, 20) as runner:
        workspace = Workspace(runner.root)
        (runner.root / "solutions").symlink_to(PATH.solutions_dir)
        for file in PATH.files_in(chapter):
            lesson = Lesson(file, PATH.solution(file))
            answers = [each for each in given(file)[::EVERY] if not each.right and not each.hangs]
            for together in rounds(lesson, answers):
                text = lesson.filled(together)
                for outcome in runner.run({file: text}, together, x64=False).values():
                    results = CellResults(workspace, workspace.root, command="")
                    results.slices = Slices.of(text, lesson.solution)
                    terminal = Results(workspace, workspace.root)
                    terminal.hear(outcome)
                    if outcome.state is not State.PASSED:
                        compared += 1
                        assert alike(results.lines(outcome)) == alike(
                            terminal.screen(outcome).lines
                        )
    assert compared
