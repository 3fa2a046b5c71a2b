"""Derivatives of loops: jax.grad must know the number of iterations.

It works in reverse mode, from the last iteration of a loop to the first, and stores the values that
each iteration computed.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, equations, primitives


def test_unrolled_and_compiled_loops_have_the_same_derivative():
    """A Python loop and a fori_loop with the same body have the same derivative.

    Their jaxprs differ. JAX unrolls a Python loop while it traces, and a fori_loop keeps its body
    in a separate jaxpr. The second blank is a list of names from `loops`: for which loops does
    the jaxpr of the gradient grow with the number of iterations?
    """

    # HINT: Both functions compute sqrt(x). The derivative of sqrt at 16 is 1 / (2 * 4).
    # HINT: Which loop is unrolled, with one copy of its body per iteration?
    def unrolled(x, iterations):
        root = x
        for _ in range(iterations):
            root = (root + x / root) / 2
        return root

    def compiled(x, iterations):
        return lax.fori_loop(0, iterations, lambda i, root: (root + x / root) / 2, x)

    loops = {"unrolled": unrolled, "compiled": compiled}
    derivatives = [round(float(jax.grad(loop)(16.0, 10)), 4) for loop in loops.values()]
    assert derivatives == __([0.125, 0.125])
    # WHY: Both compute sqrt(x), whose derivative at 16 is 1 / (2 * 4).
    # IF [4.0, 4.0]: 4 is sqrt(16), the value.
    # IF [0.125, 0.0]: The fori_loop computes the same value, and grad goes through it too.
    # IF [0.25, 0.25]: 0.25 is 1 / 4. The derivative of sqrt(x) is 1 / (2 sqrt(x)).
    # IF [8.0, 8.0]: 8 is 2 sqrt(16). The derivative is 1 / (2 sqrt(16)).
    # IF 0.125: `derivatives` is a list with one entry per loop.

    def size(loop, iterations):
        return equations(lambda x: jax.grad(loop)(x, iterations), 16.0)

    assert [name for name, loop in loops.items() if size(loop, 40) > size(loop, 10)] == __(
        ["unrolled"]
    )
    # WHY: Each iteration of the Python loop adds its equations, and those of its derivative.
    # IF ["unrolled", "compiled"]: The fori_loop becomes a scan, which holds its body once.
    # IF ["compiled"]: The fori_loop becomes a scan, which holds its body once.
    # IF []: A Python loop is unrolled while JAX traces: 40 iterations are 40 copies.
    # IF "unrolled": The left side is a list of names.


def test_a_while_loop_has_no_reverse_mode():
    """jax.grad raises ValueError for lax.while_loop, and for a fori_loop with traced bounds.

    Reverse mode goes back from the last iteration to the first, and needs the values that each
    one computed. JAX cannot reserve memory for them if it does not know how many iterations there
    will be.
    """

    # HINT: Both loops compute the square root of 16; only grad makes a difference.
    # HINT: For which loop is the number of iterations known before it runs?
    def until_close(x):
        def far(root):
            return abs(root**2 - x) > 1e-3 * x

        return lax.while_loop(far, lambda root: (root + x / root) / 2, x)

    def ten_iterations(x):
        return lax.fori_loop(0, 10, lambda i, root: (root + x / root) / 2, x)

    loops = {"until_close": until_close, "ten_iterations": ten_iterations}
    assert [round(float(loop(16.0)), 2) for loop in loops.values()] == __([4.0, 4.0])
    # WHY: Both loops run and return sqrt(16); only their gradients differ.
    # IF [16.0, 16.0]: 16 is the argument. The loops return its square root.
    # IF 4.0: The left side is a list with one value per loop.

    differentiable = []
    for name, loop in loops.items():
        try:
            jax.grad(loop)(16.0)
            differentiable.append(name)
        except ValueError:
            pass
    assert differentiable == __(["ten_iterations"])
    # WHY: The fori_loop has a fixed length, so JAX can keep the values of its iterations.
    # IF []: A fori_loop with fixed bounds has a reverse mode.
    # IF ["until_close", "ten_iterations"]: jax.grad raises ValueError for lax.while_loop.
    # IF ["until_close"]: The length of until_close depends on the values, so grad raises.
    # IF "ten_iterations": `differentiable` is a list of names.


# BEGIN PROMPT: make the number of years known while jit traces
# @jax.jit
# def population(share, growth, years):
#     """Return the share after `years` years.
#
#     Each year replaces share with growth * share * (1 - share).
#     """
#     return lax.fori_loop(0, years, lambda i, s: growth * s * (1 - s), share)
# BEGIN SOLUTION
@jax.jit(static_argnames="years")
def population(share, growth, years):
    """Return the share after `years` years.

    Each year replaces share with growth * share * (1 - share).
    """
    return lax.fori_loop(0, years, lambda i, s: growth * s * (1 - s), share)


# END SOLUTION


