"""A tiny path, whose screens are kept beside it."""

import jax.numpy as jnp
import pytest

from jax_koans import __


def test_a_sum_adds_all_elements():
    """A sum goes over every axis, unless it is told otherwise."""
    heat = jnp.array([1.5, 2.5])

    assert heat.sum() == 5.0


def test_several_blanks_wait_together():
    """A shape is a tuple, with one entry an axis."""
    grid = jnp.zeros((2, 3))

    assert (grid.shape, grid.size) == (
        __,
        __,
    )
    assert grid.T.shape == __


def test_an_assignment_is_refused():
    """An array never changes."""
    heat = jnp.zeros(3)

    with pytest.raises(__):
        heat[0] = 1.0
