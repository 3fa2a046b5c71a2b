"""A short path without JAX in its lessons, and a learner who is somewhere on it."""

import pytest

from jax_koans.folder import progress
from jax_koans.source import own_source

COUNTS = '''"""Counting."""

from jax_koans import __


def test_a_letter_is_one():
    """A letter has length 1."""
    # HINT: Count.
    # HINT: It is 1.
    assert len("a") == __(1)
    # WHY: It is so.


def test_two_letters_are_two():
    """Each letter counts."""
    # HINT: Count.
    # HINT: It is 2.
    letters = "ab"
    assert len(letters) == __(2)
    # WHY: It is so.
    assert len(letters[1:]) == __(1)
    # WHY: It is so.
'''
DOUBLES = '''"""Doubling."""

from jax_koans import __

FACTOR = 2


def double(x):
    """Twice x."""
    # BEGIN PROMPT: double it
    # BEGIN SOLUTION
    return FACTOR * x
    # END SOLUTION


def test_double_is_twice():
    """Multiply by the factor."""
    # HINT: Multiply.
    # HINT: Two times x.
    # HINT: FACTOR * x
    assert double(3) == 6, "twice three"


def halve(x):
    """Half of x."""
    # BEGIN PROMPT: halve it
    # return x
    # BEGIN SOLUTION
    return x / FACTOR
    # END SOLUTION


def test_half_of_a_double_is_the_same():
    """The two undo each other."""
    # HINT: Divide.
    # HINT: x / FACTOR
    assert halve(double(5)) == 5, "there and back"
    assert halve(1) == __(0.5)
    # WHY: It is so.
'''
TRIPLES = '''"""Tripling."""

from jax_koans import __


def test_three_is_three():
    """Three ones."""
    # HINT: Add.
    # HINT: It is 3.
    assert 1 + 1 + 1 == __(3)
    # WHY: It is so.
'''
PATH = {
    "01_count/README.md": "# 01 Counting\n",
    "01_count/test_01_letters.py": COUNTS,
    "02_times/README.md": "# 02 Times\n",
    "02_times/test_01_double.py": DOUBLES,
    "02_times/test_02_triple.py": TRIPLES,
}
LETTERS, DOUBLE, TRIPLE = (file for file in PATH if file.endswith(".py"))


@pytest.fixture
def path():
    return dict(PATH)


@pytest.fixture
def learner(make_learner):
    return make_learner(PATH, tracks={"short": "test_three_is_three\ntest_a_letter_is_one\n"})


@pytest.fixture
def mark_passed(learner):
    """Note koans as passed, as a run that saw them pass would."""

    def mark(*names):
        for koan in learner.workspace.koans:
            if koan.name in names:
                own = own_source(learner.read(koan.file))
                assert progress.record(learner.workspace, {koan.name: own[koan.name]}) == ""

    return mark
