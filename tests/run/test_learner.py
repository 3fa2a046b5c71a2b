"""What the sensei reads in a learner's file."""

import pytest

from jax_koans.judge.learner_file import LearnerFile
from jax_koans.source import erase

LESSON = '''"""Two functions, the second one made of the first."""


def once(x):
    """x + 1."""
    # BEGIN PROMPT: add one
    # BEGIN SOLUTION
    return x + 1
    # END SOLUTION


def test_once():
    """One more."""
    # HINT: Add.
    # HINT: x + 1.
    assert once(1) == 2, "one and one"


def twice(x):
    """x + 2, by `once`."""
    # BEGIN PROMPT: add one, and one again
    # BEGIN SOLUTION
    return once(once(x))
    # END SOLUTION


def test_twice():
    """Two more."""
    # HINT: Use once.
    # HINT: once(once(x)).
    assert twice(1) == 3, "one and two"
'''


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "test_01_more.py"
    path.write_text(erase(LESSON).replace("raise NotImplementedError", "return once(x)"))
    return LearnerFile.read(path)


def line(file, text):
    (number,) = (i for i, each in enumerate(file.source.lines, 1) if text in each)
    return number


def test_all_todos_that_a_koan_uses_are_known(file):
    assert [text for _line, text in file.todos("test_once")] == ["add one"]
    assert [text for _line, text in file.todos("test_twice")] == [
        "add one",
        "add one, and one again",
    ]


def test_a_wrong_value_is_about_the_last_todo_above_the_test(file):
    assert file.todo("test_twice", [line(file, "assert twice")])[1] == "add one, and one again"
    assert file.todo("test_once", [line(file, "assert once")])[1] == "add one"


def test_an_error_is_about_the_todo_in_the_function_that_raised(file):
    once = line(file, "# TODO: add one\n") + 1
    assert file.todo("test_twice", [line(file, "assert twice"), once])[1] == "add one"


def test_an_error_in_a_function_of_an_earlier_koan_is_about_the_one_that_called_it(file):
    once, twice = (
        line(file, f"# TODO: {text}\n") for text in ("add one", "add one, and one again")
    )
    lines = [line(file, "assert twice"), twice + 1, once + 1]
    assert file.todo("test_twice", lines)[1] == "add one, and one again"


def test_where_the_learner_took_the_todo_away_that_of_another_koan_is_not_shown(file):
    text = file.source.text.replace("# TODO: add one, and one again\n", "\n")
    file.path.write_text(text)
    changed = LearnerFile.read(file.path)
    lines = [line(changed, "def twice"), line(changed, "# TODO: add one\n") + 1]
    assert changed.todo("test_twice", lines) is None


def test_where_nothing_is_asked_for_there_is_no_todo(file, tmp_path):
    path = tmp_path / "test_02_none.py"
    path.write_text("def test_free():\n    assert 1 == 2\n")

    assert LearnerFile.read(path).todo("test_free", [2]) is None
