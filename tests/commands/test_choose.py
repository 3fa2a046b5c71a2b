"""A koan, file or chapter is found by any part of a name that tells it apart."""

import pytest

from jax_koans.course.koan_argument import choose
from jax_koans.course.path import PathError

FILE = "02_times/test_01_double.py"


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("01_count", "01_count"),
        ("01", "01_count"),
        ("1", "01_count"),
        ("COUNT", "01_count"),
        ("koans/01_count/", "01_count"),
        (FILE, FILE),
        (f"koans/{FILE}", FILE),
        (f"./koans/{FILE}", FILE),
        (f"solutions/{FILE}", FILE),
        (f"koans\\{FILE}".replace("/", "\\"), FILE),
        ("test_01_double.py", FILE),
        ("test_01_double", FILE),
        ("double", FILE),
        ("02_times/test_01", FILE),
        ("test_double_is_twice", "test_double_is_twice"),
        ("double_is_twice", "test_double_is_twice"),
        ("Double is TWICE", "test_double_is_twice"),
        ("is-twice", "test_double_is_twice"),
        ("twice", "test_double_is_twice"),
        (f"koans/{FILE}::test_double_is_twice", "test_double_is_twice"),
        (f"{FILE}::test_double_is_twice[cpu]", "test_double_is_twice"),
        ("::twice", "test_double_is_twice"),
    ],
)
def test_what_is_meant(learner, wanted, name):
    assert choose(learner.workspace, wanted, learner.root).name == name


def test_paths_are_taken_from_where_the_learner_is(learner):
    chapter = learner.workspace.koans_dir / "02_times"

    assert choose(learner.workspace, "test_01_double.py", chapter).name == FILE
    assert choose(learner.workspace, "../01_count", chapter).name == "01_count"
    assert choose(learner.workspace, str(chapter / "test_01_double.py"), chapter).name == FILE


def test_a_choice_knows_its_koans(learner):
    chapter = choose(learner.workspace, "times", learner.root)
    koan = choose(learner.workspace, "twice", learner.root)

    assert len(chapter.koans) == 3
    assert not chapter.is_koan
    assert koan.koans == ("test_double_is_twice",)
    assert koan.is_koan


def test_an_ambiguous_part_lists_what_it_can_be(learner):
    done = learner.koans("hint", "is")

    assert done.returncode == 2
    for name in ("test_a_letter_is_one", "test_double_is_twice", "test_three_is_three"):
        assert name in done.stderr


def test_whole_words_go_before_parts(learner):
    assert choose(learner.workspace, "letter", learner.root).name == "test_a_letter_is_one"


@pytest.mark.parametrize("wanted", ["", " ", "/", "koans", "::", "zebra", "03", "a/../../b"])
def test_what_is_not_on_the_path_is_refused(learner, wanted):
    done = learner.koans("hint", wanted) if wanted else learner.koans("reset", wanted)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "koans list" in done.stderr


def test_the_nearest_names_are_suggested(learner):
    done = learner.koans("hint", "test_duoble_is_twice")

    assert done.returncode == 2
    assert "Near it:\n  test_double_is_twice" in done.stderr


def test_a_name_belongs_to_the_file_of_its_node_id(learner):
    with pytest.raises(PathError):
        choose(learner.workspace, "01_count/test_01_letters.py::twice", learner.root)
