"""JAX finds the jaxpr by running your Python, once, on stand-ins that record: tracers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, primitives


def test_a_tracer_has_a_shape_and_a_dtype_but_no_value():
    """While JAX traces, for jit or for a jaxpr, the argument is a tracer: it records operations.

    Its shape and dtype are known. There is no value yet, and asking for one is an error. Its class
    in `jax.errors` says what Python wanted: `ConcretizationTypeError` a concrete value,
    `TracerBoolConversionError` True or False, `TracerIntegerConversionError` an integer to count
    or index with, `TracerArrayConversionError` a NumPy array.
    """
    seen = {}

    def look_at(field):
        seen["shape"], seen["dtype"] = field.shape, field.dtype
        with pytest.raises(Exception) as met:
            float(field[0, 0])
        seen["error"] = met.type
        return 2 * field

    jax.make_jaxpr(look_at)(np.ones((2, 3), dtype=np.float32))

    assert seen["shape"] == __
    assert seen["dtype"] == __
    assert seen["error"] is __


def test_vmap_runs_the_python_once_for_the_whole_batch():
    """A loop calls the function for each row. vmap traces it with one tracer, for all of them.

    `counted(f)` is f with a counter: `.count` says how often f's Python body has run, with a
    number or with a tracer.
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


def test_a_program_of_vmap_does_not_grow_with_the_batch():
    """The batch is in the shapes of the jaxpr; a Python loop writes its body once a row.

    `equations(f, x)` counts the equations in the jaxpr of f(x). The number alone says little and
    depends on the version of JAX. Whether it grows with the data says much.
    """

    def energy(velocity):
        return 0.5 * jnp.sum(velocity**2)

    def loop(rows):
        return [energy(row) for row in rows]

    # Which way writes a longer program for seven rows than for five?
    five, seven = np.ones((5, 2)), np.ones((7, 2))
    ways = {"loop": loop, "vmap": jax.vmap(energy)}
    growing = [name for name, way in ways.items() if equations(way, seven) > equations(way, five)]

    assert growing == __


def test_a_side_effect_is_not_recorded():
    """A pure function answers from its arguments alone, and does nothing else.

    JAX records what happens to the arguments. An append, a print or a counter is a side effect:
    it happens in Python, while tracing, and the compiled program knows nothing of it.
    """
    clicks = []

    def counter(dose):
        clicks.append("click")
        return 2.0 * dose + len(clicks)

    assert [float(counter(10.0)), float(counter(10.0))] == __
    compiled = jax.jit(counter)
    assert [float(compiled(10.0)), float(compiled(10.0))] == __
    assert primitives(counter, 10.0) == __


def spring_monitor(force_law):
    """A function of x that answers with the energy and with the largest force, as a pair."""

    # TODO: bring the force out of the compiled function as a result
    seen = []

    @jax.jit
    def energy(x):
        force = force_law(x)
        seen.append(force)
        return jnp.sum(force**2) / 2

    def monitor(x):
        total = energy(x)
        return total, jnp.max(jnp.abs(seen[-1]))

    return monitor


def test_a_tracer_is_of_no_use_outside_its_trace():
    """A list that outlives the trace keeps the tracer: it leaks. It will never have a value.

    A compiled function hands out what it returns, and nothing else; it may return a tuple.
    """
    force_law = counted(lambda x: 1.0 - 2.0 * x)
    x = jnp.array([-1.0, 0.0, 3.0])

    monitor = spring_monitor(force_law)
    energy, largest = monitor(x)
    mirrored = monitor(-x)

    assert_allclose(energy, 17.5, rtol=1e-5, err_msg="the energy, one number")
    assert_allclose(largest, 5.0, rtol=1e-5, err_msg="the largest force, its size alone")
    assert_allclose(mirrored, (25.5, 7.0), rtol=1e-5, err_msg="the same function at another x")
    assert force_law.count == 1, (
        f"the Python of force_law ran {force_law.count} times for two calls; inside one compiled "
        "function it runs once, and both results come from there"
    )


# You know what a tracer is: shape and dtype, no value, and no life after its trace. Next:
# three mends for code that asks a tracer for more, and what can be learnt without any numbers.
