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
    # HINT: The four answers are jnp.float32, jnp.int32, jnp.float64 and jnp.int64, in some order.
    # HINT: 0.1 is a floating-point number. arange(3) creates integers.
    # HINT: x64 applies to floating-point and integer dtypes.
    with jax.enable_x64(False):  # the default of JAX
        assert jnp.array([0.1, 0.2]).dtype == __(jnp.float32)
        # WHY: With x64 off, the default floating-point dtype is float32.
        # IF jnp.float64: float64 is NumPy's default. JAX uses it only with x64 on.
        # IF float: Python's `float` stands for float64 here, which JAX uses only with x64 on.
        # IF 32: 32 is the number of bits. A dtype is an object such as jnp.float32.
        assert jnp.arange(3).dtype == __(jnp.int32)
        # WHY: With x64 off, the default integer dtype is int32.
        # IF jnp.int64: int64 is NumPy's default. JAX uses it only with x64 on.
        # IF jnp.float32: jnp.arange(3) creates integers: 0, 1, 2.
        # IF int: Python's `int` stands for int64 here, which JAX uses only with x64 on.

    with jax.enable_x64(True):
        assert jnp.array([0.1, 0.2]).dtype == __(jnp.float64)
        # WHY: With x64 on, the default floating-point dtype is float64, as in NumPy.
        # IF jnp.float32: float32 is the default with x64 off; here it is on.
        assert jnp.arange(3).dtype == __(jnp.int64)
        # WHY: With x64 on, the default integer dtype is int64.
        # IF jnp.int32: x64 applies to integers too, not only to floating-point dtypes.
        # IF jnp.float64: jnp.arange(3) creates integers: 0, 1, 2.


def test_float64_is_truncated_to_float32_when_x64_is_off():
    """With x64 off, JAX creates a float32 array even if you request float64.

    JAX warns about `dtype=jnp.float64`. It truncates `dtype=float` and float64 arrays of NumPy to
    float32 silently. Here `caught` is the list of warnings, and bool(caught) is False for an empty
    list.
    """
    # HINT: With x64 off, all three arrays have the same dtype.
    # HINT: The docstring says which of the requests causes a warning.
    # HINT: The dtype is jnp.float32 twice. There is a warning only for the first request.
    measured = np.array([0.1, 0.2])
    assert measured.dtype == np.float64

    with jax.enable_x64(False), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")

        assert jnp.array(measured, dtype=jnp.float64).dtype == __(jnp.float32)
        # WHY: With x64 off, JAX truncates the requested dtype float64 to float32.
        # IF jnp.float64: float64 is what the line requests. The result has it only with x64 on.
        # IF float: Python's `float` stands for float64 here. The result has it only with x64 on.
        # IF ValueError: JAX raises no error here. It warns, and returns a float32 array.
        assert bool(caught) is __(True)
        # WHY: JAX warns when you request float64 by name and get float32.
        # IF False: This request is the one about which JAX warns.
        # IF 1: 1 == True, but the line compares with `is`, which requires True itself.
        caught.clear()

        assert jnp.array(measured, dtype=float).dtype == jnp.float32
        assert jnp.array(measured).dtype == __(jnp.float32)
        # WHY: With x64 off, JAX converts a float64 array of NumPy to float32.
        # IF jnp.float64: float64 is the dtype of `measured`. With x64 off, JAX converts it.
        # IF float: Python's `float` stands for float64 here. The result has it only with x64 on.
        assert bool(caught) is __(False)
        # WHY: Neither `dtype=float` nor a NumPy array causes a warning.
        # IF True: JAX warns when float64 is requested by name, as in the first line only.
        # IF 0: 0 == False, but the line compares with `is`, which requires False itself.


