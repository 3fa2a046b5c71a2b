"""What one turn of a compiled loop hands to the next: one shape, one dtype, from start to end."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, equations, primitives


def drift(push, turns):
    """From 0: each turn halves the position, then adds `push`, floats of any shape and dtype."""
    # BEGIN PROMPT: start with the type that the body answers with
    # return lax.fori_loop(0, turns, lambda i, position: position / 2 + push, 0.0)
    # BEGIN SOLUTION
    return lax.fori_loop(0, turns, lambda i, position: position / 2 + push, jnp.zeros_like(push))
    # END SOLUTION


def test_the_carry_keeps_its_shape_and_dtype():
    """The body is compiled once, so what comes in and what goes out must have one shape and dtype.

    NumPy would broadcast the start in the first turn; here the start is already the carry. JAX's
    message calls the loop a scan: with bounds known while tracing, fori_loop makes one, and carries
    its counter in front, so that `loop_carry[1]` is the carry you gave.
    """
    # HINT: Read the error: which shape goes into the body, and which one comes out?
    # HINT: Zero is the right number, but `position` is an array from the first turn on.
    # HINT: Start from zeros that are like `push`.
    row, table = jnp.array([4.0, -2.0, 0.5]), jnp.array([[1.0, 3.0], [-8.0, 0.25]])
    half = np.array([6.0, -1.0, 2.5, 1.0], dtype=np.float16)
    for push in (row, table, half):
        found = drift(push, 1)
        assert_allclose(found, push, strict=True, err_msg="one turn from 0: push, in its own dtype")
        assert_allclose(drift(push, 3), 1.75 * push, strict=True, err_msg="three turns from 0")
        assert_allclose(drift(push, 0), 0 * push, strict=True, err_msg="no turn: zeros like push")
    used = primitives(lambda push: drift(push, 3), push)
    assert used & {"scan", "while"}, "no loop in the trace: the turns are unrolled"


def test_an_int_array_cannot_become_a_float_carry():
    """A dtype may not change on the way either. A Python number has no firm one: it adapts."""
    # HINT: halve answers with a float. Which start can still become one?
    # HINT: The shape is right now, the dtype is not, and JAX raises as for a wrong shape.
    # HINT: A Python loop makes a new array in each turn, so nothing has to match.

    def halve(i, charge):
        return charge / 2

    with jax.enable_x64(False):
        from_python = lax.fori_loop(0, 3, halve, 80)
        assert from_python == __(10.0)
        assert from_python.dtype == __(jnp.float32)

        with pytest.raises(Exception) as met:
            lax.fori_loop(0, 3, halve, jnp.array([80]))
        assert met.type is __(TypeError)

        charge = jnp.array([80])
        for i in range(3):
            charge = halve(i, charge)
        assert charge.dtype == __(jnp.float32)


def test_a_python_loop_may_change_the_shape_of_its_array():
    """A Python loop may change shapes on its way, and pays for it in the size of the trace."""
    # HINT: Three times half of eight samples. A carry, though, keeps its shape.
    # HINT: Unrolled, a hundred turns leave how many times the equations of ten?
    # HINT: Rolled, one copy of the body stays, for ten turns or for a hundred.

    def unrolled(body, signal, turns):
        for i in range(turns):
            signal = body(i, signal)
        return signal

    def rolled(body, signal, turns):
        return lax.fori_loop(0, turns, body, signal)

    def coarsen(i, signal):  # unlike turns: each leaves half as many samples
        return (signal[0::2] + signal[1::2]) / 2

    def damp(i, signal):  # alike turns
        return signal - 0.1 * signal

    def size(loop, turns):
        return equations(lambda signal: loop(damp, signal, turns), signal)

    signal = jnp.array([3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0, -6.0])

    assert unrolled(coarsen, signal, 3).shape == __((1,))
    with pytest.raises(Exception) as met:
        rolled(coarsen, signal, 3)
    assert met.type is __(TypeError)

    assert_allclose(unrolled(damp, signal, 10), rolled(damp, signal, 10), rtol=1e-5)
    assert size(unrolled, 100) / size(unrolled, 10) == __(10)
    assert size(rolled, 100) / size(rolled, 10) == __(1)


def kepler(mean, eccentricity, tolerance):
    """Turn E -> mean + eccentricity * sin(E), from E = mean, again and again.

    Stop after the first turn that moves E by no more than `tolerance`, up or down. Answer with
    the last E and the number of turns, as a pair.
    """
    # BEGIN PROMPT: a compiled loop that finds out by itself when to stop
    # BEGIN SOLUTION

    def moving(carry):
        _, move, _ = carry
        return jnp.abs(move) > tolerance

    def turn(carry):
        angle, _, turns = carry
        new = mean + eccentricity * jnp.sin(angle)
        return new, new - angle, turns + 1

    angle, _, turns = lax.while_loop(moving, turn, (mean, jnp.inf, 0))
    return angle, turns
    # END SOLUTION


def test_while_loop_runs_while_its_condition_is_true():
    """`lax.while_loop(test, body, carry)` goes on while test(carry) is true.

    test and body see the carry and nothing else that changes. A carry may be a tuple. A test that
    never turns false runs for ever, and Ctrl-C does not reach compiled code: look first whether
    each turn changes what the test looks at.
    """
    # HINT: What must the carry hold, so that it tells how far the last turn moved E?
    # HINT: A carry of three: the angle, its last move, the number of turns.
    # HINT: No turn has been made at first: a move of jnp.inf lets the loop begin, 0 turns counts.
    cases = [
        (1.0, 0.3, 1e-2, 1.2878249, 3),
        (-1.0, 0.3, 1e-4, -1.2880894, 5),
        (2.5, 0.6, 1e-3, 2.7367985, 11),
        (0.7, 0.0, 1e-3, 0.7, 1),
        (1.0, 0.3, 2.0, 1.2524413, 1),
    ]
    for mean, eccentricity, tolerance, angle, turns in cases:
        found = jax.jit(kepler)(mean, eccentricity, tolerance)
        assert isinstance(found, tuple | list), "E and the number of turns, as a pair"
        assert len(found) == 2, "a pair: E and the number of turns"
        assert_allclose(
            found[0],
            angle,
            rtol=1e-5,
            err_msg="E: on while a turn moves it, up or down, by more than `tolerance`",
        )
        assert found[1] == turns, f"mean {mean}: {found[1]} turns, expected {turns}"
    used = primitives(kepler, 1.0, 0.3, 1e-2)
    assert "while" in used, "no while in the trace: a fixed number of turns cannot stop early"


# A carry has one type; a loop of fixed length and a loop that stops by itself both keep it.
# Next: a loop that also remembers every turn.
