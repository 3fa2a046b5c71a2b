"""Heron's square root three ways: unrolled, rolled, and as an equation, which knows its slope."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, equations, primitives


def unrolled(x, turns):
    """`turns` turns of r -> (r + x / r) / 2 from r = x, by a loop in Python."""
    r = x
    for _ in range(turns):
        r = (r + x / r) / 2
    return r


def rolled(x, turns):
    """The same turns, by a compiled loop."""
    return lax.fori_loop(0, turns, lambda i, r: (r + x / r) / 2, x)


def test_scan_records_the_error_of_each_iteration(figure):
    """While r is far too large, x / r is small, and a turn halves r. Close to the root a turn
    doubles the number of right digits.
    """

    # HINT: From a million to its root, a thousand, r must halve about ten times. Only then do the
    #   digits come, and they come fast. A small x jumps to 1/2 in its first turn.
    # HINT: Of the four numbers one is too large for ten turns; 13 turns are enough for it.
    # HINT: From r = 0 the first turn has to work out 0 / 0. Python writes the result as "nan".
    def error(x, turns):
        return abs(float(rolled(x, turns)) / np.sqrt(x) - 1)

    assert [x for x in (0.01, 2.0, 100.0, 1e6) if error(x, 10) > 1e-3] == __([1e6])
    assert [turns for turns in (6, 10, 13, 20) if error(1e6, turns) < 1e-3] == __([13, 20])
    assert str(rolled(0.0, 10)) == __("nan")

    @figure("unrolled_and_rolled", xlabel="turns", ylabel="equations", yscale="log")
    def draw(axes):
        turns = [1, 2, 5, 10, 20, 40, 80]
        for way, mark in ((unrolled, "o"), (rolled, "s")):
            for name, law in (("", way), (", gradient", lambda x, n, way=way: jax.grad(way)(x, n))):
                size = [equations(lambda x, n=n, law=law: law(x, n), 2.0) for n in turns]
                axes.plot(turns, size, marker=mark, markersize=4, label=way.__name__ + name)


def root(x):
    """The square root of one number x >= 0, by Heron's turns r -> (r + x / r) / 2 from r = x.

    The first turn that moves r by no more than 1e-6 times the new r is the last one. The root of
    0 is 0.
    """
    # BEGIN PROMPT: as many turns as x needs, and none where they would divide by 0
    # BEGIN SOLUTION
    safe = jnp.where(x > 0, x, 1.0)

    def turn(r):
        return (r + safe / r) / 2

    def moving(carry):
        before, after = carry
        return jnp.abs(after - before) > 1e-6 * after

    _, r = lax.while_loop(moving, lambda c: (c[1], turn(c[1])), (safe, turn(safe)))
    return jnp.where(x > 0, r, 0.0)
    # END SOLUTION


def test_a_while_loop_iterates_until_the_root_has_converged():
    """How small is a small move? Next to a root of 1000 a millionth is nothing, next to one of
    1e-5 it is a tenth. So compare the move with r itself. And 0 must not enter the loop.
    """
    # HINT: lax.while_loop, and a carry of two: the last r and the one before.
    # HINT: Go on while jnp.abs(after - before) > 1e-6 * after.
    # HINT: For x = 0 give the loop a harmless number, and choose the 0 after it: two wheres, as for
    #   a derivative.
    assert_allclose(jax.jit(root)(1e-10), 1e-5, rtol=1e-5, err_msg="1e-10: stopped too early?")
    message = "the root of 1e-30 takes more than fifty turns: who counts them?"
    assert_allclose(jax.jit(root)(1e-30), 1e-15, rtol=1e-5, err_msg=message)
    x = np.array([2.0, 9.0, 0.25, 1e6, 1e-6, 0.0, 1.0])
    for x64, rtol in ((False, 1e-6), (True, 1e-12)):
        with jax.enable_x64(x64):
            found = jax.jit(jax.vmap(root))(jnp.array(x))
            message = (
                f"the roots of {x}, x64={x64}: the new r of the first turn that moves it by no"
            )
            message += " more than 1e-6 of itself; and 0 for 0"
            assert_allclose(found, np.sqrt(x), rtol=rtol, err_msg=message)
            assert found.dtype == jnp.array(x).dtype, f"the root of {x.dtype} is {found.dtype}"
    used = primitives(root, 2.0)
    assert "while" in used, f"no while in the trace, only {sorted(used)}: who counts the turns?"
    ready = used & {"sqrt", "rsqrt", "cbrt", "pow", "exp", "log"}
    assert not ready, f"{sorted(ready)} knows the root already; here Heron is to find it"


def smooth_root(x):
    """The number root(x), with its first and second derivative.

    At 0, where they are infinite, both are to be 0, so that one such number spoils no gradient.
    """
    # BEGIN PROMPT: a root that grad can take twice
    # return root(x)
    # BEGIN SOLUTION
    safe = jnp.where(x > 0, x, 1.0)
    r = root(lax.stop_gradient(safe))
    r = (r + safe / r) / 2
    r = (r + safe / r) / 2
    return jnp.where(x > 0, r, 0.0)
    # END SOLUTION


def test_each_iteration_after_the_loop_adds_one_derivative():
    """A while loop has no reverse mode, and needs none: where it rests, r * r = x, whatever the
    way there. So cut the loop off. From the root a turn of Heron's changes nothing, but it has a
    derivative: the first one. Another turn brings in the second.
    """
    # HINT: Chapter 07 cut its loop off with lax.stop_gradient around what goes in.
    # HINT: r = root(lax.stop_gradient(x)), then r = (r + x / r) / 2, twice. A custom_jvp whose rule
    #   uses this root is right too.
    # HINT: At 0 these turns divide by 0: a second where, inside, gives them a 1 in place of it.
    x = np.array([2.0, 9.0, 0.25, 1e4, 0.01, 0.0])
    one = np.where(x > 0, x, np.inf)
    laws = {"root": np.sqrt(x), "slope": 0.5 * one**-0.5, "second slope": -0.25 * one**-1.5}
    slope = jax.grad(smooth_root)
    all_three = jax.jit(jax.vmap(lambda x: (smooth_root(x), slope(x), jax.grad(slope)(x))))

    for x64, rtol in ((False, 1e-5), (True, 1e-13)):
        with jax.enable_x64(x64):
            for (name, law), found in zip(laws.items(), all_three(jnp.array(x)), strict=True):
                message = f"{name} at {x}, x64={x64}: the first turn after the cut brings in the"
                message += " slope, the next its slope; at 0 no branch may divide 0 by 0"
                assert_allclose(found, law, rtol=rtol, err_msg=message)
    # `lower` makes the program for the compiler, with all that it calls; `as_text` shows it.
    program = jax.jit(slope).lower(2.0).as_text()
    assert "stablehlo.while" in program, "the value is to come from root(x): no while in sight"
    used = primitives(slope, 2.0)
    assert "scan" not in used, "the derivative goes back through every turn: cut the loop off"


# An unrolled loop, a rolled one, and an equation: the same root, and each its own program.
# Next: a derivative that reverse mode loses.
