"""How many bits a number has: 32 unless you ask for 64, and how asking can go wrong."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np

from jax_koans import __


def test_numbers_have_32_bits_unless_x64_is_on():
    """NumPy computes in 64 bits. GPUs are far faster in 32, so that is JAX's default.

    Inside `with jax.enable_x64(True):` new arrays are made as NumPy makes them.
    """
    with jax.enable_x64(False):  # as JAX starts
        assert jnp.array([0.1, 0.2]).dtype == __
        assert jnp.arange(3).dtype == __

    with jax.enable_x64(True):
        assert jnp.array([0.1, 0.2]).dtype == __
        assert jnp.arange(3).dtype == __


def test_a_request_for_float64_is_cut_to_float32():
    """With x64 off there is no float64, whoever asks. Only asking for it by name is answered with
    a warning; Python's `float` and NumPy's arrays lose their digits in silence.

    Python collects warnings in the list `heard`; `bool(heard)` says whether there was one.
    """
    measured = np.array([0.1, 0.2])
    assert measured.dtype == np.float64

    with jax.enable_x64(False), warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")

        assert jnp.array([0.1, 0.2], dtype=jnp.float64).dtype == __
        assert bool(heard) is __
        heard.clear()

        assert jnp.array([0.1, 0.2], dtype=float).dtype == __
        assert bool(heard) is __
        assert jnp.array(measured).dtype == __
        assert bool(heard) is __


def test_a_python_number_is_weak_and_a_numpy_number_is_strong():
    """A Python number takes on the dtype of the array that it meets. A NumPy number insists on its
    own, float64 for nearly all: with x64 on, it widens what it meets. Not all that begins with
    `np.` is NumPy's: `type(...)` tells, of each of the numbers below.
    """
    speed = jnp.array([1.0, -2.0], dtype=jnp.float32)

    with jax.enable_x64(True):
        assert (speed * 2.0).dtype == __
        assert (speed * np.pi).dtype == __
        assert (speed * np.sqrt(2.0)).dtype == __

    with jax.enable_x64(False):
        assert (speed * np.sqrt(2.0)).dtype == __


def test_x64_switched_on_late_leaves_old_arrays_as_they_are():
    """`jax.config.update("jax_enable_x64", True)` switches for the whole program. It does so at any
    time, but for arrays made from then on; digits already lost do not come back.
    """
    start = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", False)
    early = jnp.array([0.1])
    jax.config.update("jax_enable_x64", True)
    late = jnp.array([0.1])
    both, widened = early + late, early.astype(jnp.float64)
    jax.config.update("jax_enable_x64", start)

    assert early.dtype == __
    assert late.dtype == __
    assert both.dtype == __
    assert (widened.tolist() == late.tolist()) is __


def test_float32_cannot_hold_a_small_step_on_a_large_number():
    """float32 keeps about 7 digits, float64 about 16. Near 1e8 the float32 numbers are 8 apart: a
    sum is rounded to the nearest of them.
    """
    with jax.enable_x64(False):
        distance = jnp.array([1e8, 1e8])
        assert (distance + jnp.array([3.0, 5.0]) - distance).tolist() == __

    with jax.enable_x64(True):
        distance = jnp.array([1e8, 1e8])
        assert (distance + jnp.array([3.0, 5.0]) - distance).tolist() == __


def test_int32_wraps_around_in_silence():
    """The largest int32 is 2**31 - 1. Past it, counting goes on from the smallest int32, without a
    warning. NumPy's 64-bit integers wrap just as silently when they come in.
    """
    ticks = np.array([2**31 + 5])  # NumPy counts in int64

    with jax.enable_x64(False):
        counter = jnp.array([2**31 - 1])
        assert (counter + 1).tolist() == __
        assert jnp.array(ticks).tolist() == __

    with jax.enable_x64(True):
        counter = jnp.array([2**31 - 1])
        assert (counter + 1).tolist() == __
        assert jnp.array(ticks).tolist() == __


# Gained: you know what precision you have, and how to ask for more.
# Next: how arrays go to NumPy and come back, and where they live.
