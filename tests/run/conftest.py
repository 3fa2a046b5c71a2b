"""A short path without JAX in its lessons, for tests of what surrounds them."""

import pytest

ONE = '''"""One."""

from jax_koans import __


def test_first():
    """The first."""
    # HINT: Count.
    # HINT: 1.
    assert len("a") == __(1)
    # WHY: It is so.


def test_second():
    """The second."""
    # HINT: Count.
    # HINT: 2.
    assert len("ab") == __(2)
    # WHY: It is so.


def test_third():
    """The third."""
    # HINT: Count.
    # HINT: 3.
    assert len("abc") == __(3)
    # WHY: It is so.
'''
TWO = '''"""Two."""

from jax_koans import __


def double(x):
    """Twice x."""
    # BEGIN PROMPT: double it
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION


def test_fourth():
    """The fourth."""
    # HINT: Multiply.
    # HINT: 2 * x.
    assert double(3) == 6, "twice three"


def test_fifth():
    """The fifth."""
    # HINT: Count.
    # HINT: 5.
    assert len("abcde") == __(5)
    # WHY: It is so.


def test_sixth():
    """The sixth."""
    # HINT: Count.
    # HINT: 6.
    assert len("abcdef") == __(6)
    # WHY: It is so.
'''


@pytest.fixture
def solutions():
    return {
        "01_one/README.md": "# One\n",
        "01_one/test_01_one.py": ONE,
        "01_one/test_02_two.py": TWO,
    }


@pytest.fixture
def learner(make_learner, solutions):
    return make_learner(solutions)
