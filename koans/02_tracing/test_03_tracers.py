"""JAX records a jaxpr by calling your function with tracers in place of arrays."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, primitives


def test_a_tracer_has_a_shape_and_a_dtype_but_no_value():
    """While jit or make_jaxpr traces a function, an array argument is a tracer, without a value.

    Code that needs the value raises an error of the module `jax.errors`, for instance
    `jax.errors.TracerBoolConversionError` where it needs a bool, as in `if x > 0`. The class is
    TracerIntegerConversionError for an index, as in `range(x)`, TracerArrayConversionError for a
    NumPy array, and ConcretizationTypeError for any other concrete value.
    """
    seen = {}

    def look_at(field):
        seen["shape"], seen["dtype"] = field.shape, field.dtype
        with pytest.raises(Exception) as caught:
            float(field[0, 0])
        seen["error"] = caught.type
        return 2 * field

    jax.make_jaxpr(look_at)(np.ones((2, 3), dtype=np.float32))

    assert seen["shape"] == __
    assert seen["dtype"] == __
    assert seen["error"] is __


def test_vmap_calls_the_function_once_for_the_whole_batch():
    """A loop calls a function once per row; `jax.vmap` calls it once, with a tracer.

    `counted(f)`, from jax_koans, wraps f; `.count` is the number of times Python has run its body,
    with arrays or with tracers.
    """
    restoring = counted(lambda angle: angle - angle**3 / 6)
    angles = np.array([0.1, -0.2, 0.3, -0.4, 0.5])

    for angle in angles:
        restoring(angle)
    assert restoring.count == __
    jax.make_jaxpr(restoring)(0.1)
    assert restoring.count == __
    jax.vmap(restoring)(angles)
    assert restoring.count == __


def test_the_jaxpr_of_vmap_does_not_grow_with_the_batch():
    """While JAX traces, a Python loop records its body once per iteration; vmap records it once.

    `equations(f, x)`, from jax_koans, returns the number of equations in the jaxpr of f(x). To
    see whether a jaxpr grows, compare the numbers for two sizes of x. The numbers themselves depend
    on the version of JAX.
    """

    def energy(velocity):
        return 0.5 * jnp.sum(velocity**2)

    def loop(rows):
        return [energy(row) for row in rows]

    # Which functions have more equations for seven rows than for five?
    five, seven = np.ones((5, 2)), np.ones((7, 2))
    functions = {"loop": loop, "vmap": jax.vmap(energy)}
    growing = [name for name, f in functions.items() if equations(f, seven) > equations(f, five)]

    assert growing == __


def test_a_side_effect_is_not_recorded():
    """A jaxpr records operations on arrays, not side effects such as an append or a print.

    A side effect runs in Python while JAX traces; later calls of the compiled function skip it.
    A pure function has no side effects and depends only on its arguments. JAX expects pure
    functions.
    """
    log = []

    def dose(counts):
        log.append("called")
        return 2.0 * counts

    compiled = jax.jit(dose)
    compiled(10.0)
    compiled(20.0)
    assert len(log) == __
    dose(10.0)
    assert len(log) == __
    assert primitives(dose, 10.0) == __


def spring_monitor(force_law):
    """Return a function of x that returns a pair of scalars.

    With force = force_law(x), these are the energy sum(force**2) / 2 and the largest |force|.
    """

    # TODO: return the force from the compiled function, and trace force_law only once
    forces = []

    @jax.jit
    def energy(x):
        force = force_law(x)
        forces.append(force)
        return jnp.sum(force**2) / 2

    def monitor(x):
        total = energy(x)
        return total, jnp.max(jnp.abs(forces[-1]))

    return monitor


def test_a_tracer_cannot_be_used_after_its_trace():
    """A tracer that is used after its trace raises an error. JAX calls it a leaked tracer.

    The error is `jax.errors.UnexpectedTracerError`. Whatever is needed outside a compiled function
    should be part of its return value, which may be a tuple.
    """
    force_law = counted(lambda x: 1.0 - 2.0 * x)
    x = jnp.array([-1.0, 0.0, 3.0])

    monitor = spring_monitor(force_law)
    energy, largest = monitor(x)
    mirrored = monitor(-x)

    shapes = jnp.shape(energy), jnp.shape(largest)
    assert shapes == ((), ()), f"expected two scalars, got shapes {shapes}"
    assert_allclose(energy, 17.5, rtol=1e-5, err_msg="energy of x: sum(force**2) / 2")
    assert_allclose(largest, 5.0, rtol=1e-5, err_msg="largest force of x: expected max(|force|)")
    assert_allclose(mirrored, (25.5, 7.0), rtol=1e-5, err_msg="energy and largest force of -x")
    traces = force_law.count
    assert traces == 1, f"force_law after two calls with one shape: expected 1 run, got {traces}"
    pair = monitor(jnp.array([4.0, 0.0]))
    assert_allclose(pair, (25.0, 7.0), rtol=1e-5, err_msg="energy and largest force of two springs")


# You know what a tracer is: it has a shape and a dtype, has no value, and is valid only during its
# trace.
# Next: code that needs a value while JAX traces, and how to fix it.
