"""A trace must be valid for all values, so Python control flow cannot depend on a traced value."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from jax_koans import __, counted


def test_if_on_a_tracer_raises_an_error():
    """`if` converts its condition to a bool, and a traced condition has no value to convert.

    So `if` raises one of the four errors of chapter 02. The last line asks whether another of the
    four is its base class.
    """

    # HINT: Call jax.jit(brake)(30.0) in a Python session and read the last line of the error.
    # HINT: The four names tell what was needed: a bool, an integer, a NumPy array, or any value.
    # HINT: The class is jax.errors.TracerBoolConversionError.
    def brake(speed):
        if speed > 10:
            return 0.5 * speed
        return speed

    assert brake(30.0) == __(15.0)
    # WHY: Without jit this is plain Python: 30 > 10, so brake returns 0.5 * 30.
    # IF 30.0: 30 > 10 is true, so the first return is used.
    with pytest.raises(Exception) as met:
        jax.jit(brake)(30.0)
    assert met.type is __(jax.errors.TracerBoolConversionError)
    # WHY: Under jit `speed > 10` is a tracer, and `if` needs a bool.
    # IF jax.errors.ConcretizationTypeError: That is a base class; this error is more specific.
    # IF jax.errors.TracerArrayConversionError: That one is raised by NumPy functions, not by `if`.
    # IF Exception: That is a base class of every error here.
    # IF TypeError: That is a base class of this error.
    with pytest.raises(Exception) as met:
        jax.vmap(brake)(jnp.array([30.0, 4.0]))
    assert met.type is __(jax.errors.TracerBoolConversionError)
    # WHY: vmap traces too, so `speed > 10` is a tracer here as well.
    # IF TypeError: That is a base class of this error.
    # IF ValueError: NumPy raises it for several elements in an `if`; here `speed` is a tracer.
    # IF jax.errors.ConcretizationTypeError: That is a base class; this error is more specific.
    assert issubclass(met.type, jax.errors.ConcretizationTypeError) is __(True)
    # WHY: A bool of a tracer is one case of needing a concrete value.
    # IF False: `except ConcretizationTypeError` would catch this error too.


def selu(x, alpha=1.67, scale=1.05):
    """Return scale * x where x > 0, and scale * alpha * (e**x - 1) elsewhere.

    The result has the shape of x.
    """
    # BEGIN PROMPT: select elementwise, in a way that works for arrays and under jit
    # if x > 0:
    #     return scale * x
    # return scale * alpha * jnp.expm1(x)
    # BEGIN SOLUTION
    return scale * jnp.where(x > 0, x, alpha * jnp.expm1(x))
    # END SOLUTION


def test_where_selects_elements_in_place_of_if():
    """jnp.where(condition, x, y) evaluates both x and y and selects one of them per element.

    So a single trace serves all values. selu is an activation function of neural networks.
    """
    # HINT: An array may have elements of both signs, so no single branch is right for it.
    # HINT: Give jnp.where the condition x > 0, the value where it holds, and the value elsewhere.
    # HINT: Do not multiply by a mask instead: where e**x overflows, 0.0 * inf is nan.
    got = [jax.jit(lambda x: selu(x))(x) for x in (2.0, -2.0)]
    expected = [2.1, 1.7535 * np.expm1(-2)]
    message = "scalars 2 and -2: expected scale * x and scale * alpha * (e**x - 1)"
    assert_allclose(got, expected, rtol=1e-5, err_msg=message)

    activate = counted(lambda x: selu(x))
    compiled = jax.jit(activate)
    x = np.array([1000.0, -1000.0, 2.0, -2.0, 0.0, 0.5, -0.5, 3.0])
    expected = 1.05 * np.where(x > 0, x, 1.67 * np.expm1(np.minimum(x, 0)))
    x = jnp.asarray(x)
    expected = expected.astype(x.dtype)

    message = "an array: expected a selection per element; at x = 1000, e**x overflows to inf"
    assert_allclose(compiled(x), expected, rtol=1e-5, strict=True, err_msg=message)
    reverse = compiled(x[::-1])
    assert_allclose(reverse, expected[::-1], rtol=1e-5, strict=True, err_msg="x reversed")
    assert activate.count == 1, f"expected 1 run of the body for 2 calls, got {activate.count}"
    for shape in ((8,), (2, 4)):
        got = jax.vmap(selu)(x.reshape(shape))
        message = f"under vmap, x of shape {shape}"
        assert_allclose(got, expected.reshape(shape), rtol=1e-5, strict=True, err_msg=message)
    got = jax.jit(lambda x: selu(x, 0.5, 3.0))(x[2:4])
    message = "alpha = 0.5 and scale = 3: expected the arguments to be used"
    assert_allclose(got, [6.0, 1.5 * np.expm1(-2)], rtol=1e-5, err_msg=message)


def in_transit(time, start, stop, cloudy):
    """Return a bool per time: start < time < stop, and not cloudy. All may be arrays."""
    # BEGIN PROMPT: use elementwise operators, so that arrays and jit work
    # return start < time < stop and not cloudy
    # BEGIN SOLUTION
    return (start < time) & (time < stop) & ~cloudy
    # END SOLUTION


def test_and_or_not_and_chained_comparisons_convert_to_bool():
    """Python's `and`, `or`, `not` and `a < x < b` each need a single bool, as `if` does.

    NumPy's elementwise operators are &, | and ~, or the functions logical_and, logical_or and
    logical_not. jnp has them too.
    """
    # HINT: `a < x < b` means `a < x and x < b`. Write the two comparisons separately.
    # HINT: & binds more tightly than <, so put each comparison in parentheses.
    time = jnp.array([[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 2.5, -2.0]])
    cloudy = jnp.array([[False, False, False, True], [False, False, True, False]])
    compiled = jax.jit(in_transit)

    assert compiled(2.0, 1.0, 5.0, False), "time 2, from 1 to 5, not cloudy: expected True"
    expected = np.array([[False, False, True, False], [True, False, False, False]])
    got = compiled(time, 1.0, 5.0, cloudy)
    message = "expected start < time < stop, both excluded, and not cloudy, per element"
    assert_array_equal(got, expected, strict=True, err_msg=message)
    got = compiled(time[0], -1.0, 1.5, cloudy[0])
    message = "from -1 to 1.5: expected start < time < stop"
    assert_array_equal(got, [True, True, False, False], strict=True, err_msg=message)


# You can now write conditions that need only one trace for all values.
# Next: arguments that jit must not trace, such as a size or a function.
