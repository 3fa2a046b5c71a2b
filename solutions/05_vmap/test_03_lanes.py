"""In a batch all examples, or lanes, run one program; choices and loops have to fit them all."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, executed, largest, primitives


def fly(inside, drift, bounce, positions):
    """drift(position) for each row of `positions` where inside(position), else bounce(position)."""

    # BEGIN PROMPT: let each particle of the batch take its own way
    # def step(position):
    #     if inside(position):
    #         return drift(position)
    #     return bounce(position)
    #
    # return jax.vmap(step)(positions)
    # BEGIN SOLUTION
    def step(position):
        return jnp.where(inside(position), drift(position), bounce(position))

    return jax.vmap(step)(positions)
    # END SOLUTION


def test_vmap_rejects_an_if_on_a_mapped_value():
    """vmap alone, without jit, refuses an `if` on a value: the question has one answer per lane."""
    # HINT: inside(position) stands for all particles at once, some True and some False.
    # HINT: Work out both ways, then choose between them for each particle.
    # HINT: jnp.where(inside(position), drift(position), bounce(position))
    inside = counted(lambda position: jnp.sum(position**2) < 1)
    positions = np.array([[0.5, -0.5], [3.0, 4.0], [0.0, 0.0], [-2.0, 0.0]])

    moved = fly(inside, lambda p: p + 0.25, lambda p: p / jnp.sum(p**2), positions)

    wanted = [[0.75, -0.25], [0.12, 0.16], [0.25, 0.25], [-0.5, 0.0]]
    message = "each by itself: inside p + 0.25, outside p / |p|^2"
    assert_allclose(moved, wanted, rtol=1e-5, err_msg=message)
    assert inside.count == 1, f"Python asked `inside` {inside.count} times; once serves the batch"
    turned = fly(inside, lambda p: -p, lambda p: p[::-1], positions)
    wanted = [[-0.5, 0.5], [4.0, 3.0], [0.0, 0.0], [0.0, -2.0]]
    assert_allclose(turned, wanted, err_msg="each by itself: inside -p, outside x and y exchanged")

    def program(positions):
        return fly(inside, lambda p: -p, lambda p: p[::-1], positions)

    used = primitives(program, positions)
    assert not used & {"scan", "while"}, "a compiled loop takes one particle after the other"
    assert "select_n" in used, f"nothing chooses for each particle, only {sorted(used)}"
    two, four = equations(program, positions[:2]), equations(program, positions)
    assert two == four, f"2 particles make {two} equations, 4 make {four}: a loop in Python"


def test_vmap_of_cond_can_run_both_branches():
    """`lax.cond` runs one branch. Where the lanes disagree, both must run, and a select picks.

    vmap decides by what is mapped, not by the values. `executed` counts a batch as one run.
    """
    # HINT: Is the test of the cond one for each room, or one for all rooms?
    # HINT: A test for each room turns cond into select_n; a shared one leaves it a cond.
    # HINT: Three calls: heat runs in each of the first two, and cool too, though no room of the
    #   second call wants it. In the third call only one branch runs.
    heat, cool = executed(lambda t: t + 2.0), executed(lambda t: t - 1.0)

    def thermostat(cold, t):
        return lax.cond(cold, heat, cool, t)

    per_room = jax.vmap(thermostat)
    for_all = jax.vmap(thermostat, in_axes=(None, 0))
    t = jnp.array([15.0, 22.0, 18.0])
    choice = {"cond", "select_n"}

    assert primitives(per_room, t < 20, t) & choice == __({"select_n"})
    assert primitives(for_all, True, t) & choice == __({"cond"})

    assert jax.jit(per_room)(t < 20, t).tolist() == __([17.0, 21.0, 20.0])
    jax.jit(per_room)(t < 90, t)  # every room is cold
    assert [heat.runs(), cool.runs()] == __([2, 2])  # runs so far, both calls together
    jax.jit(for_all)(True, t)
    assert [heat.runs(), cool.runs()] == __([3, 2])  # all three calls together


def test_a_batched_while_loop_waits_for_its_slowest_element():
    """All lanes share one loop. A lane that is done keeps its answer, and waits for the others."""

    # HINT: One after the other: each lane pays for its own turns, and they add up.
    # HINT: In a batch one turn serves all lanes. Which lane is the last to stop?
    # HINT: 3 + 1 + 6 + 0 turns one after the other; the largest of these numbers together.
    def halve(carry):
        charge, turns = carry
        return charge / 2, turns + 1

    def turns_below_one(body):
        return jax.jit(lambda charge: lax.while_loop(lambda c: c[0] >= 1, body, (charge, 0))[1])

    charges = jnp.array([4.0, 1.0, 32.0, 0.5])

    apart, together = executed(halve), executed(halve)
    alone = turns_below_one(apart)

    assert [int(alone(charge)) for charge in charges] == [3, 1, 6, 0]
    assert apart.runs() == __(10)
    assert jax.vmap(turns_below_one(together))(charges).tolist() == __([3, 1, 6, 0])
    assert together.runs() == __(6)


def potentials(potential, points, at_once):
    """potential(point) for each point in the vector `points`, in one array.

    `at_once` points are worked out together, then the next ones; the last group may be smaller.
    """
    # BEGIN PROMPT: a compiled loop over groups of points
    # BEGIN SOLUTION
    return lax.map(potential, points, batch_size=at_once)
    # END SOLUTION


def test_lax_map_in_batches_limits_the_memory():
    """vmap holds what it computes on the way for all lanes at once: 1 MB each is 1 GB for 1000.

    `lax.map(f, xs)` is a scan that takes one x after the other: slow, but with memory for one, and
    a cond in f stays a cond. `batch_size=` takes that many at a time, as vmap does. The probe
    `largest(f, x)` is the number of elements of the largest array that f(x) computes.
    """
    # HINT: jax.vmap(potential)(points) has the right values and all of the memory at once.
    # HINT: lax.map takes the function, the points and the size of a group.
    # HINT: lax.map(potential, points, batch_size=...)
    charges = np.linspace(-2.0, 3.0, 50, dtype=np.float32)

    def potential(point):  # on the way: an array with one element for each charge
        return jnp.sum(1 / (1 + jnp.abs(charges - point)))

    points = np.linspace(-5.0, 5.0, 23, dtype=np.float32)
    wanted = (1 / (1 + np.abs(charges - points[:, None]))).sum(1)

    def program(at_once):
        return lambda points: potentials(potential, points, at_once)

    found = potentials(potential, points, 4)
    message = "23 points, 4 at once: five groups of 4, and a last one of 3"
    assert_allclose(found, wanted, rtol=1e-5, strict=True, err_msg=message)
    few, many = (largest(program(4), points[:n]) for n in (11, 23))
    assert few == many, f"11 points need {few} elements at once, 23 need {many}"
    two = largest(program(2), points)
    assert many == 2 * two, f"4 at once need {many} elements, 2 at once {two}: expected the half"
    used = primitives(program(4), points)
    assert used & {"scan", "while"}, "no loop in the program: all groups are written out"


# You know what a batch costs: both branches, the turns of the slowest lane, memory for all lanes.
# Next, in chapter 06: derivatives of code, which vmap takes to many points.
