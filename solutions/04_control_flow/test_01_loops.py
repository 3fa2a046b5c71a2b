"""A Python loop is gone before anything is compiled. A loop that stays one is made by `lax`."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, primitives


def test_tracing_unrolls_a_python_loop():
    """Tracing runs the loop in Python: every turn writes its own operations into the jaxpr.

    `equations(f, x)` counts the operations in the jaxpr of f(x), one equation each.
    """
    # HINT: jax.make_jaxpr(lambda c: leak(c, 2))(charge) shows what two turns leave behind.
    # HINT: Each turn writes the same equations again. How many turns are there?
    # HINT: An equation works on a whole array, however many numbers are in it.

    def leak(charge, turns):
        for _ in range(turns):
            charge = charge - 0.1 * charge
        return charge

    charge = jnp.array([8.0, 4.0])
    one_turn = equations(lambda c: leak(c, 1), charge)

    assert equations(lambda c: leak(c, 10), charge) / one_turn == __(10)
    assert equations(lambda c: leak(c, 200), charge) / one_turn == __(200)
    assert equations(lambda c: leak(c, 10), jnp.ones(1000)) / one_turn == __(10)


def heron(x, steps):
    """The square root of x by `steps` turns of r -> (r + x / r) / 2, from r = x."""
    # BEGIN PROMPT: a loop whose trace stays the same size, however many steps
    # BEGIN SOLUTION
    return lax.fori_loop(0, steps, lambda i, r: (r + x / r) / 2, x)
    # END SOLUTION


def test_fori_loop_keeps_one_copy_of_its_body():
    """`lax.fori_loop(start, stop, body, carry)` traces body(i, carry) once, for all i.

    The carry is what one turn hands to the next; the last one is the result. `lax`, imported at
    the top, is the layer below `jnp`.
    """
    # HINT: What does each turn need from the turn before? That is the carry.
    # HINT: body(i, r) answers with the next r. It may ignore i.
    # HINT: lax.fori_loop(0, steps, body, x), and body works out (r + x / r) / 2.
    x = np.array([2.0, 9.0, 100.0])
    root = x
    for _ in range(3):
        root = (root + x / root) / 2
    x = jnp.asarray(x)

    message = "three turns of r -> (r + x / r) / 2 from r = x; fori_loop calls body(i, r), i first"
    assert_allclose(heron(x, 3), root.astype(x.dtype), rtol=1e-5, strict=True, err_msg=message)
    assert_allclose(heron(x, 0), x, err_msg="no turn at all: the start comes back")
    short, long = (equations(lambda x, n=n: heron(x, n), x) for n in (10, 100))
    assert short == long, f"10 steps make {short} equations, 100 make {long}: still unrolled"
    used = primitives(lambda x: heron(x, 10), x)
    assert used & {"scan", "while"}, f"no loop in the trace, only {sorted(used)}"


def pump(level, strokes):
    """Stroke i = 0, 1, 2, ... leaves half of the level and adds i."""

    # BEGIN PROMPT: it runs, but the levels are wrong; find out what `stroke` is called with
    # def stroke(level, i):
    #     return level * 0.5 + i
    #
    # return lax.fori_loop(0, strokes, stroke, level)
    # BEGIN SOLUTION
    def stroke(i, level):
        return level * 0.5 + i

    return lax.fori_loop(0, strokes, stroke, level)
    # END SOLUTION


def test_fori_loop_passes_the_index_before_the_carry():
    """Two parameters in the wrong order need not raise: both are numbers to the body."""
    # HINT: Which of its two parameters does fori_loop fill first? Print them inside `stroke`.
    # HINT: The turn number comes first, the carry second: body(i, carry).
    level = jnp.array([8.0, -6.0, 1.0])

    assert_allclose(pump(level, 1), [4.0, -3.0, 0.5], err_msg="stroke 0 halves, and adds 0")
    assert_allclose(pump(level, 2), [3.0, -0.5, 1.25], err_msg="stroke 1 halves, and adds 1")
    assert_allclose(pump(level, 4), [4.75, 3.875, 4.3125], err_msg="strokes 0, 1, 2 and 3")
    used = primitives(lambda level: pump(level, 4), level)
    assert used & {"scan", "while"}, "no loop in the trace: the strokes are unrolled"


def test_range_rejects_a_traced_number_of_iterations():
    """range needs a Python int before it starts; fori_loop can wait for the number.

    The error is one of the four of chapter 02. As for fori_loop: bounds known while tracing give a
    `scan`, traced bounds a `while`.
    """
    # HINT: jax.errors has a Tracer...Error for a bool, an array, an integer. range wants which?
    # HINT: `hours` is an argument of the compiled function: a new value, not a new shape.
    # HINT: The bound `hours` is traced. The docstring says which loop that gives.

    def cool(heat, hours):
        for _ in range(hours):
            heat = heat / 2
        return heat

    with pytest.raises(Exception) as met:
        jax.jit(cool)(80.0, 3)
    assert met.type is __(jax.errors.TracerIntegerConversionError)

    rolled = counted(lambda heat, hours: lax.fori_loop(0, hours, lambda i, h: h / 2, heat))
    compiled = jax.jit(rolled)

    assert compiled(80.0, 3) == __(10.0)
    assert compiled(80.0, 4) == __(5.0)
    assert rolled.count == __(1)
    assert primitives(rolled, 80.0, 3) & {"scan", "while"} == __({"while"})


# You can tell a loop that is written out from one that stays a loop.
# Next: what the turns of a loop hand to each other.
