"""What an operation does silently: it changes dtypes, it rounds, and it adds axes."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __


def test_a_python_scalar_adopts_a_dtype_only_within_its_kind():
    """Numeric dtypes are of four kinds, in this order: bool, integer, floating-point, complex.

    A Python scalar adopts the array's dtype if the array's kind is the same or a later one.
    Otherwise the result is of the scalar's kind. If the scalar is an int or a float, the result has
    the default dtype of that kind, such as float32 with x64 off.
    """
    # HINT: 2 is an integer and 2.0 a floating-point number. Compare the kind of each scalar with
    #   the kind of the array.
    # HINT: An int8 array keeps its dtype with the scalar 2, but not with 2.0.
    # HINT: jnp.int8, jnp.float32 and jnp.int32; with x64 on, jnp.float64.
    count = jnp.array([3, 0, 7], dtype=jnp.int8)

    with jax.enable_x64(False):
        assert (count * 2).dtype == __(jnp.int8)
        # WHY: 2 and `count` are both of kind integer, so 2 adopts int8.
        # IF jnp.int32: int32 is the default dtype. 2 is weakly typed and adopts int8.
        # IF jnp.int64: int64 is NumPy's default dtype. 2 is weakly typed and adopts int8.
        # IF int: `int` stands for int64 here. 2 is weakly typed and adopts int8.
        assert (count * 2.0).dtype == __(jnp.float32)
        # WHY: 2.0 is of a later kind than integer, so the result has the default dtype float32.
        # IF jnp.int8: 2.0 is of a later kind than `count`, so it does not adopt int8.
        # IF jnp.float16: The size of int8 has no effect; the result has the default dtype float32.
        # IF float: `float` stands for float64 here. With x64 off, the default is float32.
        # IF jnp.float64: With x64 off, the default floating-point dtype is float32.
        assert ((count > 1) * 2).dtype == __(jnp.int32)
        # WHY: `count > 1` has dtype bool; 2 is of a later kind, so the result is int32.
        # IF jnp.int8: `count > 1` has dtype bool, not int8.
        # IF bool: 2 is of a later kind than bool, so the result is an integer.
        # IF jnp.bool_: 2 is of a later kind than bool, so the result is an integer.
        # IF jnp.int64: With x64 off, the default integer dtype is int32.

    with jax.enable_x64(True):
        assert (count * 2.0).dtype == __(jnp.float64)
        # WHY: With x64 on, the default floating-point dtype is float64.
        # IF jnp.float32: float32 is the default with x64 off; here it is on.
        # IF jnp.int8: 2.0 is of a later kind than `count`, so it does not adopt int8.


def total_dose(doses):
    """Return the sum of `doses`, a bfloat16 array of shape (n,), as a float32 scalar."""
    # BEGIN PROMPT: add the doses in float32
    # total = jnp.zeros((), dtype=jnp.bfloat16)
    # for dose in doses:
    #     total += dose
    # return total.astype(jnp.float32)
    # BEGIN SOLUTION
    return jnp.sum(doses, dtype=jnp.float32)
    # END SOLUTION


def test_a_sum_in_bfloat16_stops_growing():
    """`jnp.bfloat16` has the range of float32, but only 2 to 3 significant decimal digits.

    It saves memory and time, so it is common in machine learning. A sum in bfloat16 stops growing
    when the next addend is too small to change it: between 32 and 64, adjacent bfloat16 numbers
    differ by 0.25. Store data in bfloat16, and add in float32.
    """
    # HINT: The rounding happens after each addition. Which dtype does `total` have?
    # HINT: bfloat16 and float32 promote to float32. Or convert all doses first.
    # HINT: jnp.sum(doses, dtype=jnp.float32)
    equal = jnp.full(400, 0.1, dtype=jnp.bfloat16)
    unequal = jnp.array([256.0] + [1.0, 0.5] * 20, dtype=jnp.bfloat16)

    for doses in (equal, unequal):
        expected = np.float32(np.sum(np.asarray(doses, dtype=np.float64)))
        total = total_dose(doses)
        got = f"{total} of dtype {np.asarray(total).dtype}"
        message = f"{doses.size} doses: expected a float32 sum of {expected}, got {got}"
        assert_allclose(total, expected, rtol=1e-5, strict=True, err_msg=message)


def mean_squared_error(predicted, measured):
    """Return the mean of (predicted - measured)**2 over n points, a scalar.

    `predicted` has shape (n, 1), `measured` has shape (n,).
    """
    # BEGIN PROMPT: give both arrays the same shape before you subtract
    # return jnp.mean((predicted - measured) ** 2)
    # BEGIN SOLUTION
    return jnp.mean((predicted[:, 0] - measured) ** 2)
    # END SOLUTION


def test_rank_promotion_can_be_an_error():
    """Broadcasting is silent: arrays of shapes (3, 1) and (3,) give a result of shape (3, 3).

    The rank of an array is its number of axes. Broadcasting an array to a higher rank is called
    rank promotion. Inside `with jax.numpy_rank_promotion("raise"):` arithmetic that needs it
    raises ValueError. Scalars are still allowed.
    """
    # HINT: Read the error message: it states the two shapes.
    # HINT: Which index removes the last axis of `predicted`? Or add an axis to `measured`.
    # HINT: predicted[:, 0] has shape (n,).
    cases = [([1.0, 2.0, 4.0], [1.0, 2.0, 7.0], 3.0), ([0.0, -2.0], [1.0, 3.0], 13.0)]

    for predicted, measured, expected in cases:
        column = jnp.array(predicted)[:, None]
        with jax.numpy_rank_promotion("raise"):
            result = mean_squared_error(column, jnp.array(measured))
        assert jnp.shape(result) == (), f"expected a scalar, got shape {jnp.shape(result)}"
        n, wrong = len(measured), np.mean((np.array(predicted)[:, None] - np.array(measured)) ** 2)
        message = f"expected {expected}, got {result}; broadcasting to {n} x {n} gives {wrong:.7}"
        assert_allclose(result, expected, rtol=1e-5, err_msg=message)


# You now know what an operation can change silently, and how to notice it.
# Next: what JAX records of a function, and what it can do with that.
