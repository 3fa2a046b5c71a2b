"""The last file."""

from jax_koans import __


def test_a_loop_is_quiet():
    """Nothing is printed."""
    # HINT: Count.
    # HINT: 3.
    assert len("abc") == __(3)
    # WHY: It is so.


def test_a_loop_ends():
    """Every loop of a koan ends."""
    # HINT: Count again.
    # HINT: 4.
    assert len("abcd") == __(4)
    # WHY: It is so.


def test_the_path_ends():
    """The last koan of the path."""
    # HINT: Count once more.
    # HINT: 5.
    assert len("abcde") == __(5)
    # WHY: It is so.
