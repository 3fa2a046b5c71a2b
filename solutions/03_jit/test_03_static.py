"""Static arguments: jit does not trace them, but keeps their Python values."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import counted


def compile_sampler(sample):
    """Return the function sample(stop, size), compiled so that `size` can decide a shape."""
    # BEGIN PROMPT: make `size` a static argument, and only `size`
    # return jax.jit(sample)
    # BEGIN SOLUTION
    return jax.jit(sample, static_argnames="size")
    # END SOLUTION


def test_a_static_argument_keeps_its_value_while_jit_traces():
    """`jax.jit(fun, static_argnames=...)` does not trace the arguments of these names.

    It takes a name, or a tuple of names. A static argument keeps its Python value, so it can decide
    a shape, and each of its values is traced separately.
    """

    # HINT: Which of the two arguments of `ramp` decides the shape of the result?
    # HINT: jax.jit(sample, static_argnames="...")
    def ramp(stop, size):
        return jnp.linspace(0.0, stop, size)

    traced = counted(ramp)
    sample = compile_sampler(traced)

    for stop, size in [(3.0, 4), (-6.0, 4), (8.0, 9), (2.0, 4), (16.0, 9)]:
        got = np.asarray(sample(stop, size))
        expected = np.linspace(0.0, stop, size, dtype=got.dtype)
        message = f"expected {size} points from 0 to {stop}"
        assert_allclose(got, expected, rtol=1e-5, strict=True, err_msg=message)
    message = f"expected 2 runs of the body, one per size, for 5 values of stop; got {traced.count}"
    assert traced.count == 2, message


# BEGIN PROMPT: make `field` a static argument, and only `field`
# @jax.jit
# def midpoint(field, start, stop):
#     """Return the midpoint rule: (stop - start) times `field` halfway between them."""
#     return (stop - start) * field((start + stop) / 2)
# BEGIN SOLUTION
@jax.jit(static_argnames="field")
def midpoint(field, start, stop):
    """Return the midpoint rule: (stop - start) times `field` halfway between them."""
    return (stop - start) * field((start + stop) / 2)


# END SOLUTION


def test_a_function_argument_must_be_static():
    """jit traces arguments that are scalars, arrays, or lists, tuples and dicts of these.

    A function is none of these, but a static argument may be a function. You can pass options of
    jit in the decorator: `@jax.jit(static_argnames=...)`.
    """
    # HINT: Run the koan unchanged. Which argument does the TypeError name?
    # HINT: @jax.jit(static_argnames="field")
    parabola = counted(lambda position: position**2)

    got = midpoint(parabola, 1.0, 3.0)
    assert_allclose(got, 8.0, rtol=1e-5, err_msg="from 1 to 3: expected 2 * field(2)")
    got = midpoint(parabola, -6.0, 0.0)
    assert_allclose(got, 54.0, rtol=1e-5, err_msg="from -6 to 0: expected 6 * field(-3)")
    message = f"expected 1 run of the body for two pairs of bounds, got {parabola.count}"
    assert parabola.count == 1, message
    # In the jaxpr of a caller, a call of a compiled function is a single equation.
    jaxpr = jax.make_jaxpr(lambda start, stop: midpoint(parabola, start, stop))(1.0, 3.0)
    outside = [equation.primitive.name for equation in jaxpr.eqns]
    message = f"expected the rule to be part of the compiled function, got {outside} outside it"
    assert "mul" not in outside, message
    got = midpoint(lambda position: 1 - position, 1.0, 5.0)
    assert_allclose(got, -8.0, rtol=1e-5, err_msg="another field, 1 - position, from 1 to 5")


def compile_bounces(bounce):
    """Return the function bounce(height, times), compiled with argument 1, `times`, static."""
    # BEGIN PROMPT: pass jit the function, not a result of it
    # return partial(jax.jit(bounce(8.0, 2)), static_argnums=1)
    # BEGIN SOLUTION
    return partial(jax.jit, static_argnums=1)(bounce)
    # END SOLUTION


def test_jit_expects_a_function_and_not_its_result():
    """jit takes the function itself, not the result of a call.

    `partial(jax.jit, static_argnums=1)` returns a function: its argument is the function to
    compile. Older code uses it as a decorator. `static_argnums` counts the arguments from 0.
    """
    # HINT: bounce(8.0, 2) is a call, so jit gets the number 2.0 and not the function.
    # HINT: partial(jax.jit, static_argnums=1)(bounce), or jax.jit(bounce, static_argnums=1)
    bounce = counted(lambda height, times: height * 0.5 ** len(range(times)))
    bounced = compile_bounces(bounce)

    assert callable(bounced), f"expected a compiled function, got {type(bounced).__name__}"
    for height, times in [(8.0, 2), (6.0, 2), (-4.0, 1), (1.0, 1)]:
        message = f"height {height}, {times} bounces: expected height * 0.5**times"
        assert_allclose(bounced(height, times), height * 0.5**times, rtol=1e-5, err_msg=message)
    message = f"expected 2 runs of the body, one per number of bounces, got {bounce.count}"
    assert bounce.count == 2, message


# BEGIN PROMPT: write the rule, compiled, with `density` and `n` static and a and b traced
# def simpson(density, a, b, n):
#     """Return the integral of `density` from a to b by Simpson's rule with n intervals, n even.
#
#     With h = (b - a) / n: h / 3 times the sum of density(a + i * h) for i = 0 to n, with the
#     weights 1, 4, 2, 4, ..., 2, 4, 1. `density` takes an array of positions.
#     """
#     raise NotImplementedError
# BEGIN SOLUTION
@partial(jax.jit, static_argnums=(0, 3))
def simpson(density, a, b, n):
    """Return the integral of `density` from a to b by Simpson's rule with n intervals, n even.

    With h = (b - a) / n: h / 3 times the sum of density(a + i * h) for i = 0 to n, with the
    weights 1, 4, 2, 4, ..., 2, 4, 1. `density` takes an array of positions.
    """
    y = density(jnp.linspace(a, b, n + 1))
    return (b - a) / (3 * n) * (y[0] + 4 * y[1:-1:2].sum() + 2 * y[2:-1:2].sum() + y[-1])


