"""A folder's own track: pytest, list, hint and the watch go along it; --track wins."""

import pytest

from jax_koans.course.path import PathError
from jax_koans.course.track import chosen
from jax_koans.watch.command import scope

FILE = "01_one/test_01_a.py"
SOLUTION = '''\
"""Sums."""

from jax_koans import __


def test_sum():
    """A sum."""
    # HINT: Add.
    # HINT: Add them.
    assert 1 + 2 == __(3)
    # WHY: It is 3.


def test_double():
    """Twice."""
    # HINT: Add.
    # HINT: Add it to itself.
    assert 2 * 2 == __(4)
    # WHY: It is 4.


def test_half():
    """Half."""
    # HINT: Divide.
    # HINT: Divide by 2.
    assert 4 // 2 == __(2)
    # WHY: It is 2.
'''


@pytest.fixture
def learner(make_learner):
    learner = make_learner(
        {FILE: SOLUTION}, tracks={"short": "test_double\n", "end": "test_half\n"}
    )
    with (learner.root / "pyproject.toml").open("a") as file:
        file.write('koans_track = "short"\n')
    return learner


def test_pytest_goes_along_it(learner):
    told = learner.pytest()

    assert "▸ test_double" in told.stdout
    assert "0/1" in told.stdout
    assert f"pytest koans/{FILE}  (a hint" in told.stdout


def test_the_command_line_wins(learner):
    told = learner.pytest("--track", "end")

    assert "▸ test_half" in told.stdout
    assert f"pytest koans/{FILE} --track end" in told.stdout
    assert chosen(learner.workspace, learner.root, "end") == ("end", ("test_half",))


def test_a_koan_that_is_named_runs_anyway(learner):
    assert "▸ test_sum" in learner.pytest(f"koans/{FILE}::test_sum").stdout


def test_list_hint_and_watch_go_along_it(learner):
    assert "The track short  0 of 1" in learner.koans("list").stdout
    assert learner.koans("hint").stdout.startswith("test_double")
    assert scope(learner.workspace, learner.root, "", "", ()).names == ("test_double",)
    assert scope(learner.workspace, learner.root, "", "end", ()).names == ("test_half",)


def test_a_file_of_names_is_relative_to_the_folder(learner):
    (learner.root / "mine.txt").write_text("test_half\n")
    text = (learner.root / "pyproject.toml").read_text().replace('"short"', '"mine.txt"')
    (learner.root / "pyproject.toml").write_text(text)

    assert chosen(learner.workspace, learner.workspace.koans_dir)[1] == ("test_half",)


@pytest.mark.parametrize("line", ['koans_track = "none"', "koans_track = ["])
def test_a_track_that_is_none_is_one_message(learner, line):
    text = (learner.root / "pyproject.toml").read_text().replace('koans_track = "short"', line)
    (learner.root / "pyproject.toml").write_text(text)

    with pytest.raises(PathError):
        chosen(learner.workspace, learner.root)
    told = learner.koans("list")
    assert told.returncode == 2
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("track", ["taste", "mine.txt"])
def test_init_takes_a_track(learner, track):
    (learner.root / "mine.txt").write_text("test_if_on_a_tracer_raises_an_error\n")
    made = learner.koans("init", "new", "--track", track)
    folder = learner.root / "new"

    assert made.returncode == 0
    assert "pytest koans\n" in made.stdout
    told = learner.run("jax_koans", "list", cwd=folder)
    assert told.stdout.startswith("The track ")
    assert "0 of 229" not in told.stdout


def test_init_refuses_a_track_that_is_none(learner):
    made = learner.koans("init", "new", "--track", "none")

    assert made.returncode == 2
    assert "No track 'none'" in made.stderr
    assert not (learner.root / "new").exists()


def test_two_folders_at_once_are_one_message(learner):
    for name in ("one", "two"):
        assert learner.koans("init", name).returncode == 0
    told = learner.pytest("one", "two")

    assert told.returncode == 4
    assert "pytest runs one folder of koans at a time" in told.stderr
    assert "Traceback" not in told.stderr
