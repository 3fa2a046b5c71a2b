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
    # HINT: The array handed in has 2 rows and 3 columns.
    # HINT: Of the four, which is it? float() wants no truth value, no index and no array.
    # HINT: jax.errors.ConcretizationTypeError
    seen = {}

    def look_at(field):
        seen["shape"], seen["dtype"] = field.shape, field.dtype
        with pytest.raises(Exception) as met:
            float(field[0, 0])
        seen["error"] = met.type
        return 2 * field

    jax.make_jaxpr(look_at)(np.ones((2, 3), dtype=np.float32))

    assert seen["shape"] == __((2, 3))
    assert seen["dtype"] == __(jnp.float32)
    assert seen["error"] is __(jax.errors.ConcretizationTypeError)


def test_vmap_calls_the_function_once_for_the_whole_batch():
    """A loop calls the function for each row. vmap traces it with one tracer, for all of them.

    `counted(f)` is f with a counter: `.count` says how often f's Python body has run, with a
    number or with a tracer.
    """
    # HINT: The loop runs the body once an angle.
    # HINT: make_jaxpr and vmap each add one run to the count, whatever the number of angles.
    restoring = counted(lambda angle: angle - angle**3 / 6)
    angles = np.array([0.1, -0.2, 0.3, -0.4, 0.5])

    for angle in angles:
        restoring(angle)
    assert restoring.count == __(5)
    jax.make_jaxpr(restoring)(0.1)
    assert restoring.count == __(6)
    jax.vmap(restoring)(angles)
    assert restoring.count == __(7)


def test_the_jaxpr_of_vmap_does_not_grow_with_the_batch():
    """The batch is in the shapes of the jaxpr; a Python loop writes its body once a row.

    `equations(f, x)` counts the equations in the jaxpr of f(x). The number alone says little and
    depends on the version of JAX. Whether it grows with the data says much.
    """

    # HINT: Seven rows against five. In which jaxpr is there something for each row?
    # HINT: Tracing runs the Python loop, so all of its turns are recorded, one after another.
    # HINT: The answer is a list of names: ["loop"], ["vmap"], both or none.
    def energy(velocity):
        return 0.5 * jnp.sum(velocity**2)

    def loop(rows):
        return [energy(row) for row in rows]

    # Which way writes a longer program for seven rows than for five?
    five, seven = np.ones((5, 2)), np.ones((7, 2))
    ways = {"loop": loop, "vmap": jax.vmap(energy)}
    growing = [name for name, way in ways.items() if equations(way, seven) > equations(way, five)]

    assert growing == __(["loop"])


def test_a_side_effect_is_not_recorded():
    """A pure function answers from its arguments alone, and does nothing else.

    JAX records what happens to the arguments. An append, a print or a counter is a side effect:
    it happens in Python, while tracing, and the compiled program knows nothing of it.
    """
    # HINT: Without jit the list grows at every call, before its length is taken.
    # HINT: jit runs the Python once more, while it traces: the list then has three entries. That 3
    #   is written into the program as a number. The second call runs the program only.
    # HINT: Two things happen to dose, so two primitives are recorded: mul and add.
    clicks = []

    def counter(dose):
        clicks.append("click")
        return 2.0 * dose + len(clicks)

    assert [float(counter(10.0)), float(counter(10.0))] == __([21.0, 22.0])
    compiled = jax.jit(counter)
    assert [float(compiled(10.0)), float(compiled(10.0))] == __([23.0, 23.0])
    assert primitives(counter, 10.0) == __({"mul", "add"})


def spring_monitor(force_law):
    """A function of x that answers with the energy and with the largest force, as a pair."""

    # BEGIN PROMPT: bring the force out of the compiled function as a result
    # seen = []
    #
    # @jax.jit
    # def energy(x):
    #     force = force_law(x)
    #     seen.append(force)
    #     return jnp.sum(force**2) / 2
    #
    # def monitor(x):
    #     total = energy(x)
    #     return total, jnp.max(jnp.abs(seen[-1]))
    #
    # return monitor
    # BEGIN SOLUTION
    @jax.jit
    def energy_and_force(x):
        force = force_law(x)
        return jnp.sum(force**2) / 2, force

    def monitor(x):
        total, force = energy_and_force(x)
        return total, jnp.max(jnp.abs(force))

    return monitor
    # END SOLUTION


def test_a_tracer_cannot_be_used_after_its_trace():
    """A list that outlives the trace keeps the tracer: it leaks. It will never have a value.

    A compiled function hands out what it returns, and nothing else; it may return a tuple.
    """
    # HINT: What did energy append, while it was traced: numbers, or a tracer?
    # HINT: Let the compiled function return the energy and the force, and keep no list.
    # HINT: return jnp.sum(force**2) / 2, force
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
