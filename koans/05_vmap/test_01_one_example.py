"""`jax.vmap` turns a function of one example into a function of a whole batch."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, primitives


def has_loop(function, small, large):
    """Return whether a function loops over the batch, in Python or in compiled code.

    `small` and `large` are tuples of arguments, for a small and a large batch: an unrolled loop has
    more equations for the large one.
    """
    unrolled = equations(function, *small) < equations(function, *large)
    return unrolled or bool(primitives(function, *large) & {"scan", "while"})


def test_vmap_adds_a_batch_axis_to_every_operation():
    """vmap is no loop, and it starts no threads: it runs the Python function once, on tracers.

    Each operation on one example becomes, as a rule, the same operation on arrays that have one
    more axis, the batch axis. `jaxpr.out_avals` lists the shape and dtype of each output.
    """

    def celsius(voltage, gain, offset):
        return gain * voltage + offset

    def names(jaxpr):
        return [equation.primitive.name for equation in jaxpr.eqns]

    six = jnp.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    one = jax.make_jaxpr(celsius)(2.0, 0.5, 1.0)
    batch = jax.make_jaxpr(jax.vmap(celsius))(six, six, six)
    assert names(one) == ["mul", "add"], "what the jaxpr of one example holds"
    assert one.out_avals[0].shape == (), "the output for one example is a scalar"

    assert names(batch) == __
    assert batch.out_avals[0].shape == __


def respond(neuron, weights, signals):
    """Return neuron(weights, signal) for each row of `signals`, stacked into one array.

    `neuron` takes the weights and one signal. All signals share the weights.
    """
    # TODO: apply vmap to a function of one signal, without a loop
    raise NotImplementedError


def test_vmap_applies_a_function_of_one_example_to_a_batch():
    """`jax.vmap(fun)` returns a function that applies fun to every row, and stacks the outputs.

    fun is written for one example and never sees the batch axis. The neuron in this koan sums all
    elements, so a call with the matrix of all signals would return one scalar.
    """
    seen = []

    def neuron(weights, signal):
        seen.append((weights.shape, signal.shape))
        return jnp.tanh(jnp.sum(weights * signal))

    weights = np.array([0.5, -1.0, 2.0], dtype=np.float32)
    signals = np.sin(np.arange(21, dtype=np.float32)).reshape(7, 3)

    outputs = respond(neuron, weights, signals)

    kind = type(outputs).__name__
    assert isinstance(outputs, jax.Array), f"expected one array of all outputs, got {kind}"
    message = f"neuron: expected one call with shapes (3,) and (3,), got {seen}"
    assert seen == [((3,), (3,))], message
    expected = np.tanh(signals @ weights)
    message = "expected one output for each of the 7 signals"
    assert_allclose(outputs, expected, rtol=1e-5, strict=True, err_msg=message)
    loop = has_loop(lambda s: respond(neuron, weights, s), (signals[:5],), (signals,))
    assert not loop, "expected no loop, in Python or compiled, over the signals"


def for_all_velocities(drag):
    """Return a function of (velocities, wind, density): drag(velocity, wind, density) for each row.

    The rows of the matrix `velocities` are the examples. All of them share one wind, an array of
    shape (3,), and one density, a scalar.
    """
    # TODO: map the first argument of `drag`, and share the other two
    raise NotImplementedError


def test_in_axes_selects_the_mapped_arguments():
    """By default, vmap maps every argument over its first axis.

    `jax.vmap(fun, in_axes=...)` takes a tuple with one entry per argument: 0 maps the argument over
    its axis 0; None shares it, unchanged, among all examples.
    """
    seen = []

    def drag(velocity, wind, density):
        seen.append((velocity.shape, wind.shape, jnp.shape(density)))
        air = velocity - wind
        return -density * jnp.sqrt(jnp.sum(air**2)) * air

    velocities = np.cos(np.arange(21, dtype=np.float32)).reshape(7, 3)
    wind = np.array([1.0, -2.0, 0.5], dtype=np.float32)
    forces = for_all_velocities(drag)

    forces(velocities, wind, 1.25)
    message = f"drag: expected one call with shapes (3,), (3,) and (), got {seen}"
    assert seen == [((3,), (3,), ())], message
    for rows, density in ((7, 1.25), (7, -4.0), (3, 2.0)):
        air = velocities[:rows] - wind
        found = forces(velocities[:rows], wind, density)
        expected = -density * np.linalg.norm(air, axis=1, keepdims=True) * air
        message = f"{rows} velocities, density {density}"
        assert_allclose(found, expected, rtol=1e-5, strict=True, err_msg=message)
    loop = has_loop(forces, (velocities[:5], wind, 1.25), (velocities, wind, 1.25))
    assert not loop, "expected no loop, in Python or compiled, over the velocities"


def station_trends(trend, readings, offsets):
    """Return trend(series, offset) for each station, shape (stations,).

    `readings` has shape (hours, stations): the series of station k is column k. Its offset is
    offsets[k].
    """
    # TODO: map over the stations
    return jax.vmap(trend)(readings, offsets)


def test_the_entries_of_in_axes_are_axis_numbers():
    """Each entry of `in_axes=` is the axis over which vmap maps the corresponding argument.

    All mapped axes must have the same length, or vmap raises ValueError. If the wrong axis has the
    right length, vmap cannot notice, and the result is silently wrong.
    """
    trend = counted(lambda series, offset: jnp.max(series) - 2 * series[0] + offset)
    readings = np.array([[3.0, -1.0, 4.0], [1.0, 5.0, 9.0], [2.0, 6.0, 5.0], [8.0, 9.0, 7.0]])
    offsets = np.array([0.5, -0.25, 10.0])

    four_hours = station_trends(trend, readings, offsets)
    assert trend.count == 1, f"trend: expected one call, got {trend.count}"
    three_hours = station_trends(trend, readings[:3], offsets)

    message = "4 hours, 3 stations: expected the trend of each column with its own offset"
    expected = np.array([2.5, 10.75, 11.0], dtype=four_hours.dtype)
    assert_allclose(four_hours, expected, strict=True, err_msg=message)
    message = "3 hours, 3 stations: expected the trend of each column with its own offset"
    expected = np.array([-2.5, 7.75, 11.0], dtype=three_hours.dtype)
    assert_allclose(three_hours, expected, strict=True, err_msg=message)
    small, large = (readings[:, :2], offsets[:2]), (readings, offsets)
    loop = has_loop(lambda r, o: station_trends(trend, r, o), small, large)
    assert not loop, "expected no loop, in Python or compiled, over the stations"


def over_time(measure, times):
    """Return measure(time) for each element of `times`, in one array whose last axis is time.

    `measure` is a function of a scalar time, and returns an array with any number of axes.
    """
    # TODO: put the batch axis last
    raise NotImplementedError


def test_out_axes_sets_the_batch_axis_of_the_output():
    """`jax.vmap(fun, out_axes=n)` puts the batch axis at position n of the output; default: 0.

    If it is the last axis, `x, y = over_time(...)` unpacks the coordinates of a position.
    """

    def position(time):
        return jnp.stack([3 * time, time**2])

    def stress(time):
        return jnp.array([[1.0, 2.0], [-3.0, 4.0]]) * time

    times = np.array([0.5, -1.0, 2.0])

    positions = over_time(position, times)
    shape = np.shape(positions)
    assert shape == (2, 3), f"2 coordinates at 3 times: expected shape (2, 3), got {shape}"
    x, y = positions
    assert_allclose(x, [1.5, -3.0, 6.0], rtol=1e-5, err_msg="x at the three times")
    assert_allclose(y, [0.25, 1.0, 4.0], rtol=1e-5, err_msg="y at the three times")
    stresses = over_time(stress, times[:2])
    shape = np.shape(stresses)
    assert shape == (2, 2, 2), f"2 by 2 at 2 times: expected shape (2, 2, 2), got {shape}"
    expected = [[[0.5, -1.0], [1.0, -2.0]], [[-1.5, 3.0], [2.0, -4.0]]]
    message = "2 by 2 at 2 times: expected time along the last axis"
    assert_allclose(stresses, expected, rtol=1e-5, err_msg=message)
    scalars = over_time(lambda time: 2 * time, times)
    assert_allclose(scalars, [1.0, -2.0, 4.0], rtol=1e-5, err_msg="a scalar at three times")
    loop = has_loop(lambda t: over_time(position, t), (times[:2],), (times,))
    assert not loop, "expected no loop, in Python or compiled, over the times"


def cleaned(clean, spectra, leak):
    """Return clean(spectrum, leak) for each row of `spectra`, stacked into one array.

    `leak` is a scalar or an array, and is shared by all spectra.
    """
    # TODO: make vmap share the leak
    return jax.vmap(clean, in_axes=(0, None))(spectra, leak=leak)


def test_in_axes_does_not_apply_to_keyword_arguments():
    """`in_axes=` has entries for positional arguments; vmap maps keyword arguments over axis 0.

    A shared keyword argument raises an error, unless its axis 0 has the length of the batch: then
    each example silently gets one part of it.
    """
    clean = counted(lambda spectrum, leak: spectrum - leak * jnp.sum(spectrum))
    spectra = np.array([[1.0, -2.0], [4.0, 8.0]])

    even = cleaned(clean, spectra, 0.5)
    assert clean.count == 1, f"clean: expected one call, got {clean.count}"
    uneven = cleaned(clean, spectra, np.array([0.5, -1.0]))

    message = "leak 0.5: expected each spectrum minus half of its own sum"
    assert_allclose(even, [[1.5, -1.5], [-2.0, 2.0]], rtol=1e-5, err_msg=message)
    message = "leak [0.5, -1.0]: expected spectrum - leak * sum(spectrum) per row, with both leaks"
    assert_allclose(uneven, [[1.5, -3.0], [-2.0, 20.0]], rtol=1e-5, err_msg=message)
    loop = has_loop(lambda s: cleaned(clean, s, 0.5), (spectra[:1],), (spectra,))
    assert not loop, "expected no loop, in Python or compiled, over the spectra"


# You can set for each argument and each output whether and where it has a batch axis.
# Next: functions with two batch axes, and jnp.vectorize.
