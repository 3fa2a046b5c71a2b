"""The last file."""

from jax_koans import __


def test_a_loop_is_quiet():
    # café
    """Nothing is printed."""
    assert len("abc") == __


def test_a_loop_ends():
    """Every loop of a koan ends."""
    assert len("abcd") == __


def test_the_path_ends():
    """The last koan of the path."""
    assert len("abcde") == __
