"""`koans notebook`: what it writes, and that it takes nothing away."""

import nbformat
import pytest

from .conftest import FILE


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def koan_cells(notebook):
    cells = [cell for cell in notebook.cells if cell.source.startswith("%%koan ")]
    return {cell.source.split()[1]: cell for cell in cells}


def save(made, notebook):
    nbformat.write(notebook, made.files[0])


def test_a_chapter_is_its_lesson_and_a_cell_per_koan(written, learner):
    made, notebook = written()

    nbformat.validate(notebook)
    assert made.files == [learner.root / "notebooks" / "01_one.ipynb"]
    assert sources(notebook)[0] == "# One\n\nSums.\n"
    assert sources(notebook)[1].split("\n")[-1] == "%load_ext jax_koans.notebook"
    assert "import jax.numpy as jnp" in sources(notebook)[2]
    assert list(koan_cells(notebook)) == ["test_sum", "test_double", "test_again"]
    assert koan_cells(notebook)["test_double"].source.startswith("%%koan test_double\ndef double")
    assert sources(notebook)[-1] == "Next: nothing."
    assert all(cell.outputs == [] for cell in notebook.cells if cell.cell_type == "code")
    assert all(len(cell.id) <= 64 for cell in notebook.cells)


def test_it_holds_the_answers_so_far(written, learner):
    learner.answer(FILE, "3")

    assert "== 3" in koan_cells(written()[1])["test_sum"].source


def test_a_track_has_its_own(written):
    made, notebook = written("short")

    assert made.files[0].name == "short-01_one.ipynb"
    assert list(koan_cells(notebook)) == ["test_sum", "test_again"]
    assert "%koan track short" in sources(notebook)[1]


def own_track(learner, track):
    with (learner.root / "pyproject.toml").open("a") as file:
        file.write(f'koans_track = "{track}"\n')


def test_a_folder_with_a_track_has_that_ones_by_default(written, learner):
    own_track(learner, "short")
    made, notebook = written()

    assert made.files[0].name == "short-01_one.ipynb"
    assert list(koan_cells(notebook)) == ["test_sum", "test_again"]
    assert list(koan_cells(written("01_one")[1])) == ["test_sum", "test_double", "test_again"]


@pytest.mark.parametrize("wanted", ["", "mine.txt"])
def test_a_track_may_be_a_file(written, learner, wanted):
    (learner.root / "mine.txt").write_text("test_double\n")
    if not wanted:
        own_track(learner, "mine.txt")
    made, notebook = written(wanted)

    assert made.files[0].name == "mine-01_one.ipynb"
    assert list(koan_cells(notebook)) == ["test_double"]
    assert "%koan track mine.txt" in sources(notebook)[1]


def test_a_track_in_a_file_elsewhere_is_named_in_full(written, learner, tmp_path):
    (tmp_path / "class.txt").write_text("test_double\n")
    _made, notebook = written(str(tmp_path / "class.txt"))

    assert f"%koan track {tmp_path}/class.txt" in sources(notebook)[1]


def test_once_more_changes_nothing(written):
    made, _notebook = written()
    before = made.files[0].read_bytes()
    again, _notebook = written()

    assert again.files[0].read_bytes() == before
    assert again.backup is None


def test_cells_of_the_learners_own_stay_where_they_are(written):
    made, notebook = written()
    notebook.cells.insert(4, nbformat.v4.new_code_cell("1 + 1"))
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("Mine."))
    save(made, notebook)
    again, after = written()

    assert sources(after) == sources(notebook)
    assert again.kept == []


def test_a_cell_that_was_made_anew_is_the_koans(written, learner):
    made, notebook = written()
    cell = koan_cells(notebook)["test_sum"]
    notebook.cells.insert(0, nbformat.v4.new_code_cell(cell.source))  # by %koan show, or pasted
    notebook.cells.remove(cell)
    save(made, notebook)
    learner.answer(FILE, "3")
    after = written()[1]

    assert len([each for each in sources(after) if "%%koan test_sum" in each]) == 1
    assert "== 3" in koan_cells(after)["test_sum"].source


def test_two_cells_of_a_koan_both_stay(written):
    made, notebook = written()
    cell = koan_cells(notebook)["test_sum"]
    notebook.cells.append(nbformat.v4.new_code_cell(cell.source + "  # mine"))
    save(made, notebook)
    after = written()[1]

    assert sources(after) == sources(notebook)
    nbformat.validate(after)


def test_what_stays_keeps_its_outputs(written):
    made, notebook = written()
    shown = nbformat.v4.new_output("display_data", {"text/plain": "test_sum has passed."})
    koan_cells(notebook)["test_sum"].outputs = [shown]
    save(made, notebook)
    again, after = written()

    assert again.backup is None
    assert koan_cells(after)["test_sum"].outputs == [shown]


def test_a_cell_that_was_edited_stays_unless_the_learner_agrees(written, learner):
    made, notebook = written()
    koan_cells(notebook)["test_sum"].source += "  # mine"
    save(made, notebook)

    kept, after = written()
    assert kept.kept == ["test_sum"]
    assert "# mine" in koan_cells(after)["test_sum"].source
    replaced, after = written(replace=lambda _file, _koan: True)
    assert replaced.kept == []
    assert "# mine" not in koan_cells(after)["test_sum"].source
    assert "# mine" in (replaced.backup / "notebooks" / "01_one.ipynb").read_text()


def test_a_cell_that_nobody_edited_follows_its_file(written, learner):
    written()
    learner.answer(FILE, "3")
    made, notebook = written()

    assert made.kept == []
    assert "== 3" in koan_cells(notebook)["test_sum"].source


@pytest.mark.parametrize("content", ["{", "[]", '{"cells": 1}'])
def test_what_is_no_notebook_is_one_message(learner, content):
    (learner.root / "notebooks").mkdir()
    (learner.root / "notebooks" / "01_one.ipynb").write_text(content)
    told = learner.koans("notebook")

    assert told.returncode == 2
    assert "is no notebook" in told.stderr
    assert "Move it away" in told.stderr
    assert "Traceback" not in told.stderr
    assert (learner.root / "notebooks" / "01_one.ipynb").read_text() == content


def test_a_half_typed_file_is_one_message(learner):
    learner.write(FILE, learner.read(FILE) + "\n(")
    told = learner.koans("notebook")

    assert told.returncode == 2
    assert f"koans/{FILE} cannot be read as Python: line " in told.stderr
    assert "koans reset" in told.stderr
    assert not (learner.root / "notebooks").exists()


def test_nobody_is_asked_where_nobody_can_answer(written, learner):
    made, notebook = written()
    koan_cells(notebook)["test_sum"].source += "  # mine"
    save(made, notebook)
    told = learner.koans("notebook", "01_one")

    assert told.returncode == 0
    assert "kept, though its file differs: the cell of test_sum" in told.stdout
