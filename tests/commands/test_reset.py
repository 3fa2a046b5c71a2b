"""One koan is made untouched again, and all else stays to the letter."""

import re

import pytest

from jax_koans.source import SourceError, erase, parts, reset, solve, spots

LESSON = '''"""A lesson."""

import math

from jax_koans import __

LIMIT = 3


def once(x):
    """x + 1."""
    # BEGIN PROMPT: add one
    # BEGIN SOLUTION
    return x + 1
    # END SOLUTION


def test_once():
    """One more."""
    assert once(1) == __(2)
    # WHY: It is so.
    assert once(LIMIT) == math.floor(4.5)


# BEGIN PROMPT: name what is kept
# class Pair:
#     one: int
# BEGIN SOLUTION
@total
class Pair:
    one: int
    two: int


# END SOLUTION


def test_pair():
    """Two more."""
    assert Pair(1, once(1)).two == __(2)
    # WHY: It is so.
'''
MINE = '''"""A lesson."""

import math

from jax_koans import __

LIMIT = 3
# a note of mine
spare = 17


def once(x):
    """x + 1."""
    # TODO: add one
    y = x
    return y + 1
    # is this all?


def test_once():
    """One more."""
    print(spare)
    assert once(1) == 2  # sure
    assert once(LIMIT) == math.floor(4.5)


# TODO: name what is kept
@total
class Pair:
    one: int
    two: int  # added


def helper():
    return 3


def test_pair():
    """Two more."""
    # I wonder
    assert Pair(1, once(1)).two == 1 + 1
'''
ONCE = '''def once(x):
    """x + 1."""
    # TODO: add one
    raise NotImplementedError


def test_once():
    """One more."""
    assert once(1) == __
'''


def test_a_reset_koan_is_as_it_was_made_and_all_else_stays():
    before, _test, after = MINE.partition("def once")
    rest = after[after.index("    assert once(LIMIT)") :]

    assert reset(MINE, LESSON, "test_once") == before + ONCE + rest


def test_a_region_around_a_definition_comes_back_with_its_todo():
    text = reset(MINE, LESSON, "test_pair")

    assert "# TODO: name what is kept\nclass Pair:\n    one: int\n\n\ndef helper" in text
    assert text.count("TODO: name") == 1
    assert "assert Pair(1, once(1)).two == __\n" in text
    assert "# I wonder" not in text
    assert "    # is this all?" in text
    assert "assert once(1) == 2  # sure" in text


def test_a_region_belongs_to_the_first_koan_that_uses_it():
    found = parts(LESSON)

    assert found["test_once"].regions == (("once",),)
    assert found["test_once"].also == ("test_pair",)
    assert found["test_pair"].regions == (("Pair",),)
    assert found["test_pair"].also == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def test_once():", "def test_renamed():"),
        ("def once(x):", "def other(x):"),
        ("def test_once():", "def test_once(figure, *more):"),
        ("import math\n", ""),
        ("import math\n", "import cmath as math\n"),
        ("LIMIT = 3\n", ""),
        ("LIMIT = 3\n", "LIMIT = 4\n"),
        ("spare = 17\n", "LIMIT = 99\n"),
        ("def helper():", "def test_once():"),
        ("from jax_koans import __\n", ""),
        ("    assert once(LIMIT) == math.floor(4.5)\n", ""),
    ],
)
def test_what_is_missing_or_changed_comes_back(old, new):
    text = reset(MINE.replace(old, new, 1), LESSON, "test_once")

    fresh = erase(LESSON)
    pieces = ("import math\n", "\nLIMIT = 3\n", "from jax_koans import __\n", *ONCE.split("\n\n\n"))
    for part in pieces:
        assert text.count(part) == 1, text
        assert part in fresh
    assert "LIMIT = 4" not in text
    assert "LIMIT = 99" not in text
    assert "assert Pair(1, once(1)).two == 1 + 1" in text
    assert reset(text, LESSON, "test_once") == text


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_and_the_byte_order_mark_stay(newline):
    mine = "\ufeff" + MINE.replace("\n", newline)

    text = reset(mine, LESSON, "test_once")

    assert text == "\ufeff" + reset(MINE, LESSON, "test_once").replace("\n", newline)


def test_a_file_without_its_last_line_end_keeps_the_rest():
    text = reset(MINE.rstrip("\n"), LESSON, "test_pair")

    assert text.endswith("assert Pair(1, once(1)).two == __")


@pytest.mark.parametrize(
    "text",
    [
        MINE.replace("return 3", "return ("),
        MINE.replace("LIMIT = 3\n", "").replace("spare = 17", "spare = 17; LIMIT = 5"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(text):
    with pytest.raises(SourceError):
        reset(text, LESSON, "test_once")


def test_on_the_whole_path_exactly_the_koans_own_spots_are_erased(path_of_koans):
    """What reset gives is the answered file with that koan's spots erased from the solution."""
    for file in path_of_koans.files[::4]:
        solution = path_of_koans.solution(file)
        answered = solve(solution)
        for koan, part in parts(solution).items():
            mine = tuple(
                number
                for number, spot in enumerate(spots(solution))
                if spot.koan == koan or spot.names in part.regions
            )
            assert mine, f"{koan} has nothing of its own to answer"
            wanted = solve(erase(solution, only=mine))
            assert _tight(reset(answered, solution, koan)) == _tight(wanted)


def _tight(text):
    """Blank lines around a region's marks stay in a solution where a learner has none."""
    return re.sub(r"\n{3,}", "\n\n\n", text)