def test_fori_loop_with_static_bounds_has_a_reverse_mode():
    """lax.fori_loop becomes a scan if its bounds are known while tracing, and a while otherwise.

    A scan has a reverse mode: it can store the values of each iteration.
    """
    # HINT: The error mentions while_loop, but the code has none. Which bound is traced?
    # HINT: `years` sets the length of the loop: make it a static argument of jit.
    # HINT: @jax.jit(static_argnames="years")

    def check(share, growth, years):
        s, derivative = share, 1.0
        for _ in range(years):
            s, derivative = growth * s * (1 - s), growth * (1 - 2 * s) * derivative
        got = population(share, growth, years)
        assert_allclose(got, s, rtol=1e-4, err_msg=f"the share after {years} years")
        got = jax.grad(population)(share, growth, years)
        message = f"derivative of the share after {years} years"
        assert_allclose(got, derivative, rtol=1e-4, err_msg=message)

    check(0.3, 2.5, 3)
    check(0.8, 3.9, 6)
    check(0.7, 2.2, 0)
    used = primitives(lambda s: population(s, 2.5, 5), 0.3)
    loops = sorted(used & {"scan", "while"})
    assert loops == ["scan"], f"loops in the jaxpr: expected ['scan'], got {loops}"
    jaxpr = jax.make_jaxpr(lambda s: population(s, 2.5, 5))(0.3)
    outer = [equation.primitive.name for equation in jaxpr.eqns]
    message = f"expected population to be compiled, with jit in its jaxpr, got {outer}"
    assert "scan" not in outer, message
    short, long = (equations(lambda s, n=n: population(s, 2.5, n), 0.3) for n in (5, 50))
    message = f"expected equal equation counts for 5 and 50 years, got {short} and {long}"
    assert short == long, message
    check(0.5, 1.0, 150)  # last: an unrolled loop of 150 years takes long to compile


def settle(x, limit):
    """Return an approximation r of sqrt(x), and the number of iterations, as a pair.

    The first r is x. Each iteration replaces r with r + 0.2 * (x / r - r). The loop stops after the
    first iteration that changes r by at most 0.001, up or down, or after `limit` iterations.
    """
    # BEGIN PROMPT: stop early in a way that grad can differentiate
    # BEGIN SOLUTION

    def step(state, _):
        root, moving, count = state
        change = jnp.where(moving, 0.2 * (x / root - root), 0.0)
        count = jnp.where(moving, count + 1, count)
        return (root + change, jnp.abs(change) > 1e-3, count), None

    (root, _, count), _ = lax.scan(step, (x, True, 0), length=limit)
    return root, count
    # END SOLUTION


def test_an_early_stop_can_be_a_scan_of_fixed_length():
    """A loop with an early stop can be a scan that always runs the maximal number of iterations.

    Once the stopping condition has been met, jnp.where keeps the old carry. The length is fixed, so
    grad works. Under vmap, each example may stop at a different iteration.
    """

    # HINT: The carry holds r, whether it is still moving, and the number of iterations so far.
    # HINT: Compute the change, and let jnp.where(moving, ..., 0.0) decide whether to apply it.
    # HINT: The next `moving` is True only if it was True and the change was larger than 0.001.
    def by_hand(x, limit):
        root, derivative = x, 1.0
        count, change = 0, 1.0
        while count < limit and abs(change) > 1e-3:
            change = 0.2 * (x / root - root)
            derivative += 0.2 * (1 / root - (x / root**2 + 1) * derivative)
            root += change
            count += 1
        return root, derivative, count

    x = np.array([2.0, 9.0, 3.0, 0.5, 1.0])
    expected = np.array([by_hand(each, 16) for each in x])
    batched = jax.vmap(jax.value_and_grad(lambda x: settle(x, 16), has_aux=True))
    (root, count), derivative = jax.jit(batched)(x)
    message = (
        f"number of iterations for {x=}, limit 16: expected to stop after the first change of at "
        "most 0.001, or after 16 iterations"
    )
    assert_allclose(count, expected[:, 2], err_msg=message)
    message = (
        f"r for {x=}, limit 16: expected r after the first change of at most 0.001, or after 16 "
        "iterations"
    )
    assert_allclose(root, expected[:, 0], rtol=1e-5, err_msg=message)
    message = f"derivative of r for x = {x}, limit 16"
    assert_allclose(derivative, expected[:, 1], rtol=1e-4, err_msg=message)
    root, count = settle(9.0, 20)
    message = "r and number of iterations for x = 9, limit 20"
    expected = by_hand(9.0, 20)
    assert_allclose([root, count], [expected[0], expected[2]], rtol=1e-5, err_msg=message)
    short, long = (equations(lambda x, n=n: settle(x, n), 9.0) for n in (10, 40))
    message = f"expected equal equation counts for limits 10 and 40, got {short} and {long}"
    assert short == long, message


# Next: derivatives that you define yourself.
