"""A chapter in a real kernel: what a cell says, what it writes, and what it leaves alone."""

import pytest

from jax_koans.source.slices import Slices

from .conftest import FILE, SOLUTION

pytestmark = pytest.mark.timeout(300)


def cell(learner, koan, old="", new=""):
    """A koan's cell as its file has it, with an edit."""
    text = Slices.of(learner.read(FILE), SOLUTION)[koan]
    assert old in text
    return f"%%koan {koan}\n{text.replace(old, new)}"


def test_a_wrong_answer_then_the_right_one(kernel, learner):
    told = kernel.run(cell(learner, "test_sum", "__", "2"))
    assert "this answer is not right" in told
    assert "line 4 of this cell" in told
    assert "2 is the second addend." in told
    assert "The sum of 1 and 2 is 3." in told
    assert "\x1b" not in told
    assert "color:" in kernel.html
    assert "<script" not in kernel.html
    assert "== 2" in learner.read(FILE)

    told = kernel.run(cell(learner, "test_sum", "== 2", "== 3"))
    assert "test_sum has passed." in told
    assert "Next: the cell of test_double" in told
    kernel.run("%koan list")  # behind it what passed is written down
    assert learner.passed() == {"test_sum"}


def test_a_failure_in_another_cell_names_that(kernel, learner):
    kernel.run(cell(learner, "test_double", "raise NotImplementedError", "return x / 0"))
    told = kernel.run(cell(learner, "test_again"))

    assert "of the cell of test_double" in told
    assert "ZeroDivisionError" in told


def test_places_are_lines_of_cells_in_messages_too(kernel, learner):
    line = learner.read(FILE)[: learner.read(FILE).index("def double")].count("\n") + 1
    place = f"{{__file__}}:{line}:5"
    said = f'f"at {place} (f), or from line {place}"'
    for code in (f"assert x < 0, {said}", f"raise ValueError({said})"):
        text = cell(learner, "test_double", "raise NotImplementedError", code)
        told = " ".join(kernel.run(text).split())
        assert "at line 2 of this cell (f), or from line 2 of this cell" in told
        learner.koans("reset", "test_double")
        kernel.run("%koan show test_double")


def test_what_is_not_this_koan_is_neither_judged_nor_saved(kernel, learner):
    before = learner.read(FILE)

    assert "line 4 of this cell: not Python" in kernel.run(cell(learner, "test_sum", "__", "("))
    assert "def test_sum() is not in this" in kernel.run("%%koan test_sum\nx = 1")
    assert "No koan is called 'test_none'" in kernel.run("%%koan test_none\nx = 1")
    assert "Write %%koan NAME" in kernel.run("%%koan\nx = 1")
    assert learner.read(FILE) == before


def test_a_file_that_changed_meanwhile_is_shown_and_not_overwritten(kernel, learner):
    kernel.run(cell(learner, "test_sum", "__", "2"))
    mine = cell(learner, "test_sum", "== 2", "== 3")
    learner.write(FILE, learner.read(FILE).replace("== 2", "== 5"))
    told = kernel.run(mine)

    assert "has changed since this cell was run" in told
    assert "== 5" in told
    assert "== 5" in learner.read(FILE)
    assert "test_sum has passed." in kernel.run(mine)
    (backup,) = (learner.root / ".koans" / "backups").glob("001_*")
    assert "== 5" in (backup / "koans" / FILE).read_text()


def test_a_reset_in_a_terminal_is_noticed(kernel, learner):
    mine = cell(learner, "test_sum", "__", "3")
    kernel.run(mine)
    assert learner.koans("reset", "test_sum").returncode == 0

    assert "has changed since this cell was run" in kernel.run(mine)
    assert "The cell below is what" in kernel.run("%koan show test_sum")
    assert "1 blank to fill in" in kernel.run(cell(learner, "test_sum"))