# END SOLUTION


def test_an_integral_has_two_static_and_two_traced_arguments():
    """A function or a size decides which operations are traced, so `density` and `n` are static.

    The bounds are used only in arithmetic. So they can be traced, and new bounds cause no trace.
    """
    # HINT: @jax.jit(static_argnames=("density", "n")), or @partial(jax.jit, static_argnums=(0, 3))
    # HINT: The values are y = density(jnp.linspace(a, b, n + 1)).
    # HINT: y[1:-1:2] have weight 4, y[2:-1:2] have weight 2, y[0] and y[-1] have weight 1.
    density = counted(lambda x: x**4)

    got = simpson(density, 0.0, 2.0, 2)
    assert_allclose(got, 20 / 3, rtol=1e-5, err_msg="n = 2: 3 positions, with weights 1, 4, 1")
    got = simpson(density, 0.0, 2.0, 4)
    assert_allclose(got, 77 / 12, rtol=1e-5, err_msg="n = 4: with weights 1, 4, 2, 4, 1")
    got = simpson(density, 1.0, -1.0, 6)
    assert_allclose(got, -98 / 243, rtol=1e-5, err_msg="n = 6, from 1 to -1")
    before = density.count
    got = simpson(density, -4.0, 0.0, 2)
    assert_allclose(got, 640 / 3, rtol=1e-5, err_msg="n = 2, from -4 to 0")
    got = simpson(density, 2.0, 4.0, 4)
    assert_allclose(got, 2381 / 12, rtol=1e-5, err_msg="n = 4, from 2 to 4")
    message = f"new bounds: expected no new trace, but `density` ran {density.count - before} times"
    assert density.count == before, message
    jaxpr = jax.make_jaxpr(lambda a, b: simpson(density, a, b, 2))(0.0, 2.0)
    outside = [equation.primitive.name for equation in jaxpr.eqns]
    message = f"expected the rule to be part of the compiled function, got {outside} outside it"
    assert "sub" not in outside, message
    got = simpson(jnp.sin, 0.0, jnp.pi, 20)
    assert_allclose(got, 2.0, rtol=1e-4, err_msg="another density, sin, from 0 to pi")


