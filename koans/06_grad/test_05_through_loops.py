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

    def unrolled(x, iterations):
        root = x
        for _ in range(iterations):
            root = (root + x / root) / 2
        return root

    def compiled(x, iterations):
        return lax.fori_loop(0, iterations, lambda i, root: (root + x / root) / 2, x)

    loops = {"unrolled": unrolled, "compiled": compiled}
    derivatives = [round(float(jax.grad(loop)(16.0, 10)), 4) for loop in loops.values()]
    assert derivatives == __

    def size(loop, iterations):
        return equations(lambda x: jax.grad(loop)(x, iterations), 16.0)

    assert [name for name, loop in loops.items() if size(loop, 40) > size(loop, 10)] == __


def test_a_while_loop_has_no_reverse_mode():
    """jax.grad raises ValueError for lax.while_loop, and for a fori_loop with traced bounds.

    Reverse mode goes back from the last iteration to the first, and needs the values that each
    one computed. JAX cannot reserve memory for them if it does not know how many iterations there
    will be.
    """

    def until_close(x):
        def far(root):
            return abs(root**2 - x) > 1e-3 * x

        return lax.while_loop(far, lambda root: (root + x / root) / 2, x)

    def ten_iterations(x):
        return lax.fori_loop(0, 10, lambda i, root: (root + x / root) / 2, x)

    loops = {"until_close": until_close, "ten_iterations": ten_iterations}
    assert [round(float(loop(16.0)), 2) for loop in loops.values()] == __

    differentiable = []
    for name, loop in loops.items():
        try:
            jax.grad(loop)(16.0)
            differentiable.append(name)
        except ValueError:
            pass
    assert differentiable == __


# TODO: make the number of years known while jit traces
@jax.jit
def population(share, growth, years):
    """Return the share after `years` years.

    Each year replaces share with growth * share * (1 - share).
    """
    return lax.fori_loop(0, years, lambda i, s: growth * s * (1 - s), share)


def test_fori_loop_with_static_bounds_has_a_reverse_mode():
    """lax.fori_loop becomes a scan if its bounds are known while tracing, and a while otherwise.

    A scan has a reverse mode: it can store the values of each iteration.
    """

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
    # TODO: stop early in a way that grad can differentiate
    raise NotImplementedError


def test_an_early_stop_can_be_a_scan_of_fixed_length():
    """A loop with an early stop can be a scan that always runs the maximal number of iterations.

    Once the stopping condition has been met, jnp.where keeps the old carry. The length is fixed, so
    grad works. Under vmap, each example may stop at a different iteration.
    """

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
