"""Loops under tracing: a Python loop is unrolled; `lax.fori_loop` stays one loop."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, primitives


def test_tracing_unrolls_a_python_loop():
    """While JAX traces, Python runs the loop, and every iteration adds its operations to the jaxpr.

    `equations(f, x)` is the number of operations in the jaxpr of f(x). The compiler has to process
    each of them, so a long Python loop takes long to compile.
    """

    def leak(charge, steps):
        for _ in range(steps):
            charge = charge - 0.1 * charge
        return charge

    charge = jnp.array([8.0, 4.0])
    one_step = equations(lambda c: leak(c, 1), charge)

    assert equations(lambda c: leak(c, 10), charge) / one_step == __
    assert equations(lambda c: leak(c, 200), charge) / one_step == __
    assert equations(lambda c: leak(c, 10), jnp.ones(1000)) / one_step == __


def heron(x, steps):
    """Return the approximation to sqrt(x) after `steps` iterations of r = (r + x / r) / 2.

    The first r is x, a float array of any shape. `steps` is a Python int.
    """
    # TODO: use one compiled loop, so that the jaxpr does not grow with `steps`
    raise NotImplementedError


def test_fori_loop_keeps_one_copy_of_its_body():
    """`lax.fori_loop(lower, upper, body_fun, init_val)` stays one loop in the compiled function.

    It traces body_fun(i, val) for all i from lower to upper - 1 at once, not once per iteration.
    body_fun returns the next val, and fori_loop returns the last one. JAX calls val the carry.
    `lax`, imported at the top, is the layer of JAX below `jnp`.
    """
    x = np.array([2.0, 9.0, 100.0])
    expected = x
    for _ in range(3):
        expected = (expected + x / expected) / 2
    x = jnp.asarray(x)

    message = "heron(x, 3): expected three iterations of r = (r + x / r) / 2 from r = x"
    assert_allclose(heron(x, 3), expected.astype(x.dtype), rtol=1e-5, strict=True, err_msg=message)
    assert_allclose(heron(x, 0), x, strict=True, err_msg="heron(x, 0): expected x unchanged")
    short, long = (equations(lambda x, n=n: heron(x, n), x) for n in (10, 100))
    message = f"expected equal equation counts for 10 and 100 iterations, got {short} and {long}"
    assert short == long, message
    used = primitives(lambda x: heron(x, 10), x)
    assert used & {"scan", "while"}, f"expected a scan or while in the jaxpr, got {sorted(used)}"


def pump(level, strokes):
    """Return the level after `strokes` strokes, by one compiled loop.

    Stroke i = 0, 1, 2, ... replaces the level with level * 0.5 + i.
    """

    # TODO: fix the result; find out which arguments fori_loop passes to `stroke`
    def stroke(level, i):
        return level * 0.5 + i

    return lax.fori_loop(0, strokes, stroke, level)


def test_fori_loop_passes_the_index_before_the_carry():
    """`lax.fori_loop` passes two positional arguments to its body; their names do not matter.

    A body that takes them in the wrong order need not raise an error: the types can fit, and the
    result is wrong.
    """
    level = jnp.array([8.0, -6.0, 1.0])

    message = "one stroke: expected level * 0.5 + 0"
    assert_allclose(pump(level, 1), [4.0, -3.0, 0.5], err_msg=message)
    message = "two strokes: expected (level * 0.5 + 0) * 0.5 + 1"
    assert_allclose(pump(level, 2), [3.0, -0.5, 1.25], err_msg=message)
    assert_allclose(pump(level, 4), [4.75, 3.875, 4.3125], err_msg="four strokes")
    assert_allclose(pump(level, 0), level, err_msg="no stroke: expected the level unchanged")
    short, long = (equations(lambda level, n=n: pump(level, n), level) for n in (5, 50))
    message = f"expected equal equation counts for 5 and 50 strokes, got {short} and {long}"
    assert short == long, message
    used = primitives(lambda level: pump(level, 4), level)
    assert used & {"scan", "while"}, f"expected a scan or while in the jaxpr, got {sorted(used)}"


def population(size, years):
    """Return the size after `years` years; each year replaces size with size * (1.5 - size).

    Both arguments are scalars, and both may be traced.
    """
    # TODO: use a loop whose number of iterations may be traced
    for _ in range(years):
        size = size * (1.5 - size)
    return size


def test_range_rejects_a_traced_number_of_iterations():
    """`range` requires a Python int while JAX traces. The bounds of `lax.fori_loop` may be tracers.

    Under `jax.jit` the argument `years` is a tracer, so that one compiled function serves every
    number of years.
    """
    traced = counted(population)
    compiled = jax.jit(traced)

    for size, years, expected in ((0.4, 0, 0.4), (0.4, 1, 0.44), (0.8, 2, 0.5264), (0.8, 1, 0.56)):
        message = f"population({size}, {years}): expected the size after `years` iterations"
        assert_allclose(compiled(size, years), expected, rtol=1e-5, err_msg=message)
    assert traced.count == 1, f"expected one trace for all values, got {traced.count}"
    long = compiled(0.3, 40)
    assert_allclose(long, 0.5, rtol=1e-4, err_msg="population(0.3, 40): expected 0.5")
    used = primitives(population, 0.4, 3)
    assert "while" in used, f"expected a while in the jaxpr, got {sorted(used)}"


def test_fori_loop_becomes_a_scan_or_a_while():
    """`lax.fori_loop` becomes the primitive `scan`, or `while` if one of its bounds is traced.

    The number of iterations of a `scan` is known while JAX traces; that of a `while` is not. This
    matters for derivatives: `jax.grad` works for a `scan`, and raises ValueError for a `while`.
    """

    def constant(heat):
        return lax.fori_loop(0, 3, lambda i, h: h / 2, heat)

    def variable(heat, hours):
        return lax.fori_loop(0, hours, lambda i, h: h / 2, heat)

    loops = {"scan", "while"}

    assert sorted(primitives(constant, 80.0) & loops) == __
    assert sorted(primitives(variable, 80.0, 3) & loops) == __


# You know which loops are unrolled and which stay loops.
# Next: what each iteration passes to the next.