def test_the_commands_are_there(kernel, learner):
    kernel.run(cell(learner, "test_sum", "__", "2"))

    assert "Hint 1 of 2" in kernel.run("%koan hint")
    assert "0 of 3" in kernel.run("%koan list")
    assert "pytest" not in kernel.run("%koan list")
    assert "has not passed yet" in kernel.run("%koan solution")
    told = kernel.run("%koan reset test_sum")
    assert "reset: koans/" in told
    assert "To bring it back: %koan restore" in told
    assert "%%koan NAME" in kernel.run("%koan")
    assert "2 koans on this track" in kernel.run("%koan track short")
    assert "No track 'long'" in kernel.run("%koan track long")


def test_the_folders_track_is_gone_along(kernel, learner):
    with (learner.root / "pyproject.toml").open("a") as file:
        file.write('koans_track = "short"\n')

    told = kernel.run(cell(learner, "test_sum", "__", "3"))
    assert "Next: the cell of test_again" in told
    assert "1 of 2 koans on the track short" in told
    assert "The track short  1 of 2" in kernel.run("%koan list")
    told = kernel.run(cell(learner, "test_double"))
    assert "0/2" not in told
    assert "1/2" in told
    assert "test_double" in kernel.run("%koan hint"), "it is not on the track, but failed last"


def test_the_sessions_track_wins_over_the_folders_until_its_end(kernel, learner):
    with (learner.root / "pyproject.toml").open("a") as file:
        file.write('koans_track = "short"\n')
    (learner.root / "mine.txt").write_text("test_sum\ntest_double\n")
    (learner.root / "notebooks").mkdir()
    kernel.run("%cd notebooks")

    assert "No track 'none'" in kernel.run("%koan track none")
    assert "2 koans on this track" in kernel.run("%koan track mine.txt")
    told = kernel.run(cell(learner, "test_sum", "__", "3"))
    assert "Next: the cell of test_double" in told
    assert "1 of 2 koans on the track mine.txt" in told
    assert "mine.txt  1 of 2" in kernel.run("%koan list")
    assert "short  1 of 2" in kernel.run("%koan list --track short")


def test_a_folder_that_is_entered_later(make_kernel, learner, tmp_path):
    kernel = make_kernel(tmp_path)
    kernel.run("%load_ext jax_koans.notebook")
    assert "No koans at or above" in kernel.run("%koan show test_sum")
    kernel.run(f"%cd {learner.root}")

    assert "The cell below is what" in kernel.run("%koan show test_sum")


def test_the_kernel_has_the_imports_and_nothing_else(kernel, learner):
    kernel.run("import jax; before = dict(jax.config.values), jax.devices()")
    kernel.run(cell(learner, "test_double", "raise NotImplementedError", "return 2 * x"))

    assert "True" in kernel.run("before == (dict(jax.config.values), jax.devices())")
    assert "3" in kernel.run("jnp.add(1, 2)")
    assert "NameError" in kernel.run("double")


def test_an_address_can_be_clicked(kernel, learner):
    traced = "import jax\n    return jax.jit(lambda x: float(x + 1))(x)"
    kernel.run(cell(learner, "test_double", "raise NotImplementedError", traced))

    assert '<a href="https://docs.jax.dev/en/latest/' in kernel.html


def test_no_stale_module(kernel, learner):
    for answer in ("return x", "return 2 * x", "return 3 * x", "return 2 * x"):
        now = Slices.of(learner.read(FILE), SOLUTION)["test_double"]
        body = now[: now.index("\n") + 1] + f"    {answer}\n\n\n" + now[now.index("def test_") :]
        told = kernel.run(f"%%koan test_double\n{body}")
        assert ("has passed" in told) is (answer == "return 2 * x")


def test_outside_of_a_folder_of_koans(make_kernel, tmp_path):
    kernel = make_kernel(tmp_path)
    kernel.run("%load_ext jax_koans.notebook")

    assert "No koans at or above" in kernel.run("%%koan test_sum\nx = 1")


def test_pytest_in_a_cell_has_no_raw_links(kernel):
    told = kernel.run("!pytest koans --color=yes")

    assert "1 blank to fill in" in told
    assert "\x1b]8" not in told


def test_no_color(make_kernel, learner):
    kernel = make_kernel(learner.root, NO_COLOR="1")
    kernel.run("%load_ext jax_koans.notebook")
    kernel.run(cell(learner, "test_sum", "__", "2"))

    assert "1 and 2" in kernel.html
    assert "color:" not in kernel.html
