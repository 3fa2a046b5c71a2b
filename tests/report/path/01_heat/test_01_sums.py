"""A tiny path, whose screens are kept beside it."""

import jax.numpy as jnp
import pytest

from jax_koans import __


def test_a_sum_adds_all_elements():
    """A sum goes over every axis, unless it is told otherwise."""
    # HINT: Add them.
    # HINT: 1.5 + 2.5 is 4.
    heat = jnp.array([1.5, 2.5])

    assert heat.sum() == __(4.0)


def test_several_blanks_wait_together():
    """A shape is a tuple, with one entry an axis."""
    # HINT: Count rows, then columns.
    # HINT: Two rows of three.
    grid = jnp.zeros((2, 3))

    assert (grid.shape, grid.size) == (
        __((2, 3)),
        __(6),
    )
    assert grid.T.shape == __((3, 2))


def test_an_assignment_is_refused():
    """An array never changes."""
    # HINT: Which error does Python raise for an operation that a type lacks?
    # HINT: TypeError.
    heat = jnp.zeros(3)

    with pytest.raises(__(TypeError)):
        heat[0] = 1.0
