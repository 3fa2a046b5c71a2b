"""A tiny path, whose screens are kept beside it."""

import jax.numpy as jnp

from jax_koans import __


def test_a_sum_adds_all_elements():
    """A sum goes over every axis, unless it is told otherwise."""
    # HINT: Add them.
    # HINT: 1.5 + 2.5 is 4.
    heat = jnp.array([1.5, 2.5])

    assert heat.sum() == __(4.0)
    # WHY: 1.5 + 2.5 is 4.0.
    # IF 2.5: 2.5 is the last element.


def test_a_shape_has_one_entry_per_axis():
    """A shape is a tuple, with one entry per axis."""
    # HINT: Count rows, then columns.
    # HINT: Two rows of three.
    grid = jnp.zeros((2, 3))

    assert grid.shape == __((2, 3))
    # WHY: Two rows, three columns.
    assert grid.T.shape == __((3, 2))
    # WHY: The transpose swaps the axes.
