"""How many bits a number has: 32 unless you ask for 64, and how asking can go wrong."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np

from jax_koans import __


def test_default_dtypes_have_32_bits_unless_x64_is_on():
    """NumPy computes in 64 bits. GPUs are far faster in 32, so that is JAX's default.

    Inside `with jax.enable_x64(True):` new arrays are made as NumPy makes them.
    """
    # HINT: Each blank is a dtype, such as jnp.float32, jnp.int32, jnp.float64 or jnp.int64.
    # HINT: The numbers with a point are floating-point numbers, arange(3) holds integers.
    # HINT: The switch sets the width of both kinds.
    with jax.enable_x64(False):  # as JAX starts
        assert jnp.array([0.1, 0.2]).dtype == __(jnp.float32)
        assert jnp.arange(3).dtype == __(jnp.int32)

    with jax.enable_x64(True):
        assert jnp.array([0.1, 0.2]).dtype == __(jnp.float64)
        assert jnp.arange(3).dtype == __(jnp.int64)


def test_float64_is_truncated_to_float32_when_x64_is_off():
    """With x64 off there is no float64, whoever asks. Only asking for it by name is answered with
    a warning; Python's `float` and NumPy's arrays lose their digits in silence.

    Python collects warnings in the list `heard`; `bool(heard)` says whether there was one.
    """
    # HINT: With x64 off each of the three arrays gets the same dtype.
    # HINT: Which of the three requests has the name float64 in it, as the programmer typed it?
    # HINT: The blanks that ask for a warning are True, False, False.
    measured = np.array([0.1, 0.2])
    assert measured.dtype == np.float64

    with jax.enable_x64(False), warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")

        assert jnp.array([0.1, 0.2], dtype=jnp.float64).dtype == __(jnp.float32)
        assert bool(heard) is __(True)
        heard.clear()

        assert jnp.array([0.1, 0.2], dtype=float).dtype == __(jnp.float32)
        assert bool(heard) is __(False)
        assert jnp.array(measured).dtype == __(jnp.float32)
        assert bool(heard) is __(False)


def test_python_scalars_are_weakly_typed_and_numpy_scalars_are_not():
    """A Python number takes on the dtype of the array that it meets. A NumPy number insists on its
    own, float64 for nearly all: with x64 on, it widens what it meets. Not all that begins with
    `np.` is NumPy's: `type(...)` tells, of each of the numbers below.
    """
    # HINT: Which numbers are NumPy's? np.pi is a plain Python float, np.sqrt answers with its own.
    # HINT: With x64 on, a strong float64 number makes the result float64, a weak one does not.
    # HINT: With x64 off nothing can be float64.
    speed = jnp.array([1.0, -2.0], dtype=jnp.float32)

    with jax.enable_x64(True):
        assert (speed * 2.0).dtype == __(jnp.float32)
        assert (speed * np.pi).dtype == __(jnp.float32)
        assert (speed * np.sqrt(2.0)).dtype == __(jnp.float64)

    with jax.enable_x64(False):
        assert (speed * np.sqrt(2.0)).dtype == __(jnp.float32)


def test_enabling_x64_does_not_change_existing_arrays():
    """`jax.config.update("jax_enable_x64", True)` switches for the whole program. It does so at any
    time, but for arrays made from then on; digits already lost do not come back.
    """
    # HINT: `early` was made with x64 off, `late` with x64 on. No array ever changes its dtype.
    # HINT: Where two dtypes meet, the wider one wins.
    # HINT: 0.1 in float32, then widened, is 0.10000000149...; compare it with 0.1 in float64.
    start = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", False)
    early = jnp.array([0.1])
    jax.config.update("jax_enable_x64", True)
    late = jnp.array([0.1])
    both, widened = early + late, early.astype(jnp.float64)
    jax.config.update("jax_enable_x64", start)

    assert early.dtype == __(jnp.float32)
    assert late.dtype == __(jnp.float64)
    assert both.dtype == __(jnp.float64)
    assert (widened.tolist() == late.tolist()) is __(False)


def test_float32_rounds_small_changes_of_large_numbers():
    """float32 keeps about 7 digits, float64 about 16. Near 1e8 the float32 numbers are 8 apart: a
    sum is rounded to the nearest of them.
    """
    # HINT: Write down the float32 neighbours of 1e8: 100000000, 100000008, ...
    # HINT: 100000003 is nearer to the first, 100000005 to the second. Then subtract 1e8.
    # HINT: float64 keeps all these digits, so nothing is lost there.
    with jax.enable_x64(False):
        distance = jnp.array([1e8, 1e8])
        assert (distance + jnp.array([3.0, 5.0]) - distance).tolist() == __([0.0, 8.0])

    with jax.enable_x64(True):
        distance = jnp.array([1e8, 1e8])
        assert (distance + jnp.array([3.0, 5.0]) - distance).tolist() == __([3.0, 5.0])


def test_int32_overflow_wraps_around_silently():
    """The largest int32 is 2**31 - 1. Past it, counting goes on from the smallest int32, without a
    warning. NumPy's 64-bit integers wrap just as silently when they come in.
    """
    # HINT: Think of a mileage counter: after the last number comes the first.
    # HINT: The smallest int32 is -(2**31), and 2**31 wraps to it. What does 2**31 + 5 wrap to?
    # HINT: -(2**31) and -(2**31) + 5, each in a list. int64 has room for the numbers themselves.
    ticks = np.array([2**31 + 5])  # NumPy counts in int64

    with jax.enable_x64(False):
        counter = jnp.array([2**31 - 1])
        assert (counter + 1).tolist() == __([-(2**31)])
        assert jnp.array(ticks).tolist() == __([-(2**31) + 5])

    with jax.enable_x64(True):
        counter = jnp.array([2**31 - 1])
        assert (counter + 1).tolist() == __([2**31])
        assert jnp.array(ticks).tolist() == __([2**31 + 5])


# Gained: you know what precision you have, and how to ask for more.
# Next: how arrays go to NumPy and come back, and where they live.