def test_python_scalars_are_weakly_typed_and_numpy_scalars_are_not():
    """A Python float is weakly typed: it adopts the dtype of a floating-point array.

    A NumPy scalar keeps its own dtype, usually float64. With x64 on, the result then has dtype
    float64. `type(x)` shows whether x is a Python float or a NumPy scalar: `np.pi`, for example, is
    a Python float.
    """
    # HINT: Which scalars are NumPy's? `np.pi` is a Python float; np.sqrt returns a NumPy scalar.
    # HINT: With x64 on, only the NumPy scalar changes the dtype of the result.
    # HINT: With x64 off, JAX truncates the NumPy scalar to float32.
    speed = jnp.array([1.0, -2.0], dtype=jnp.float32)

    with jax.enable_x64(True):
        assert (speed * 2.0).dtype == __(jnp.float32)
        # WHY: 2.0 is a Python float, so it adopts float32.
        # IF jnp.float64: 2.0 is weakly typed, even with x64 on; it adopts the array's dtype.
        # IF float: `float` stands for float64 here. The result has the dtype of the array.
        assert (speed * np.pi).dtype == __(jnp.float32)
        # WHY: np.pi is a Python float, so it adopts float32.
        # IF jnp.float64: np.pi comes from NumPy, but its type is the Python float.
        # IF float: `float` is the type of np.pi. The array keeps its dtype.
        assert (speed * np.sqrt(2.0)).dtype == __(jnp.float64)
        # WHY: np.sqrt returns a float64 scalar of NumPy. float32 and float64 promote to float64.
        # IF jnp.float32: np.sqrt(2.0) is a NumPy scalar, which keeps its dtype float64.

    with jax.enable_x64(False):
        assert (speed * np.sqrt(2.0)).dtype == __(jnp.float32)
        # WHY: With x64 off, JAX truncates the float64 scalar to float32.
        # IF jnp.float64: float64 is the dtype of the scalar. The result has it only with x64 on.


def test_enabling_x64_does_not_change_existing_arrays():
    """`jax.config.update("jax_enable_x64", True)` enables x64 for the rest of the program.

    You can call it at any time. Arrays that already exist keep their dtype and their rounded
    values.
    """
    # HINT: `early` was created with x64 off, `late` with x64 on.
    # HINT: float32 and float64 promote to float64.
    # HINT: In float32, 0.1 is 0.10000000149... Converting this to float64 does not change it.
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", False)
    early = jnp.array([0.1])
    jax.config.update("jax_enable_x64", True)
    late = jnp.array([0.1])
    both, widened = early + late, early.astype(jnp.float64)
    jax.config.update("jax_enable_x64", before)

    assert early.dtype == __(jnp.float32)
    # WHY: `early` was created with x64 off, and an existing array keeps its dtype.
    # IF jnp.float64: x64 was enabled after `early` was created.
    assert late.dtype == __(jnp.float64)
    # WHY: `late` was created with x64 on.
    # IF jnp.float32: The update takes effect at any time, for every array created after it.
    assert both.dtype == __(jnp.float64)
    # WHY: float32 and float64 promote to float64.
    # IF jnp.float32: The order of the operands does not matter: the result has the wider dtype.
    assert (widened.tolist() == late.tolist()) is __(False)
    # WHY: `widened` holds 0.1 rounded to float32, in a float64 array.
    # IF True: Converting to float64 does not restore the digits that float32 has rounded off.
    # IF 0: 0 == False, but the line compares with `is`, which requires False itself.


