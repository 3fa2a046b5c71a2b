"""Default dtypes have 32 bits: how to use 64 bits, and what 32 bits cannot represent."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np

from jax_koans import __


def test_default_dtypes_have_32_bits_unless_x64_is_on():
    """NumPy's default dtypes have 64 bits. JAX's have 32, because most GPUs are faster with 32.

    Inside `with jax.enable_x64(True):` new arrays have 64-bit default dtypes. This mode is called
    x64. Replace each blank with a dtype, such as `jnp.float32`.
    """
    with jax.enable_x64(False):  # the default of JAX
        assert jnp.array([0.1, 0.2]).dtype == __
        assert jnp.arange(3).dtype == __

    with jax.enable_x64(True):
        assert jnp.array([0.1, 0.2]).dtype == __
        assert jnp.arange(3).dtype == __


def test_float64_is_truncated_to_float32_when_x64_is_off():
    """With x64 off, JAX creates a float32 array even if you request float64.

    JAX warns about `dtype=jnp.float64`. It truncates `dtype=float` and float64 arrays of NumPy to
    float32 silently. Here `caught` is the list of warnings, and bool(caught) is False for an empty
    list.
    """
    measured = np.array([0.1, 0.2])
    assert measured.dtype == np.float64

    with jax.enable_x64(False), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")

        assert jnp.array(measured, dtype=jnp.float64).dtype == __
        assert bool(caught) is __
        caught.clear()

        assert jnp.array(measured, dtype=float).dtype == jnp.float32
        assert jnp.array(measured).dtype == __
        assert bool(caught) is __


def test_python_scalars_are_weakly_typed_and_numpy_scalars_are_not():
    """A Python float is weakly typed: it adopts the dtype of a floating-point array.

    A NumPy scalar keeps its own dtype, usually float64. With x64 on, the result then has dtype
    float64. `type(x)` shows whether x is a Python float or a NumPy scalar: `np.pi`, for example, is
    a Python float.
    """
    speed = jnp.array([1.0, -2.0], dtype=jnp.float32)

    with jax.enable_x64(True):
        assert (speed * 2.0).dtype == __
        assert (speed * np.pi).dtype == __
        assert (speed * np.sqrt(2.0)).dtype == __

    with jax.enable_x64(False):
        assert (speed * np.sqrt(2.0)).dtype == __


def test_enabling_x64_does_not_change_existing_arrays():
    """`jax.config.update("jax_enable_x64", True)` enables x64 for the rest of the program.

    You can call it at any time. Arrays that already exist keep their dtype and their rounded
    values.
    """
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", False)
    early = jnp.array([0.1])
    jax.config.update("jax_enable_x64", True)
    late = jnp.array([0.1])
    both, widened = early + late, early.astype(jnp.float64)
    jax.config.update("jax_enable_x64", before)

    assert early.dtype == __
    assert late.dtype == __
    assert both.dtype == __
    assert (widened.tolist() == late.tolist()) is __


def test_float32_rounds_small_changes_of_large_numbers():
    """float32 has about 7 significant decimal digits, float64 about 16.

    Near 1e8, adjacent float32 numbers differ by 8. Every float32 result is rounded to the nearest
    float32 number.
    """
    with jax.enable_x64(False):
        distance = jnp.array([1e8, 1e8])
        assert (distance + jnp.array([3.0, 5.0]) - distance).tolist() == __

    with jax.enable_x64(True):
        distance = jnp.array([1e8, 1e8])
        assert (distance + jnp.array([3.0, 5.0]) - distance).tolist() == __


def test_int32_overflow_wraps_around_silently():
    """The largest int32 is 2**31 - 1. A larger result wraps around, without a warning.

    A multiple of 2**32 is subtracted, so that the result fits. With x64 off, JAX converts int64
    arrays of NumPy to int32, and values that do not fit wrap around.
    """
    ticks = np.array([2**31 + 5], dtype=np.int64)

    with jax.enable_x64(False):
        counter = jnp.array([2**31 - 1])
        assert (counter + 1).tolist() == __
        assert jnp.array(ticks).tolist() == __

    with jax.enable_x64(True):
        counter = jnp.array([2**31 - 1])
        assert (counter + 1).tolist() == __
        assert jnp.array(ticks).tolist() == __


# You now know which precision your arrays have, and how to use 64 bits.
# Next: converting between JAX and NumPy.
