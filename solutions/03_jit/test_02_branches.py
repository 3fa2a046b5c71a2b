"""A trace must hold for every value, so Python may not look at one to choose its way."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from jax_koans import __, counted


def test_if_on_a_tracer_raises_an_error():
    """`if` needs True or False at once; while jit traces, `speed > 10` is a tracer too.

    The class is one of the four of chapter 02, and a special case of another one of them.
    """

    # HINT: Call the function in a Python session and read the last line of the error.
    # HINT: Each of the four says what Python wanted. An `if` wants True or False, a bool.
    # HINT: jax.errors.TracerBoolConversionError
    def brake(speed):
        if speed > 10:
            return 0.5 * speed
        return speed

    assert brake(30.0) == __(15.0)  # plain Python
    with pytest.raises(Exception) as met:
        jax.jit(brake)(30.0)
    assert met.type is __(jax.errors.TracerBoolConversionError)
    with pytest.raises(Exception) as met:
        jax.vmap(brake)(jnp.array([30.0, 4.0]))
    assert met.type is __(jax.errors.TracerBoolConversionError)
    assert issubclass(met.type, jax.errors.ConcretizationTypeError) is __(True)


def selu(x, alpha=1.67, scale=1.05):
    """scale * x above zero, scale * alpha * (e^x - 1) below: an activation of neural networks."""
    # BEGIN PROMPT: choose elementwise, in a way that jit can trace
    # if x > 0:
    #     return scale * x
    # return scale * alpha * jnp.expm1(x)
    # BEGIN SOLUTION
    return scale * jnp.where(x > 0, x, alpha * jnp.expm1(x))
    # END SOLUTION


def test_where_selects_elements_in_place_of_if():
    """One trace serves all values: record both branches, and choose for each element."""
    # HINT: An array has several signs at once: there is no single branch to take.
    # HINT: NumPy's where(condition, a, b) picks element by element; so does that of jnp.
    # HINT: Both branches are computed. Multiplying by a mask instead gives 0 * inf = nan.
    one = [jax.jit(lambda x: selu(x))(x) for x in (2.0, -2.0)]
    assert_allclose(
        one,
        [2.1, 1.7535 * np.expm1(-2)],
        rtol=1e-5,
        err_msg="one number at a time: scale * x above zero, scale * alpha * (e^x - 1) below",
    )

    activate = counted(lambda x: selu(x))
    compiled = jax.jit(activate)
    x = np.array([1000.0, -1000.0, 2.0, -2.0, 0.5, -0.5])
    wanted = 1.05 * np.where(x > 0, x, 1.67 * np.expm1(np.minimum(x, 0)))
    x = jnp.asarray(x)
    wanted = wanted.astype(x.dtype)

    assert_allclose(
        compiled(x),
        wanted,
        rtol=1e-5,
        strict=True,
        err_msg="far out e^x is inf: choose an element and drop the other, as 0 * inf is nan",
    )
    assert_allclose(compiled(x[::-1]), wanted[::-1], rtol=1e-5, strict=True, err_msg="reversed")
    assert activate.count == 1, f"{activate.count} traces for 2 calls: one trace serves all values"
    assert_allclose(jax.vmap(selu)(x), wanted, rtol=1e-5, strict=True, err_msg="under vmap")
    table, rows = x.reshape(2, 3), wanted.reshape(2, 3)
    assert_allclose(jax.vmap(selu)(table), rows, rtol=1e-5, strict=True, err_msg="row by row")
    other = jax.jit(lambda x: selu(x, 0.5, 3.0))(x[2:4])
    assert_allclose(
        other, [6.0, 1.5 * np.expm1(-2)], rtol=1e-5, err_msg="for another alpha and scale"
    )


def in_transit(time, start, stop, cloudy):
    """True where start < time < stop and the sky is not cloudy, for arrays of times."""
    # BEGIN PROMPT: the same logic, elementwise, in a way that jit can trace
    # return start < time < stop and not cloudy
    # BEGIN SOLUTION
    return (start < time) & (time < stop) & ~cloudy
    # END SOLUTION


def test_and_or_not_and_chained_comparisons_convert_to_bool():
    """Python turns each of them into a question for True or False; operators stay elementwise."""
    # HINT: `a < x < b` is short for `a < x and x < b`, and `and` works like an `if`.
    # HINT: NumPy's elementwise logic is &, | and ~, or logical_and, logical_or, logical_not.
    # HINT: & binds tighter than <, so each comparison needs its own parentheses.
    time = jnp.array([[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 2.5, -2.0]])
    cloudy = jnp.array([[False, False, False, True], [False, False, True, False]])
    compiled = jax.jit(in_transit)

    assert compiled(2.0, 1.0, 5.0, False), "a time within the transit, and the sky is not cloudy"
    wanted = np.array([[False, False, True, False], [True, False, False, False]])
    seen = compiled(time, 1.0, 5.0, cloudy)
    told = "each time by itself, ends excluded, and none where it is cloudy"
    assert_array_equal(seen, wanted, strict=True, err_msg=told)
    wanted = np.array([True, True, False, False])
    seen = compiled(time[0], -1.0, 1.5, cloudy[0])
    assert_array_equal(seen, wanted, strict=True, err_msg="other bounds")


# You can now write choices that hold for every value, in one trace.
# Next: arguments that are not data at all, such as a size or a function.