def test_float32_rounds_small_changes_of_large_numbers():
    """float32 has about 7 significant decimal digits, float64 about 16.

    Near 1e8, adjacent float32 numbers differ by 8. Every float32 result is rounded to the nearest
    float32 number.
    """
    # HINT: The float32 numbers next to 1e8 are 99999992 and 100000008.
    # HINT: 100000003 is rounded to 100000000, and 100000005 to 100000008. Then 1e8 is subtracted.
    # HINT: float64 represents all of these numbers exactly.
    with jax.enable_x64(False):
        distance = jnp.array([1e8, 1e8])
        assert (distance + jnp.array([3.0, 5.0]) - distance).tolist() == __([0.0, 8.0])
        # WHY: 1e8 + 3 is rounded to 1e8, and 1e8 + 5 to 1e8 + 8.
        # IF [3.0, 5.0]: These are the exact values; float32 cannot represent 1e8 + 3 or 1e8 + 5.
        # IF [0.0, 0.0]: 1e8 + 5 is nearer to 1e8 + 8 than to 1e8.
        # IF [8.0, 8.0]: 1e8 + 3 is nearer to 1e8 than to 1e8 + 8.
        # IF [1e8, 1e8 + 8]: These are the sums before 1e8 is subtracted.
        # IF [1e8, 1e8]: 1e8 is subtracted again, so only the small rounded changes remain.
        # IF [0.0, 5.0]: float32 cannot represent 1e8 + 5; it is rounded to 1e8 + 8.

    with jax.enable_x64(True):
        distance = jnp.array([1e8, 1e8])
        assert (distance + jnp.array([3.0, 5.0]) - distance).tolist() == __([3.0, 5.0])
        # WHY: float64 represents 1e8 + 3 and 1e8 + 5 exactly.
        # IF [0.0, 8.0]: This is the float32 result; with x64 on, the arrays have dtype float64.
        # IF [0.0, 0.0]: Near 1e8, float64 numbers differ by far less than 3.


def test_int32_overflow_wraps_around_silently():
    """The largest int32 is 2**31 - 1. A larger result wraps around, without a warning.

    A multiple of 2**32 is subtracted, so that the result fits. With x64 off, JAX converts int64
    arrays of NumPy to int32, and values that do not fit wrap around.
    """
    # HINT: Adding 1 to the largest int32 gives the smallest, -(2**31).
    # HINT: 2**31 wraps around to 2**31 - 2**32. What does 2**31 + 5 wrap around to?
    # HINT: [-(2**31)], then [-(2**31) + 5]. int64 can represent both results without wrapping.
    ticks = np.array([2**31 + 5], dtype=np.int64)

    with jax.enable_x64(False):
        counter = jnp.array([2**31 - 1])
        assert (counter + 1).tolist() == __([-(2**31)])
        # WHY: 2**31 - 2**32 is -(2**31), the smallest int32.
        # IF [2**31]: 2**31 is larger than the largest int32, so it wraps around.
        # IF [2**31 - 1]: int32 addition wraps around; it does not stop at the largest value.
        # IF [0]: The number after the largest int32 is the smallest int32, which is negative.
        # IF -(2**31): .tolist() returns a list with one element.
        # IF [-(2**31) + 1]: 2**31 - 2**32 is -(2**31), not -(2**31) + 1.
        assert jnp.array(ticks).tolist() == __([-(2**31) + 5])
        # WHY: JAX converts `ticks` to int32: 2**31 + 5 - 2**32 is -(2**31) + 5.
        # IF [2**31 + 5]: 2**31 + 5 is larger than the largest int32, so it wraps around.
        # IF [-(2**31) + 4]: 2**31 + 5 - 2**32 is -(2**31) + 5.
        # IF [2**31 - 1]: The conversion to int32 wraps around; it does not clamp.
        # IF [5]: 2**31 + 5 wraps around to a value that is 5 above the smallest int32, -(2**31).

    with jax.enable_x64(True):
        counter = jnp.array([2**31 - 1])
        assert (counter + 1).tolist() == __([2**31])
        # WHY: With x64 on, `counter` has dtype int64, which can hold 2**31.
        # IF [-(2**31)]: This is the int32 result; with x64 on, `counter` has dtype int64.
        # IF [2**31 - 1]: This is `counter` before 1 is added.
        assert jnp.array(ticks).tolist() == __([2**31 + 5])
        # WHY: With x64 on, JAX keeps the dtype int64 of `ticks`.
        # IF [-(2**31) + 5]: This is the int32 result; with x64 on, the array has dtype int64.


# You now know which precision your arrays have, and how to use 64 bits.
# Next: converting between JAX and NumPy.
