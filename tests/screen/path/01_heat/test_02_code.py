"""Code to mend and code to write."""

import jax
import jax.numpy as jnp
from numpy.testing import assert_allclose

from jax_koans import __


@jax.jit
def rectified(current):
    """The current where it is positive, 0 elsewhere."""
    # BEGIN PROMPT: choose in a way that jit can trace
    # if current > 0:
    #     return current
    # return 0.0
    # BEGIN SOLUTION
    return jnp.where(current > 0, current, 0.0)
    # END SOLUTION


def test_an_if_cannot_ask_a_tracer():
    """A tracer has no value while the function is traced."""
    # HINT: Choose elementwise.
    # HINT: jnp.where(condition, this, that).
    assert_allclose(rectified(2.0), 2.0, err_msg="a positive current passes")
    assert_allclose(rectified(-2.0), 0.0, err_msg="a negative current is cut")


def cooled(heat, factor):
    """Every element of `heat` times `factor`."""
    # BEGIN PROMPT: multiply
    # BEGIN SOLUTION
    return heat * factor
    # END SOLUTION


def test_cooling_multiplies():
    """Elementwise, as in NumPy."""
    # HINT: The sign is *.
    # HINT: heat * factor.
    assert cooled(4.0, 0.5) == 2.0, "half of four"
    assert cooled(3.0, 2.0) == 6.0, "twice three"


def test_what_was_written_can_be_used():
    """One function, used by two koans."""
    # HINT: 8 * 0.25.
    # HINT: 2.
    assert cooled(8.0, 0.25) == __(2.0)
    # WHY: It is so.
