"""Some arguments are not data: a size, a function, a shape. jit must be told which ones."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted


def compile_sampler(sample):
    """`sample(stop, size)`, compiled; `size` is a number of points, `stop` is data."""
    # BEGIN PROMPT: tell jit which argument to keep as a plain Python number
    # return jax.jit(sample)
    # BEGIN SOLUTION
    return jax.jit(sample, static_argnames="size")
    # END SOLUTION


def test_a_static_argument_keeps_its_value_while_jit_traces():
    """A static argument keeps its value in the trace, so each of its values is traced apart.

    `jax.jit(f, static_argnames=...)` takes the name of such an argument, or a tuple of names.
    """

    # HINT: linspace makes an array of `size` points, and a shape cannot be a tracer.
    # HINT: Only one of the two arguments decides a shape. Leave the other one traced.
    # HINT: jax.jit(sample, static_argnames="...")
    def ramp(stop, size):
        return jnp.linspace(0.0, stop, size)

    traced = counted(ramp)
    sample = compile_sampler(traced)

    for stop, size in [(3.0, 4), (-6.0, 4), (8.0, 9), (2.0, 4), (16.0, 9)]:
        wanted = np.linspace(0.0, stop, size)
        assert_allclose(sample(stop, size), wanted, rtol=1e-5, err_msg="`size` points up to `stop`")
    assert traced.count == 2, f"{traced.count} traces for 2 sizes: compile, and keep `stop` traced"


# BEGIN PROMPT: tell jit that `field` is not data
# @jax.jit
# def midpoint(field, start, stop):
#     """The integral of the function `field` from start to stop, by its value halfway."""
#     return (stop - start) * field((start + stop) / 2)
# BEGIN SOLUTION
@jax.jit(static_argnames="field")
def midpoint(field, start, stop):
    """The integral of the function `field` from start to stop, by its value halfway."""
    return (stop - start) * field((start + stop) / 2)


# END SOLUTION


def test_a_function_argument_must_be_static():
    """jit turns arguments into arrays, and a function is none; as a static it stays what it is.

    Options may stand in the decorator: `@jax.jit(...)`, filled in, above the `def`.
    """
    # HINT: Run it as it is: which argument does the TypeError complain about?
    # HINT: The size of the koan before was static too; here it goes into the decorator.
    # HINT: @jax.jit(static_argnames="field")
    parabola = counted(lambda place: place**2)

    assert_allclose(midpoint(parabola, 1.0, 3.0), 8.0, rtol=1e-5, err_msg="the value halfway, at 2")
    assert_allclose(midpoint(parabola, -6.0, 0.0), 54.0, rtol=1e-5, err_msg="halfway is -3 here")
    assert parabola.count == 1, f"{parabola.count} traces: only `field` is static, the rest is data"
    # In the jaxpr of a caller, a call of a compiled function is one equation.
    program = jax.make_jaxpr(lambda start, stop: midpoint(parabola, start, stop))(1.0, 3.0)
    outside = [equation.primitive.name for equation in program.eqns]
    assert "mul" not in outside, f"{outside}: a part of midpoint stays outside of what is compiled"
    assert_allclose(midpoint(lambda place: 1 - place, 1.0, 5.0), -8.0, rtol=1e-5, err_msg="a line")


def test_jit_expects_a_function_and_not_its_result():
    """`partial(jax.jit, ...)` is jit with its options filled in, still waiting for a function.

    Older code writes decorators with it. `static_argnums` names arguments by position, from 0.
    """
    # HINT: Here argument 1, the number of bounces, is static; the height is traced.
    # HINT: A new height is a new value; a new number of bounces is a new trace.
    # HINT: In the last lines `fade` has been called: jit gets 2.0, which is not callable.
    fade = counted(lambda height, bounces: height * 0.5**bounces)
    compiled = partial(jax.jit, static_argnums=1)(fade)

    assert compiled(8.0, 2) == __(2.0)
    compiled(6.0, 2)
    assert fade.count == __(1)
    compiled(6.0, 3)
    assert fade.count == __(2)
    with pytest.raises(Exception) as met:
        jax.jit(fade(8.0, 2), static_argnums=1)
    assert met.type is __(TypeError)


# BEGIN PROMPT: write the rule, compiled; a and b are data, density and n are not
# def simpson(density, a, b, n):
#     """The integral of `density` from a to b by Simpson's rule on n intervals, n even.
#
#     With h = (b - a) / n: h / 3 times the sum of density(a + i h), weighted 1 4 2 4 ... 2 4 1.
#     `density` takes an array of places.
#     """
#     raise NotImplementedError
# BEGIN SOLUTION
@partial(jax.jit, static_argnums=(0, 3))
def simpson(density, a, b, n):
    """The integral of `density` from a to b by Simpson's rule on n intervals, n even.

    With h = (b - a) / n: h / 3 times the sum of density(a + i h), weighted 1 4 2 4 ... 2 4 1.
    `density` takes an array of places.
    """
    y = density(jnp.linspace(a, b, n + 1))
    return (b - a) / (3 * n) * (y[0] + 4 * y[1:-1:2].sum() + 2 * y[2:-1:2].sum() + y[-1])


# END SOLUTION


