"""Slices of a file, as a notebook's cells have them: nothing of the text is lost either way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jax_koans.source import SourceError, erase, solve
from jax_koans.source.slices import Slices

from . import strategies
from .test_laws import moderate, read, real

SOLUTION = '''\
"""Sums."""

import math

from jax_koans import __


# TODO: nothing
def double(x):
    return 2 * x


def test_sum():
    """A sum."""
    # HINT: Add.
    assert 1 + 2 == __(3)
    # WHY: It is 3.


def test_double():
    """Twice."""
    # HINT: Add.
    assert double(2) == __(4)
    # WHY: It is 4.


# Next: more.
'''
TEXT = erase(SOLUTION)


def slices(text=TEXT):
    return Slices.of(text, SOLUTION)


def head(found):
    """What stands before the first slice."""
    return "".join(found.source.lines[: min(each.start for each in found.lines.values()) - 1])


@real
def test_slices_of_the_path_lose_nothing(path):
    solution = read(path)
    for text in (erase(solution), solve(solution), solve(solution).replace("\n", "\r\n")):
        found = Slices.of(text, solution)
        pieces = [head(found), *(found[koan] for koan in found.lines), found.tail]
        lines = [line for piece in pieces for line in piece.splitlines() if line.strip()]
        assert lines == [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
        assert all(found.splice(koan, found[koan]) == text for koan in found.lines)


@real
def test_splicing_all_cells_of_the_answers_gives_the_answered_file(path):
    solution = read(path)
    text, answered = erase(solution), Slices.of(solve(solution), solution)
    for koan in answered.lines:
        text = Slices.of(text, solution).splice(koan, answered[koan])

    assert Slices.of(text, solution).lines.keys() == answered.lines.keys()
    assert all(Slices.of(text, solution)[koan] == answered[koan] for koan in answered.lines)


@moderate
@given(st.data())
def test_what_a_learner_made_of_a_file_survives(data):
    solution = data.draw(strategies.solutions()).solution
    text = data.draw(strategies.learners(solution)).text
    found = Slices.of(text, solution)
    for koan in found.lines:
        assert found.splice(koan, found[koan]) == text
        for line in found.lines[koan]:
            assert found.place(line) == (koan, line - found.lines[koan].start + 1)


def test_a_slice_is_what_stands_between_two_koans():
    assert slices()["test_sum"].startswith("# TODO: nothing\ndef double(x):")
    assert slices()["test_sum"].endswith("== __")
    assert slices()["test_double"].startswith("def test_double():")
    assert head(slices()).rstrip() == '"""Sums."""\n\nimport math\n\nfrom jax_koans import __'
    assert slices().tail == "# Next: more."
    assert slices().imports == ["import math", "from jax_koans import __"]


def test_a_line_of_the_file_is_a_line_of_a_slice():
    assert slices().place(1) == ("", 1)
    assert slices().place(8) == ("test_sum", 1)
    assert slices().place(14) == ("test_sum", 7)
    assert slices().place(18) == ("test_double", 1)


@pytest.mark.parametrize(
    "added",
    ["import numpy as np\n\n\n", "# mine\n", "def triple(x):\n    return 3 * x\n\n\n", "n = 1\n"],
)
def test_what_is_written_above_a_test_stays_in_its_cell(added):
    cell = added + slices()["test_sum"].replace("__", "3") + "\n    # done\n\n"
    text = slices().splice("test_sum", cell)

    assert slices(text)["test_sum"] == cell.strip("\n")
    assert slices(text)["test_double"] == slices()["test_double"]
    assert head(slices(text)) == head(slices())


@pytest.mark.parametrize(
    ("cell", "line", "why"),
    [
        ("def test_sum(:\n    pass", 1, "not Python"),
        ("", 1, "not in this cell any more"),
        ("def test_some():\n    assert 3 == 3", 1, "not in this cell any more"),
        ("def test_sum():\n    pass\n\n\ndef test_double():\n    pass", 5, "a cell of its own"),
        ("def test_sum():\n    pass\n\n\nx = 1", 5, "move this above"),
        ("def test_sum():\n    pass\n# mine", 3, "move this above"),
    ],
)
def test_what_is_not_one_koan_is_refused(cell, line, why):
    with pytest.raises(SourceError, match=why) as error:
        slices().splice("test_sum", cell)

    assert error.value.line == line
