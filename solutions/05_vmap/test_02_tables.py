"""vmap inside vmap gives a table; jnp.vectorize nests as many as the shapes ask for."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, primitives


def test_the_outer_vmap_adds_the_first_axis():
    """One vmap walks its mapped arguments in step, as zip does. For each with each, nest two.

    Every vmap adds an axis to the result. The outer one is the outer loop.
    """

    # HINT: In step: the first force with the first distance, and so on. No table.
    # HINT: The outer vmap of `by_force` takes one force; the inner one all distances for it.
    # HINT: Three forces, six distances. In `by_distance` the outer vmap maps the distances.
    def work(force, distance):
        return force * distance

    forces = jnp.array([10.0, 20.0, 30.0])
    distances = jnp.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    by_force = jax.vmap(jax.vmap(work, in_axes=(None, 0)), in_axes=(0, None))
    by_distance = jax.vmap(jax.vmap(work, in_axes=(0, None)), in_axes=(None, 0))

    assert jax.vmap(work)(forces, distances[:3]).tolist() == __([10.0, 40.0, 90.0])
    assert by_force(forces, distances).shape == __((3, 6))
    assert by_distance(forces, distances).shape == __((6, 3))


def calibration_table(celsius, voltages, bends, gain, offset):
    """celsius(voltage, bend, gain, offset) for every bend and every voltage.

    One row for each bend, one column for each voltage; gain and offset are shared numbers.
    """
    # BEGIN PROMPT: each bend with each voltage, from a function of one of each
    # BEGIN SOLUTION
    one_bend = jax.vmap(celsius, in_axes=(0, None, None, None))
    return jax.vmap(one_bend, in_axes=(None, 0, None, None))(voltages, bends, gain, offset)
    # END SOLUTION


def test_two_nested_vmaps_make_a_table():
    """What vmap answers with is a function like any other: vmap takes it again.

    It keeps the order of its arguments, so the second in_axes has four entries too.
    """
    # HINT: First a function of all voltages and one bend. Then vmap that one over the bends.
    # HINT: The inner in_axes has its 0 at the voltages, the outer one at the bends.
    # HINT: (0, None, None, None) inside, (None, 0, None, None) outside.
    seen = []

    def celsius(voltage, bend, gain, offset):
        seen.append([jnp.shape(number) for number in (voltage, bend, gain, offset)])
        return bend * voltage**2 + gain * voltage + offset

    voltages = np.linspace(0.0, 5.0, 6, dtype=np.float32)
    bends = np.linspace(0.0, 1.0, 3, dtype=np.float32)
    table = calibration_table(celsius, voltages, bends, 1.0, 1.0)

    first = [[1, 2, 3, 4, 5, 6], [1, 2.5, 5, 8.5, 13, 18.5], [1, 3, 7, 13, 21, 31]]
    assert seen == [[(), (), (), ()]], f"four single numbers, seen once, were wanted; saw {seen}"
    wanted = np.array(first, dtype=np.float32)
    assert_allclose(table, wanted, rtol=1e-5, strict=True, err_msg="a row for each bend")
    table = calibration_table(celsius, voltages[1:3], bends[1:], 3.0, -2.0)
    assert_allclose(table, [[1.5, 6.0], [2.0, 8.0]], rtol=1e-5, err_msg="gain 3, offset -2")

    def program(bends, voltages):
        return calibration_table(celsius, voltages, bends, 1.0, 1.0)

    few, many = equations(program, bends[:2], voltages[:4]), equations(program, bends, voltages)
    assert few == many, f"2 x 4 makes {few} equations, 3 x 6 makes {many}: a loop in Python"
    used = primitives(program, bends, voltages)
    assert not used & {"scan", "while"}, "a compiled loop fills the table piece by piece"


def test_jit_inside_vmap_is_traced_for_one_example():
    """Outside or inside, the answers are the same, but jit remembers what it has seen.

    Outside it has seen a batch, and compiles all of the work as one program: its usual place.
    """
    # HINT: In the second round the batch is larger. Is the single example different?
    # HINT: Inside, jit sees an example of three numbers, both times.
    # HINT: Outside, jit sees five rows and then seven, which is a new shape.
    inside, outside = (counted(lambda velocity: jnp.sum(velocity**2) / 2) for _ in range(2))
    jit_inside, jit_outside = jax.vmap(jax.jit(inside)), jax.jit(jax.vmap(outside))
    velocities = np.ones((7, 3), dtype=np.float32)

    jit_inside(velocities[:5]), jit_outside(velocities[:5])
    assert [inside.count, outside.count] == __([1, 1])
    jit_inside(velocities), jit_outside(velocities)
    assert [inside.count, outside.count] == __([1, 2])


def test_vectorize_maps_every_axis_where_vmap_maps_one():
    """`jnp.vectorize` has its name from NumPy, and its work from vmap: one run, on tracers.

    Its function sees single numbers, whatever the shape. NumPy's runs Python for each of them, and
    takes options such as `otypes`, the dtypes to answer with. JAX's does not have this one: Python
    complains, as it does of any argument that a function does not know.
    """
    # HINT: The table has two rows of three. vmap removes the first axis, vectorize every axis.
    # HINT: NumPy needs a run for each of the six numbers, JAX one run for all.
    # HINT: Try (lambda x: x)(1, otypes=[float]) in a prompt: Python calls this a TypeError.
    seen = []

    def spring(stretch):
        seen.append(np.shape(stretch))
        return -2.0 * stretch

    table = np.array([[0.5, 1.0, 1.5], [2.0, 2.5, 3.0]])

    jax.vmap(spring)(table)
    assert seen.pop() == __((3,))
    jnp.vectorize(spring)(table)
    assert seen.pop() == __(())

    by_numpy, by_jax = counted(spring), counted(spring)
    np.vectorize(by_numpy, otypes=[float])(table)
    jnp.vectorize(by_jax)(table)
    assert [by_numpy.count, by_jax.count] == __([6, 1])

    with pytest.raises(Exception) as met:
        jnp.vectorize(spring, otypes=[float])
    assert met.type is __(TypeError)


def overlaps(overlap, left, right):
    """overlap(a, b) for the vectors a, b along the last axes of `left` and `right`.

    All axes before the last one broadcast, as in NumPy: (4, 1, 3) with (5, 3) gives (4, 5).
    """
    # BEGIN PROMPT: leave the last axis to overlap, and map all others
    # BEGIN SOLUTION
    return jnp.vectorize(overlap, signature="(n),(n)->()")(left, right)
    # END SOLUTION


def test_a_signature_names_the_axes_that_are_not_mapped():
    """vmap must be told of each axis. vectorize finds out from the shapes how many vmaps to nest.

    `jnp.vectorize(f, signature="(n),(m)->(k)")`: f takes one vector and another, and answers with
    a vector. Two axes that must be of one length bear one letter, and () is a single number.
    """
    # HINT: overlap takes two vectors of one length and answers with a single number.
    # HINT: The axes in the signature are left to overlap; all axes before them are mapped.
    # HINT: signature="(n),(n)->()"
    seen = []

    def overlap(a, b):
        seen.append((a.shape, b.shape))
        return jnp.sum(a * b) / (1 + jnp.sum(b**2))

    left = np.sin(np.arange(12, dtype=np.float32)).reshape(4, 1, 3)
    right = np.cos(np.arange(15, dtype=np.float32)).reshape(5, 3)

    table = overlaps(overlap, left, right)
    assert isinstance(table, jax.Array), f"one array was wanted, not a {type(table).__name__}"
    assert seen == [((3,), (3,))], f"two vectors, seen once, were wanted; saw {seen}"
    for a, b in ((left, right), (right, left[2, 0])):
        found = overlaps(overlap, a, b)
        wanted = (a * b).sum(-1) / (1 + (b**2).sum(-1))
        message = f"overlap(a, b), a from left: shapes {a.shape} and {b.shape}"
        assert_allclose(found, wanted, rtol=1e-5, atol=1e-6, err_msg=message)
        assert found.shape == wanted.shape, f"{message} give {found.shape}, not {wanted.shape}"


# You can make tables of any number of axes from a function of single numbers or vectors.
# Next: functions with branches and loops, where the examples of a batch want different things.
