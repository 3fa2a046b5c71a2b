"""The reverse pass walks back through every turn of a loop: it must know how many there were."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax.test_util import check_grads
from numpy.testing import assert_allclose

from jax_koans import __, equations, primitives


def test_unrolled_and_compiled_loops_have_the_same_derivative():
    """What a loop computes does not depend on how it is written, nor does its derivative.

    The program of the derivative does: for an unrolled loop it holds each turn again, backwards.
    """

    # HINT: Both compute the square root. Its derivative at 16 is 1 / (2 * 4).
    # HINT: The slopes are rounded to four digits, and equal: a list of twice the same number.
    # HINT: Which program is longer for 40 turns than for 10? A list of names.
    def unrolled(x, turns):
        root = x
        for _ in range(turns):
            root = (root + x / root) / 2
        return root

    def rolled(x, turns):
        return lax.fori_loop(0, turns, lambda i, root: (root + x / root) / 2, x)

    ways = {"unrolled": unrolled, "rolled": rolled}
    slopes = [round(float(jax.grad(way)(16.0, 10)), 4) for way in ways.values()]
    assert slopes == __([0.125, 0.125])

    def size(way, turns):
        return equations(lambda x: jax.grad(way)(x, turns), 16.0)

    growing = [name for name, way in ways.items() if size(way, 40) > size(way, 10)]
    assert growing == __(["unrolled"])


def test_a_while_loop_has_no_reverse_mode():
    """grad needs what each turn computed, from the last one back to the first, so JAX must set
    memory aside for every turn. Of a while loop it does not know how many there will be. The
    error is of the class that `int("four")` raises: the argument is of the right type, but this
    one will not do.
    """

    # HINT: The loop itself runs, and comes close to the square root of 16.
    # HINT: Type int("four") into a prompt, and read the error's first word.
    # HINT: ValueError. A number of turns that is fixed is fine: the slope is 1 / (2 * 4).
    def until_close(x):
        def far(root):
            return abs(root**2 - x) > 1e-3 * x

        return lax.while_loop(far, lambda root: (root + x / root) / 2, x)

    def ten_turns(x):
        return lax.fori_loop(0, 10, lambda i, root: (root + x / root) / 2, x)

    assert round(float(until_close(16.0)), 2) == __(4.0)
    with pytest.raises(Exception) as met:
        jax.grad(until_close)(16.0)
    assert met.type is __(ValueError)
    assert round(float(jax.grad(ten_turns)(16.0)), 4) == __(0.125)


# BEGIN PROMPT: let the number of years be known while jit traces
# @jax.jit
# def population(share, growth, years):
#     """The share of a valley that is settled: each year growth * share * (1 - share)."""
#     return lax.fori_loop(0, years, lambda i, s: growth * s * (1 - s), share)
# BEGIN SOLUTION
@jax.jit(static_argnames="years")
def population(share, growth, years):
    """The share of a valley that is settled: each year growth * share * (1 - share)."""
    return lax.fori_loop(0, years, lambda i, s: growth * s * (1 - s), share)


# END SOLUTION


def test_fori_loop_with_static_bounds_has_a_reverse_mode():
    """fori_loop becomes a scan where its bounds are known while tracing, and a while where not. A
    scan has a reverse mode: it can keep what each of its turns computed.
    """
    # HINT: The error speaks of while_loop, and there is none in the code. Which bound is traced?
    # HINT: years decides how long the program is: it is no data. jit must be told.
    # HINT: @jax.jit(static_argnames="years")
    for share, growth, years in ((0.3, 2.5, 3), (0.8, 3.9, 6), (0.5, 1.0, 150)):
        s, slope = share, 1.0
        for _ in range(years):
            s, slope = growth * s * (1 - s), growth * (1 - 2 * s) * slope
        found = population(share, growth, years)
        assert_allclose(found, s, rtol=1e-4, err_msg=f"the share after {years} years")
        found = jax.grad(population)(share, growth, years)
        assert_allclose(found, slope, rtol=1e-4, err_msg=f"its derivative, {years} years")
    program = jax.make_jaxpr(lambda s: population(s, 2.5, 5))(0.3)
    used = primitives(lambda s: population(s, 2.5, 5), 0.3)
    assert used & {"scan", "while"} == {"scan"}, f"expected a scan, found {sorted(used)}"
    outside = [equation.primitive.name for equation in program.eqns]
    assert "scan" not in outside, f"population is not compiled: the program is {outside}, no jit"
    short, long = (equations(lambda s, n=n: population(s, 2.5, n), 0.3) for n in (5, 50))
    assert short == long, f"5 years make {short} equations, 50 make {long}: unrolled"


def settle(x, limit):
    """The square root of x by slow turns, r -> r + 0.2 * (x / r - r) from r = x; and their number.

    The first turn that moves r by no more than 0.001, up or down, is the last one. There are at
    most `limit` turns. Answer with the last r and the number of turns made, as a pair.
    """
    # BEGIN PROMPT: an early stop that grad can walk back through
    # BEGIN SOLUTION

    def turn(state, _):
        root, moving, turns = state
        move = jnp.where(moving, 0.2 * (x / root - root), 0.0)
        turns = jnp.where(moving, turns + 1, turns)
        return (root + move, jnp.abs(move) > 1e-3, turns), None

    (root, _, turns), _ = lax.scan(turn, (x, True, 0), length=limit)
    return root, turns
    # END SOLUTION


def test_an_early_stop_can_be_a_scan_of_fixed_length():
    """Make all `limit` turns, but let those after the stop change nothing: where keeps the old
    state. The length is fixed, so grad works, and under vmap each lane stops by itself.
    """

    # HINT: The carry holds r, whether it still moves, and the number of turns so far.
    # HINT: A turn works out its move, and jnp.where(moving, ..., ...) decides whether to make it.
    # HINT: Once a lane has stopped it stays so: moving goes on only if it was True before, and the
    #   move was larger than 0.001.
    def by_hand(x, limit):
        root, slope = x, 1.0
        turns, move = 0, 1.0
        while turns < limit and abs(move) > 1e-3:
            move = 0.2 * (x / root - root)
            slope += 0.2 * (1 / root - (x / root**2 + 1) * slope)
            root += move
            turns += 1
        return root, slope, turns

    x = np.array([2.0, 9.0, 3.0, 0.5])
    law = np.array([by_hand(each, 16) for each in x])
    lanes = jax.vmap(jax.value_and_grad(lambda x: settle(x, 16), has_aux=True))
    (root, turns), slope = jax.jit(lanes)(x)
    message = f"from {x}: the first move by 0.001 or less is the last, or turn 16"
    assert_allclose(root, law[:, 0], rtol=1e-5, err_msg=message)
    assert turns.tolist() == law[:, 2].tolist(), f"{turns} turns, expected {law[:, 2]}"
    assert_allclose(slope, law[:, 1], rtol=1e-4, err_msg="the derivative of what was computed")
    root_of = jax.jit(lambda x: settle(x, 20)[0])
    check_grads(root_of, (2.0,), order=1, eps=1e-3)  # in both modes of differentiation
    assert_allclose(root_of(9.0), by_hand(9.0, 20)[0], rtol=1e-5, err_msg="at most 20 turns")
    short, long = (equations(lambda x, n=n: settle(x, n), 9.0) for n in (10, 40))
    assert short == long, f"at most 10 turns: {short} equations, at most 40: {long}; unrolled"


# Loops differentiate where their length is fixed, and an early stop can be had all the same.
# Next: chapter 07, functions with more than one number as their answer.
