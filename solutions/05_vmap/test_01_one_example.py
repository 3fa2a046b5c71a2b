"""vmap: write a function of one example, and let JAX make the one of a whole batch."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, primitives


def loops(program, few, many):
    """Whether a program takes its examples in turn: it grows with them, or has a compiled loop.

    `few` and `many` are its arguments, for a small batch and for a larger one.
    """
    grows = equations(program, *few) < equations(program, *many)
    return grows or bool(primitives(program, *many) & {"scan", "while"})


def test_vmap_adds_a_batch_axis_to_every_operation():
    """vmap is no loop, and it starts no threads: it rewrites the program.

    An operation on one number becomes, as a rule, the same operation on an array of numbers.
    `program.out_avals` lists the outputs of a jaxpr, each with its shape.
    """

    # HINT: For one voltage: a power, two products, two sums, in the order that Python computes.
    # HINT: voltage**2 is integer_pow, a product is mul, a sum is add.
    # HINT: integer_pow, mul, mul, add, add, both times. Six numbers go in, and six come out.
    def celsius(voltage, bend, gain, offset):
        return bend * voltage**2 + gain * voltage + offset

    def names(program):
        return [equation.primitive.name for equation in program.eqns]

    six = jnp.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    one = jax.make_jaxpr(celsius)(2.0, 0.5, 1.0, 1.0)
    batch = jax.make_jaxpr(jax.vmap(celsius))(six, six, six, six)

    assert names(one) == __(["integer_pow", "mul", "mul", "add", "add"])
    assert names(batch) == __(["integer_pow", "mul", "mul", "add", "add"])
    assert one.out_avals[0].shape == ()
    assert batch.out_avals[0].shape == __((6,))


def respond(neuron, weights, signals):
    """neuron(weights, signal) for each row `signal` of the table `signals`, in one array.

    `neuron` is written for one signal, and the weights are the same for all.
    """
    # BEGIN PROMPT: batch the neuron as it is, without a loop
    # BEGIN SOLUTION
    return jax.vmap(lambda signal: neuron(weights, signal))(signals)
    # END SOLUTION


def test_vmap_applies_a_function_of_one_example_to_a_batch():
    """Think of one example; the batch is left to vmap. Your function never sees its axis.

    Called on the whole table, this neuron would sum over all of it. In a loop it would run again
    and again.
    """
    # HINT: vmap wants a function of one signal alone. The weights are around it, not an argument.
    # HINT: lambda signal: neuron(weights, signal) is that function.
    # HINT: jax.vmap(...) answers with a function: call it with the table of signals.
    seen = []

    def neuron(weights, signal):
        seen.append((weights.shape, signal.shape))
        return jnp.tanh(jnp.sum(weights * signal))

    weights = np.array([0.5, -1.0, 2.0], dtype=np.float32)
    signals = np.sin(np.arange(21, dtype=np.float32)).reshape(7, 3)

    answers = respond(neuron, weights, signals)

    wanted = np.tanh(signals @ weights)
    assert isinstance(answers, jax.Array), f"one array was wanted, not a {type(answers).__name__}"
    assert seen == [((3,), (3,))], f"one signal, seen once, was wanted; the neuron saw {seen}"
    assert_allclose(answers, wanted, rtol=1e-5, strict=True, err_msg="one answer for each signal")

    def program(signals):
        return respond(neuron, weights, signals)

    one_by_one = loops(program, (signals[:5],), (signals,))
    assert not one_by_one, "a loop, in Python or compiled, takes one signal after the other"


def for_all_velocities(drag):
    """A function of (velocities, wind, density): drag(velocity, wind, density) for each row.

    `velocities` is a table with one velocity per row. All of them meet one wind, a vector, and one
    density, a number.
    """
    # BEGIN PROMPT: tell vmap which arguments are shared
    # BEGIN SOLUTION
    return jax.vmap(drag, in_axes=(0, None, None))
    # END SOLUTION


def test_in_axes_selects_the_mapped_arguments():
    """Left to itself, vmap takes every argument apart. What is shared must be named.

    `jax.vmap(f, in_axes=...)` takes a tuple with one entry for each argument: 0 maps over the
    first axis, None hands the argument over whole, to every example.
    """
    # HINT: jax.vmap(drag) alone would split the wind, and raise an error at the density. Which of
    #   the three arguments is to be split?
    # HINT: Three entries: one for the velocities, one for the wind, one for the density.
    # HINT: return jax.vmap(drag, in_axes=(0, None, None))
    seen = []

    def drag(velocity, wind, density):
        seen.append((velocity.shape, wind.shape, jnp.shape(density)))
        air = velocity - wind
        return -density * jnp.sqrt(jnp.sum(air**2)) * air

    velocities = np.cos(np.arange(21, dtype=np.float32)).reshape(7, 3)
    wind = np.array([1.0, -2.0, 0.5], dtype=np.float32)
    forces = for_all_velocities(drag)

    forces(velocities, wind, 1.25)
    assert seen == [((3,), (3,), ())], f"one velocity and the wind, once, were wanted; saw {seen}"
    air = velocities - wind
    for density in (1.25, -4.0):
        found = forces(velocities, wind, density)
        wanted = -density * np.linalg.norm(air, axis=1, keepdims=True) * air
        assert_allclose(found, wanted, rtol=1e-5, strict=True, err_msg=f"density {density}")
    one_by_one = loops(forces, (velocities[:5], wind, 1.25), (velocities, wind, 1.25))
    assert not one_by_one, "a loop, in Python or compiled, takes one velocity after the other"


def station_trends(trend, readings, offsets):
    """trend(series, offset) for each station: column k of `readings` goes with offsets[k].

    `readings` has one row for each hour and one column for each station.
    """
    # BEGIN PROMPT: map over the stations
    # return jax.vmap(trend)(readings, offsets)
    # BEGIN SOLUTION
    return jax.vmap(trend, in_axes=(1, 0))(readings, offsets)
    # END SOLUTION


def test_the_entries_of_in_axes_are_axis_numbers():
    """Mapped axes must be of one length. Where a wrong one happens to be, nobody notices."""
    # HINT: Read the error: which axis of which argument does vmap take, and how long is it?
    # HINT: The stations are axis 1 of the readings and axis 0 of the offsets.
    # HINT: jax.vmap(trend, in_axes=(1, 0)); to transpose the table first is right too.
    trend = counted(lambda series, offset: jnp.max(series) - 2 * series[0] + offset)
    readings = np.array([[3.0, -1.0, 4.0], [1.0, 5.0, 9.0], [2.0, 6.0, 5.0], [8.0, 9.0, 7.0]])
    offsets = np.array([0.5, -0.25, 10.0])

    four_hours = station_trends(trend, readings, offsets)
    assert trend.count == 1, f"Python ran `trend` {trend.count} times; vmap needs it once"
    three_hours = station_trends(trend, readings[:3], offsets)

    message = "four hours, three stations: each column of readings with its own offset"
    assert_allclose(four_hours, [2.5, 10.75, 11.0], err_msg=message)
    message = "three hours, three stations: now a row is as long, and a column still is a station"
    assert_allclose(three_hours, [-2.5, 7.75, 11.0], err_msg=message)

    def program(readings, offsets):
        return station_trends(trend, readings, offsets)

    one_by_one = loops(program, (readings[:, :2], offsets[:2]), (readings, offsets))
    assert not one_by_one, "a loop, in Python or compiled, takes one station after the other"


def over_time(measure, times):
    """measure(time) for each of the times, in one array, with the times along its last axis.

    `measure` takes one time and answers with an array of any shape.
    """
    # BEGIN PROMPT: put the new axis last
    # BEGIN SOLUTION
    return jax.vmap(measure, out_axes=-1)(times)
    # END SOLUTION


def test_out_axes_sets_the_batch_axis_of_the_output():
    """vmap stacks its results along axis 0. `out_axes=` names another axis of the result.

    With the times last, `x, y = over_time(...)` takes the coordinates apart.
    """
    # HINT: A negative axis counts from the end, as in NumPy, so it fits any shape.
    # HINT: jax.vmap(measure, out_axes=...) takes one axis number.
    # HINT: The last axis is -1.

    def place(time):
        return jnp.stack([3 * time, time**2])

    def stress(time):
        return jnp.array([[1.0, 2.0], [-3.0, 4.0]]) * time

    times = np.array([0.5, -1.0, 2.0])

    places = over_time(place, times)
    assert places.shape == (2, 3), f"two coordinates, and last three times; not {places.shape}"
    x, y = places
    assert_allclose(x, [1.5, -3.0, 6.0], rtol=1e-5, err_msg="x at the three times")
    assert_allclose(y, [0.25, 1.0, 4.0], rtol=1e-5, err_msg="y at the three times")
    stresses = over_time(stress, times[:2])
    wanted = [[[0.5, -1.0], [1.0, -2.0]], [[-1.5, 3.0], [2.0, -4.0]]]
    assert_allclose(stresses, wanted, rtol=1e-5, err_msg="2 by 2, the time last")
    one_by_one = loops(lambda times: over_time(place, times), (times[:2],), (times,))
    assert not one_by_one, "a loop, in Python or compiled, takes one time after the other"


def cleaned(clean, spectra, leak):
    """clean(spectrum, leak) for each row of `spectra`; leak, a number or an array, is shared."""
    # BEGIN PROMPT: share the leak in a way that vmap understands
    # return jax.vmap(clean, in_axes=(0, None))(spectra, leak=leak)
    # BEGIN SOLUTION
    return jax.vmap(clean, in_axes=(0, None))(spectra, leak)
    # END SOLUTION


def test_in_axes_does_not_apply_to_keyword_arguments():
    """in_axes counts positions. An argument given by name is always mapped over its axis 0.

    So a shared one is refused, or, as long as the batch by chance, split without a word.
    """
    # HINT: Read the error: how many arguments does vmap count, and how many entries?
    # HINT: Give the leak by position, or bind it before vmap sees the function.
    # HINT: (spectra, leak) in the last brackets; a lambda or functools.partial is right too.
    clean = counted(lambda spectrum, leak: spectrum - leak * jnp.sum(spectrum))
    spectra = np.array([[1.0, -2.0], [4.0, 8.0]])

    even = cleaned(clean, spectra, 0.5)
    assert clean.count == 1, f"Python ran `clean` {clean.count} times; vmap needs it once"
    uneven = cleaned(clean, spectra, np.array([0.5, -1.0]))

    message = "one number as leak, times the sum of each spectrum by itself"
    assert_allclose(even, [[1.5, -1.5], [-2.0, 2.0]], rtol=1e-5, err_msg=message)
    shared = "each spectrum meets both leaks: were they split among the spectra?"
    assert_allclose(uneven, [[1.5, -3.0], [-2.0, 20.0]], rtol=1e-5, err_msg=shared)
    one_by_one = loops(lambda spectra: cleaned(clean, spectra, 0.5), (spectra[:1],), (spectra,))
    assert not one_by_one, "a loop, in Python or compiled, takes one spectrum after the other"


# You can say for each argument and each result whether it has the batch, and on which axis.
# Next: two batches at once, and what jit and vectorize have to do with it.
