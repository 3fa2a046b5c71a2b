"""Branches and loops under vmap: all elements of a batch execute the same operations."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, executed, largest, primitives


def fly(inside, drift, bounce, positions):
    """For each row p of `positions`, return drift(p) if inside(p) is True, else bounce(p).

    `inside` returns a bool scalar; `drift` and `bounce` return an array of the shape of p.
    """

    # TODO: make `step` work under vmap, where inside(position) is a tracer
    def step(position):
        if inside(position):
            return drift(position)
        return bounce(position)

    return jax.vmap(step)(positions)


def test_vmap_rejects_an_if_on_a_mapped_value():
    """Under vmap, a value of one example is a tracer that stands for the whole batch.

    It has no single truth value, so an `if` raises an error, even without jit. Each element of the
    batch has to select its own result.
    """
    inside = counted(lambda position: jnp.sum(position**2) < 1)
    positions = np.array([[0.5, -0.5], [3.0, 4.0], [0.0, 0.0], [-2.0, 0.0]])

    moved = fly(inside, lambda p: p + 0.25, lambda p: p / jnp.sum(p**2), positions)

    expected = np.array([[0.75, -0.25], [0.12, 0.16], [0.25, 0.25], [-0.5, 0.0]])
    message = "each row p: expected p + 0.25 inside the unit circle, p / |p|**2 outside"
    assert_allclose(moved, expected, rtol=1e-5, err_msg=message)
    assert inside.count == 1, f"inside: expected one call for the batch, got {inside.count}"
    turned = fly(inside, lambda p: -p, lambda p: p[::-1], positions)
    expected = np.array([[-0.5, 0.5], [4.0, 3.0], [0.0, 0.0], [0.0, -2.0]])
    message = "each row p: expected -p inside the unit circle, p[::-1] outside"
    assert_allclose(turned, expected, err_msg=message)

    def function(positions):
        return fly(inside, lambda p: -p, lambda p: p[::-1], positions)

    used = primitives(function, positions)
    assert not used & {"scan", "while"}, "expected no loop over the rows, got a compiled loop"
    few, many = equations(function, positions[:2]), equations(function, positions)
    assert few == many, f"expected equal equation counts for 2 and 4 rows, got {few} and {many}"


def test_vmap_of_cond_can_run_both_branches():
    """`lax.cond` runs one branch. If vmap maps its pred, the elements may need different branches.

    Then vmap replaces the cond with a select (`select_n`, the primitive of jnp.where), and both
    branches run for the whole batch. vmap decides while tracing, so values do not matter.
    `executed(f)` counts one run for the whole batch as one.
    """
    heat, cool = executed(lambda t: t + 2.0), executed(lambda t: t - 1.0)

    def thermostat(cold, t):
        return lax.cond(cold, heat, cool, t)

    per_room = jax.vmap(thermostat)
    for_all = jax.vmap(thermostat, in_axes=(None, 0))
    t = jnp.array([15.0, 22.0, 18.0])
    selections = {"cond", "select_n"}

    assert sorted(primitives(per_room, t < 20, t) & selections) == __
    assert sorted(primitives(for_all, True, t) & selections) == __

    jax.jit(per_room)(t < 20, t)
    jax.jit(per_room)(t < 90, t)  # every room is cold
    assert [heat.runs(), cool.runs()] == __
    jax.jit(for_all)(True, t)
    assert [heat.runs(), cool.runs()] == __


def test_a_batched_while_loop_waits_for_its_slowest_element():
    """Under vmap, all elements share one while loop, which ends when every condition is False.

    An element whose condition is already False keeps its values. The body still runs for it, but
    the result is dropped. `executed(f)` counts one run for the whole batch as one.
    """

    def halve(carry):
        charge, count = carry
        return charge / 2, count + 1

    def halvings(body):
        return jax.jit(lambda charge: lax.while_loop(lambda c: c[0] >= 1, body, (charge, 0))[1])

    charges = jnp.array([4.0, 1.0, 32.0, 0.5])

    one_by_one, batched = executed(halve), executed(halve)
    single = halvings(one_by_one)

    assert [int(single(charge)) for charge in charges] == [3, 1, 6, 0]
    assert one_by_one.runs() == __
    assert jax.vmap(halvings(batched))(charges).tolist() == __
    assert batched.runs() == __


def potentials(potential, points, batch_size):
    """Return potential(point) for each element of `points`, shape (points,).

    Evaluate `batch_size` points at once, in a compiled loop over such batches. The last batch may
    be smaller. `potential` takes a scalar and returns a scalar.
    """
    # TODO: use lax.map
    raise NotImplementedError


def test_lax_map_in_batches_limits_the_memory():
    """vmap holds intermediate values for the whole batch: 1 MB per example is 1 GB for 1000.

    `lax.map(f, xs)` is a scan over the rows of xs: it needs the memory of one example, and is slow.
    With `batch_size=n` it applies vmap to n rows at a time. `largest(f, x)` is the number of
    elements of the largest array that f(x) computes.
    """
    charges = np.linspace(-2.0, 3.0, 50, dtype=np.float32)

    def potential(point):  # its intermediate values have one element per charge
        return jnp.sum(1 / (1 + jnp.abs(charges - point)))

    points = np.linspace(-5.0, 5.0, 23, dtype=np.float32)
    expected = (1 / (1 + np.abs(charges - points[:, None]))).sum(1)

    def function(batch_size):
        return lambda points: potentials(potential, points, batch_size)

    for count, batch_size in ((23, 4), (23, 2), (20, 5), (3, 4)):
        found = potentials(potential, points[:count], batch_size)
        message = f"{count} points, {batch_size} at once"
        assert_allclose(found, expected[:count], rtol=1e-5, strict=True, err_msg=message)
    few, many = (largest(function(4), points[:n]) for n in (11, 23))
    message = (
        f"4 at once: expected equal memory for 11 and 23 points, got {few} and {many} elements"
    )
    assert few == many, message
    two = largest(function(2), points)
    message = f"expected twice the memory for 4 at once as for 2, got {many} and {two} elements"
    assert many == 2 * two, message
    used = primitives(function(4), points)
    assert used & {"scan", "while"}, f"expected a scan or while in the jaxpr, got {sorted(used)}"


# You know what a batch costs: both branches, the iterations of the slowest element, and memory.
# Next, in chapter 06: derivatives of code, which vmap evaluates at many points.