def fold(reshape, pulse, rows):
    """Return `pulse`, 1-D, as an array of `rows` rows, by a call of reshape(pulse, shape).

    `reshape` is compiled, and its argument `shape` is static.
    """
    # BEGIN PROMPT: pass a hashable shape
    # shape = [rows, pulse.size // rows]
    # return reshape(pulse, shape)
    # BEGIN SOLUTION
    shape = (rows, pulse.size // rows)
    return reshape(pulse, shape)
    # END SOLUTION


def test_a_static_argument_must_be_hashable():
    """jit looks its traces up by the values of the static arguments, as a dict looks up its keys.

    So a static argument must be hashable. An argument equal to an earlier one reuses its trace.
    """
    # HINT: Could this shape be the key of a dict?
    # HINT: A list is mutable, so Python does not hash it. Which sequence is immutable?
    # HINT: A tuple: (rows, pulse.size // rows)
    traced = counted(lambda pulse, shape: pulse.reshape(shape))
    reshape = jax.jit(traced, static_argnums=1)
    pulse = np.arange(6, dtype=np.float32)

    for sign, rows in [(1, 2), (-1, 2), (1, 3)]:
        expected = (sign * pulse).reshape(rows, -1)
        got = fold(reshape, sign * pulse, rows)
        assert_allclose(got, expected, strict=True, err_msg=f"expected {rows} rows")
    message = f"expected 2 runs of the body of `reshape`, one per shape, got {traced.count}"
    assert traced.count == 2, message


# BEGIN PROMPT: make it work for arrays, and under vmap and grad; keep jit, without static arguments
# @jax.jit(static_argnums=0)
# def diode(voltage):
#     """Return the current: 2 * voltage where voltage > 0, and 0 elsewhere."""
#     return 2.0 * voltage if voltage > 0 else 0.0 * voltage
# BEGIN SOLUTION
@jax.jit
def diode(voltage):
    """Return the current: 2 * voltage where voltage > 0, and 0 elsewhere."""
    return jnp.where(voltage > 0, 2.0 * voltage, 0.0)


# END SOLUTION


def test_an_array_or_a_tracer_cannot_be_static():
    """A static argument lets `if` see a value, but the value must be hashable.

    Arrays are not hashable, and neither are the tracers that vmap and grad pass to a function.
    """
    # HINT: Run the koan unchanged: with a float it works, with an array it raises ValueError.
    # HINT: Choose with jnp.where in place of `if`, and leave `voltage` to be traced.
    expected = "expected 2 * voltage where voltage > 0, and 0 elsewhere"
    assert_allclose([diode(3.0), diode(-1.0)], [6.0, 0.0], err_msg=f"scalars 3 and -1: {expected}")
    voltage = jnp.array([3.0, -1.0, 0.0, 0.5])
    current = [6.0, 0.0, 0.0, 1.0]

    assert_allclose(diode(voltage), current, err_msg=f"an array: {expected}")
    assert_allclose(jax.vmap(diode)(voltage), current, err_msg=f"under vmap: {expected}")
    got = [jax.grad(diode)(now) for now in (3.0, -1.0)]
    assert_allclose(got, [2.0, 0.0], err_msg="jax.grad(diode) at 3 and -1: expected 2 and 0")
    outside = [equation.primitive.name for equation in jax.make_jaxpr(diode)(voltage).eqns]
    message = f"expected the product to be part of the compiled function, got {outside} outside it"
    assert "mul" not in outside, message


def compile_step(step):
    """Return the function step(position, gradient, rate), compiled by jit.

    `rate` changes from call to call.
    """
    # BEGIN PROMPT: trace once for all rates
    # return jax.jit(step, static_argnames="rate")
    # BEGIN SOLUTION
    return jax.jit(step)
    # END SOLUTION


def test_a_static_number_is_retraced_for_each_value():
    """Each new value of a static argument costs a trace and a compilation, silently.

    A static argument is for values that decide a shape, a branch or a loop.
    """
    # HINT: Does `rate` decide a shape, a branch or a loop, or is it only multiplied?
    # HINT: An argument that is used only in arithmetic can be traced: jax.jit(step)
    step = counted(lambda position, gradient, rate: position - rate * gradient)
    descend = compile_step(step)
    position = np.array([1.0, -2.0], dtype=np.float32)
    gradient = np.array([3.0, 5.0], dtype=np.float32)

    for rate in (0.5, 0.4, 0.3, 0.2, 0.1):
        got = descend(position, gradient, rate)
        message = f"rate {rate}: expected position - rate * gradient"
        assert_allclose(got, position - rate * gradient, rtol=1e-5, err_msg=message)
    assert step.count == 1, f"expected 1 run of the body for 5 rates, got {step.count}"
    kind = type(got).__name__
    assert isinstance(got, jax.Array), f"expected a jax.Array from a compiled call, got {kind}"


# You can now tell which arguments must be static, and which must not.
# Next: values that stay in a trace although the Python value has changed.