def test_an_integral_has_two_static_and_two_traced_arguments():
    """What decides the program is static, a function and a size; what is computed with is data."""
    # HINT: Several static arguments are a tuple, of names or of positions.
    # HINT: @partial(jax.jit, static_argnums=(0, 3)), or @jax.jit(static_argnums=(0, 3))
    # HINT: y = density(jnp.linspace(a, b, n + 1)); y[1:-1:2] get 4, y[2:-1:2] get 2, the ends 1.
    density = counted(lambda x: x**4)

    assert_allclose(
        simpson(density, 0.0, 2.0, 2), 20 / 3, rtol=1e-5, err_msg="n = 2: 3 places, weights 1 4 1"
    )
    assert_allclose(
        simpson(density, 0.0, 2.0, 4), 77 / 12, rtol=1e-5, err_msg="n = 4: weights 1 4 2 4 1"
    )
    assert_allclose(simpson(density, 1.0, -1.0, 6), -98 / 243, rtol=1e-5, err_msg="backwards, 6")
    known = density.count
    assert_allclose(simpson(density, -4.0, 0.0, 2), 640 / 3, rtol=1e-5, err_msg="-4 to 0")
    assert_allclose(simpson(density, 2.0, 4.0, 4), 2381 / 12, rtol=1e-5, err_msg="2 to 4")
    assert density.count == known, "new bounds ran the body again: compile it, keep a and b traced"
    program = jax.make_jaxpr(lambda a, b: simpson(density, a, b, 2))(0.0, 2.0)
    outside = [equation.primitive.name for equation in program.eqns]
    assert "sub" not in outside, f"{outside}: a part of the rule stays outside of what is compiled"
    assert_allclose(simpson(jnp.sin, 0.0, jnp.pi, 20), 2.0, rtol=1e-4, err_msg="another density")


def fold(reshape, pulse, rows):
    """`pulse` as a table of `rows` rows; reshape(pulse, shape) is compiled, its shape static."""
    # BEGIN PROMPT: hand over a shape that jit can look up among the ones it has traced
    # shape = [rows, pulse.size // rows]
    # return reshape(pulse, shape)
    # BEGIN SOLUTION
    shape = (rows, pulse.size // rows)
    return reshape(pulse, shape)
    # END SOLUTION


def test_a_static_argument_must_be_hashable():
    """jit finds an earlier trace by its static values, as a dict finds a key."""
    # HINT: Would {shape: trace} accept this shape as its key?
    # HINT: A list can change after it was stored, so Python refuses to hash it. What cannot?
    # HINT: A tuple: round brackets instead of square ones.
    traced = counted(lambda pulse, shape: pulse.reshape(shape))
    reshape = jax.jit(traced, static_argnums=1)
    pulse = np.arange(6, dtype=np.float32)

    for sign, rows in [(1, 2), (-1, 2), (1, 3)]:
        wanted = (sign * pulse).reshape(rows, -1)
        folded = fold(reshape, sign * pulse, rows)
        assert_allclose(folded, wanted, strict=True, err_msg="a table of `rows` rows")
    assert traced.count == 2, f"{traced.count} traces for 2 shapes: call reshape, with shape static"


def test_an_array_or_a_tracer_cannot_be_static():
    """Static lets an `if` look at the value, at a price: one trace for each value, no arrays.

    An array does not hash, and the tracer that grad sends in does not either.
    """

    # HINT: Three calls bring two different values.
    # HINT: What did jit say to the list that did not hash? It says the same to an array.
    # HINT: To make `if` work on data, choose by where instead.
    def ramp(charge):
        return 2 * charge if charge > 0 else 0.0 * charge

    traced = counted(ramp)
    compiled = jax.jit(traced, static_argnums=0)

    compiled(3.0), compiled(-1.0), compiled(3.0)
    assert traced.count == __(2)
    with pytest.raises(Exception) as met:
        compiled(jnp.array([3.0, -1.0]))
    assert met.type is __(ValueError)
    with pytest.raises(Exception) as met:
        jax.grad(compiled)(3.0)
    assert met.type is __(ValueError)


def compile_step(step):
    """`step(position, slope, rate)`, compiled; the rate changes from call to call."""
    # BEGIN PROMPT: compile once, for all rates
    # return jax.jit(step, static_argnames="rate")
    # BEGIN SOLUTION
    return jax.jit(step)
    # END SOLUTION


def test_a_static_number_is_retraced_for_each_value():
    """A static number costs one compilation for each value, and nothing says so."""
    # HINT: Does the rate decide a shape, a branch or a loop? Or is it only multiplied?
    # HINT: What is only computed with can be a tracer: leave it to jit.
    step = counted(lambda position, slope, rate: position - rate * slope)
    descend = compile_step(step)
    position = np.array([1.0, -2.0], dtype=np.float32)
    slope = np.array([3.0, 5.0], dtype=np.float32)

    for rate in (0.5, 0.4, 0.3, 0.2, 0.1):
        wanted = position - rate * slope
        found = descend(position, slope, rate)
        assert_allclose(found, wanted, rtol=1e-5, err_msg="each call brings its own rate")
    assert step.count == 1, f"{step.count} traces for 5 rates: compile once, with no static rate"


# You can now tell jit what decides the program and what is data.
# Next: what a trace remembers, and what it forgets.
