"""Code to mend and code to write."""

import jax
import jax.numpy as jnp
from numpy.testing import assert_allclose

from jax_koans import __


@jax.jit
def rectified(current):
    """The current where it is positive, 0 elsewhere."""
    # TODO: choose in a way that jit can trace
    if current > 0:
        return current
    return 0.0


def test_an_if_cannot_ask_a_tracer():
    """A tracer has no value while the function is traced."""
    assert_allclose(rectified(2.0), 2.0, err_msg="a positive current passes")
    assert_allclose(rectified(-2.0), 0.0, err_msg="a negative current is cut")


def cooled(heat, factor):
    """Every element of `heat` times `factor`."""
    # TODO: multiply
    raise NotImplementedError


def test_cooling_multiplies():
    """Elementwise, as in NumPy."""
    assert cooled(4.0, 0.5 == 2.0, "half of four"
    assert cooled(3.0, 2.0) == 6.0, "twice three"


def test_what_was_written_can_be_used():
    """One function, used by two koans."""
    assert cooled(8.0, 0.25) == __
