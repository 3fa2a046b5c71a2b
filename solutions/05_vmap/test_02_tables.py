"""Nested vmaps, which evaluate a function on a grid, and `jnp.vectorize`, which nests vmaps."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, primitives


def test_the_outer_vmap_adds_the_first_axis():
    """One vmap pairs its mapped arguments element by element, as zip does.

    Two nested vmaps combine every element of one argument with every element of the other. Each
    vmap adds one batch axis to the output. The outer one is like the outer of two loops.
    """

    # HINT: One vmap: the first force with the first distance, the second with the second, ...
    # HINT: In `by_force`, the outer vmap maps the forces, and the inner one the distances.
    # HINT: There are 3 forces and 6 distances.
    def work(force, distance):
        return force * distance

    forces = jnp.array([10.0, 20.0, 30.0])
    distances = jnp.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    by_force = jax.vmap(jax.vmap(work, in_axes=(None, 0)), in_axes=(0, None))
    by_distance = jax.vmap(jax.vmap(work, in_axes=(0, None)), in_axes=(None, 0))

    assert jax.vmap(work)(forces, distances[:3]).tolist() == __([10.0, 40.0, 90.0])
    # WHY: One vmap pairs element k of the forces with element k of the distances.
    # IF [[10.0, 20.0, 30.0], [20.0, 40.0, 60.0], [30.0, 60.0, 90.0]]: All pairs need two nested
    #   vmaps. This is one.
    # IF (10.0, 40.0, 90.0): tolist() returns a list.
    # IF 140.0: vmap stacks the outputs; it does not add them.
    # IF [10.0, 20.0, 30.0]: Each force is multiplied by its own distance: 1, 2 and 3.
    assert by_force(forces, distances).shape == __((3, 6))
    # WHY: The outer vmap maps the 3 forces, so their axis comes first.
    # IF (6, 3): The inner vmap maps the 6 distances, so their axis comes last.
    # IF (18,): Each vmap adds one axis. Nothing is flattened.
    # IF 18: 18 is the number of elements. A shape is a tuple.
    # IF (3,): The inner vmap adds an axis too.
    # IF (6,): The outer vmap adds an axis too.
    assert by_distance(forces, distances).shape == __((6, 3))
    # WHY: The outer vmap maps the 6 distances, so their axis comes first.
    # IF (3, 6): The order of the arguments does not matter. The outer vmap maps the distances.
    # IF (6,): The inner vmap adds an axis too.
    # IF (3,): The outer vmap adds an axis too.
    # IF (18,): Each vmap adds one axis. Nothing is flattened.


def calibration_table(celsius, voltages, curvatures, gain, offset):
    """Return celsius(voltage, curvature, gain, offset) for each curvature and each voltage.

    `celsius` is a function of four scalars. The output has one row per curvature and one column per
    voltage. All elements share the scalars gain and offset.
    """
    # BEGIN PROMPT: combine each curvature with each voltage by two nested vmaps
    # BEGIN SOLUTION
    one_curvature = jax.vmap(celsius, in_axes=(0, None, None, None))
    return jax.vmap(one_curvature, in_axes=(None, 0, None, None))(
        voltages, curvatures, gain, offset
    )
    # END SOLUTION


def test_two_nested_vmaps_make_a_table():
    """A function returned by vmap is a function like any other, so vmap can map it again.

    It takes the same arguments in the same order, so the outer `in_axes=` has as many entries as
    the inner one.
    """
    # HINT: First make a function of all voltages and one curvature. Then map it over curvatures.
    # HINT: The inner in_axes maps the voltages alone, the outer one the curvatures alone.
    # HINT: (0, None, None, None) inside, (None, 0, None, None) outside.
    seen = []

    def celsius(voltage, curvature, gain, offset):
        seen.append([jnp.shape(argument) for argument in (voltage, curvature, gain, offset)])
        return curvature * voltage**2 + gain * voltage + offset

    voltages = np.linspace(0.0, 5.0, 6, dtype=np.float32)
    curvatures = np.linspace(0.0, 1.0, 3, dtype=np.float32)
    table = calibration_table(celsius, voltages, curvatures, 1.0, 1.0)

    message = f"celsius: expected one call with four scalars, got shapes {seen}"
    assert seen == [[(), (), (), ()]], message
    expected = [[1, 2, 3, 4, 5, 6], [1, 2.5, 5, 8.5, 13, 18.5], [1, 3, 7, 13, 21, 31]]
    expected = np.array(expected, dtype=np.float32)
    message = "3 curvatures, 6 voltages: expected one row per curvature"
    assert_allclose(table, expected, rtol=1e-5, strict=True, err_msg=message)
    table = calibration_table(celsius, voltages[1:3], curvatures[1:], 3.0, -2.0)
    message = "2 curvatures, 2 voltages, gain 3, offset -2"
    assert_allclose(table, [[1.5, 6.0], [2.0, 8.0]], rtol=1e-5, err_msg=message)

    def function(curvatures, voltages):
        return calibration_table(celsius, voltages, curvatures, 1.0, 1.0)

    few, many = (
        equations(function, curvatures[:2], voltages[:4]),
        equations(function, curvatures, voltages),
    )
    message = f"expected equal equation counts for 2 x 4 and 3 x 6 elements, got {few} and {many}"
    assert few == many, message
    used = primitives(function, curvatures, voltages)
    assert not used & {"scan", "while"}, f"expected no compiled loop, got {sorted(used)}"


def test_jit_inside_vmap_is_traced_for_one_example():
    """vmap(jit(f)) and jit(vmap(f)) return the same values, but jit sees different shapes.

    In vmap(jit(f)), jit traces f for one example. In jit(vmap(f)), it traces the function of the
    whole batch. This second order is usual, since all operations are compiled together.
    """
    # HINT: The second batch has more rows. Does one example have another shape?
    # HINT: In vmap(jit(f)), jit sees shape (3,) in both calls. Which shapes does it see in
    #   jit(vmap(f))?
    inside, outside = (counted(lambda velocity: jnp.sum(velocity**2) / 2) for _ in range(2))
    jit_inside, jit_outside = jax.vmap(jax.jit(inside)), jax.jit(jax.vmap(outside))
    velocities = np.ones((7, 3), dtype=np.float32)

    jit_inside(velocities[:5]), jit_outside(velocities[:5])
    assert [inside.count, outside.count] == __([1, 1])
    # WHY: Each jit traces its function once for the first batch, not once per example.
    # IF [5, 1]: vmap does not call the function for each of the five examples.
    # IF [5, 5]: vmap does not call the function for each of the five examples.
    # IF [1, 5]: vmap does not call the function for each of the five examples.
    # IF [0, 1]: jit has to trace inside vmap too.
    # IF (1, 1): The left side is a list.
    jit_inside(velocities), jit_outside(velocities)
    assert [inside.count, outside.count] == __([1, 2])
    # WHY: One example has shape (3,) again; the batch has the new shape (7, 3).
    # IF [1, 1]: The outer jit sees shape (7, 3) after (5, 3), so it traces again.
    # IF [2, 2]: The inner jit sees shape (3,) in both calls, so its first trace serves both.
    # IF [2, 1]: `inside` is the count of the inner jit, which sees shape (3,) in both calls.
    # IF [12, 2]: vmap does not call the function for each of the examples.
    # IF [7, 2]: vmap does not call the function for each of the examples.


def test_vectorize_maps_every_axis_where_vmap_maps_one():
    """`jnp.vectorize(f)` applies a function of scalars to arrays, as np.vectorize does.

    np.vectorize is a Python loop over the elements; jnp.vectorize uses vmap and runs f once, on
    tracers. Of the optional arguments of np.vectorize it has `excluded` and `signature`, and no
    others.
    """
    # HINT: The array has two rows of three. vmap removes the first axis from what `spring` sees.
    # HINT: vectorize removes every axis.
    # HINT: How many elements does NumPy loop over?
    seen = []

    def spring(stretch):
        seen.append(np.shape(stretch))
        return -2.0 * stretch

    stretches = np.array([[0.5, 1.0, 1.5], [2.0, 2.5, 3.0]])

    jax.vmap(spring)(stretches)
    assert seen.pop() == __((3,))
    # WHY: vmap maps axis 0, of length 2, so the function sees one row.
    # IF (2,): 2 is the length of the mapped axis. The function sees the axis that is left.
    # IF (2, 3): (2, 3) is the shape of the batch. The function sees one example.
    # IF (): By default, vmap maps one axis, not both.
    # IF 3: A shape is a tuple.
    jnp.vectorize(spring)(stretches)
    assert seen.pop() == __(())
    # WHY: Without a signature, vectorize maps every axis, so the function sees a scalar.
    # IF (3,): (3,) is what vmap leaves. vectorize maps this axis too.
    # IF (2, 3): (2, 3) is the shape of the batch. The function sees one element.
    # IF (1,): A scalar has no axis, so its shape is ().
    # IF (6,): vectorize does not flatten the batch for the function.

    by_numpy, by_jax = counted(spring), counted(spring)
    np.vectorize(by_numpy, otypes=[float])(stretches)  # otypes saves NumPy a call to find the dtype
    jnp.vectorize(by_jax)(stretches)
    assert [by_numpy.count, by_jax.count] == __([6, 1])
    # WHY: NumPy calls the function for each of the 6 elements, JAX once with a tracer.
    # IF [6, 6]: jnp.vectorize runs the function once, on a tracer that stands for every element.
    # IF [1, 1]: np.vectorize is a Python loop, so it calls the function for each element.
    # IF [2, 1]: np.vectorize loops over the elements, not over the rows.
    # IF [1, 6]: The first count is NumPy's, the second JAX's.
    # IF [6, 2]: jnp.vectorize nests two vmaps here, and the function still runs once.
    # IF [7, 1]: With `otypes`, NumPy needs no further call to find the dtype.


def overlaps(overlap, left, right):
    """Return overlap(a, b) for pairs of a row a of `left` and a row b of `right`.

    `overlap` takes two arrays of shape (n,) and returns a scalar. Rows lie along the last axis. The
    other axes are broadcast, as in NumPy: shapes (4, 1, 3) and (5, 3) give an output of shape
    (4, 5), one element per pair of rows.
    """
    # BEGIN PROMPT: keep the last axis for `overlap`, and map all others
    # BEGIN SOLUTION
    return jnp.vectorize(overlap, signature="(n),(n)->()")(left, right)
    # END SOLUTION


def test_a_signature_names_the_axes_that_are_not_mapped():
    """`jnp.vectorize(f, signature=...)` maps all axes except those that the signature lists.

    In "(n),(m)->(k)", f takes two arrays with one axis each and returns a third one. Axes with the
    same letter must have the same length; () is a scalar. JAX requires a signature without spaces.
    vectorize nests as many vmaps as the shapes of the arguments require.
    """
    # HINT: What does `overlap` take, and what does it return? Write that as a signature.
    # HINT: Two arrays of the same length give a scalar: one letter twice, then "->()".
    seen = []

    def overlap(a, b):
        seen.append((a.shape, b.shape))
        return jnp.sum(a * b) / (1 + jnp.sum(b**2))

    left = np.sin(np.arange(12, dtype=np.float32)).reshape(4, 1, 3)
    right = np.cos(np.arange(15, dtype=np.float32)).reshape(5, 3)

    table = overlaps(overlap, left, right)
    kind = type(table).__name__
    assert isinstance(table, jax.Array), f"expected one array of all overlaps, got {kind}"
    message = f"overlap: expected one call with shapes (3,) and (3,), got {seen}"
    assert seen == [((3,), (3,))], message
    for a, b in ((left, right), (right, left[2, 0]), (right[0], right[1])):
        expected = (a * b).sum(-1) / (1 + (b**2).sum(-1))
        found = overlaps(overlap, a, b)
        message = f"left {a.shape}, right {b.shape}: expected overlap(left, right) per pair"
        expected = np.asarray(expected, dtype=found.dtype)
        assert_allclose(found, expected, rtol=1e-5, atol=1e-6, strict=True, err_msg=message)


# You can map functions of scalars or arrays over any number of axes.
# Next: branches and loops under vmap, where the elements of a batch need different work.
