"""The last file."""

from jax import lax

from jax_koans import __


def test_a_loop_is_quiet():
    """Nothing is printed."""
    turns = lax.while_loop(lambda n: n < 9, lambda n: (n + 1) % 7, 0)
    assert turns == 3


def test_a_loop_ends():
    """Every loop of a koan ends."""
    assert len("abcd") == __


def test_the_path_ends():
    """The last koan of the path."""
    assert len("abcde") == __
