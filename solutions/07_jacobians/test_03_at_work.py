"""Derivatives at work: a constraint, a batch of measurements, an equilibrium."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import counted, equations, largest, primitives


def stationary_point(lagrangian, p):
    """Return a point near p where the gradient of `lagrangian` is zero, an array like p."""
    gradient = jax.grad(lagrangian)

    # BEGIN PROMPT: replace gradient descent with Newton's method
    # def step(i, p):
    #     return p - 0.1 * gradient(p)
    #
    # return lax.fori_loop(0, 300, step, p)
    # BEGIN SOLUTION
    def step(i, p):
        return p - jnp.linalg.solve(jax.hessian(lagrangian)(p), gradient(p))

    return lax.fori_loop(0, 10, step, p)
    # END SOLUTION


def test_a_constrained_optimum_is_a_saddle_point_of_the_lagrangian():
    """To maximize a volume for a given surface, find a stationary point of the Lagrangian L.

    L = volume - multiplier * (surface - given surface). p holds the unknowns: the lengths and, as
    the last element, the multiplier. At the solution the gradient of L is zero, but L has no
    minimum there: gradient descent moves away from it. Newton's method converges to it.
    """
    # HINT: Print p after some steps of gradient descent. Does it converge?
    # HINT: Newton's method converges to a point where the gradient is zero: even a saddle point.
    # HINT: p - jnp.linalg.solve(jax.hessian(lagrangian)(p), gradient(p)); 10 steps are enough.

    def box(p):  # lengths x, y, z, with a surface of 24 m^2
        x, y, z, multiplier = p
        return x * y * z - multiplier * (2 * (x * y + x * z + y * z) - 24.0)

    def fence(p):  # lengths x, y of the two sides that are fenced, with 6 m of fence
        x, y, multiplier = p
        return x * y - multiplier * (x + y - 6.0)

    for x64, rtol in ((False, 1e-3), (True, 1e-9)):
        with jax.enable_x64(x64):
            found = stationary_point(box, jnp.array([1.5, 0.5, 1.0, 0.1]))
            message = f"a box, x64={x64}: expected x, y, z and the multiplier where the gradient"
            message += " is zero"
            best = jnp.array([2.0, 2.0, 2.0, 0.5])
            assert_allclose(found, best, rtol=rtol, strict=True, err_msg=message)
    found = stationary_point(fence, jnp.array([1.0, 4.0, 0.0]))
    message = "a fence: expected x, y and the multiplier where the gradient is zero"
    assert_allclose(found, jnp.array([3.0, 3.0, 3.0]), rtol=1e-3, strict=True, err_msg=message)
    eigenvalues = jnp.linalg.eigvalsh(jax.jit(jax.hessian(fence))(found))
    assert eigenvalues[0] < 0 < eigenvalues[-1], "expected eigenvalues of both signs"


def gradient_of_each(loss, p, times, heights):
    """Return the gradient of loss(p, time, height) with respect to p for each measurement.

    `times` and `heights` have the shape (measurements,), the result (measurements, parameters).
    """
    # BEGIN PROMPT: use no Python loop, and no array of shape (measurements, measurements)
    # BEGIN SOLUTION
    return jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(p, times, heights)
    # END SOLUTION


def test_vmap_of_grad_returns_one_gradient_per_measurement():
    """`jax.vmap(jax.grad(f))` returns the gradient of each example; grad of a mean averages them.

    The n gradients show which measurement changes a fit the most. jax.jacrev of the n losses gives
    the same rows, but it computes with arrays of n * n elements, nearly all of them zero.
    """
    # HINT: Write the gradient for one measurement, then map it over all.
    # HINT: p is shared by all measurements; `times` and `heights` are mapped over axis 0.
    # HINT: jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(p, times, heights)

    def loss(p, time, height):
        return (p[0] + p[1] * time - height) ** 2

    def product(p, time, height):
        return p[0] * height + p[1] ** 2 * time

    p, times = jnp.array([1.0, 2.0]), jnp.array([0.0, 1.0, -2.0])
    heights = jnp.array([2.0, 3.0, 1.0])
    for each, count, rows in (
        (loss, 3, [[-2.0, 0.0], [0.0, 0.0], [-8.0, 16.0]]),
        (loss, 2, [[-2.0, 0.0], [0.0, 0.0]]),
        (product, 2, [[2.0, 0.0], [3.0, 4.0]]),
    ):
        gradients = gradient_of_each(each, p, times[:count], heights[:count])
        message = f"{each.__name__}: expected one gradient, a row, for each of {count} measurements"
        assert_allclose(gradients, jnp.array(rows), rtol=1e-5, strict=True, err_msg=message)
    five, fifty = jnp.ones(5), jnp.ones(50)
    short, long = (equations(lambda t: gradient_of_each(loss, p, t, t), n) for n in (five, fifty))
    message = f"expected equal equation counts for 5 and 50 measurements, got {short} and {long}:"
    assert short == long, f"{message} a Python loop is unrolled"
    size = largest(lambda t: gradient_of_each(loss, p, t, t), fifty)
    message = f"50 measurements: expected no array of 50 * 50 elements, got {size}"
    assert size < 50 * 50, message


def settle(update, x, a):
    """Iterate x = update(x, a) until an iteration changes x by at most 1e-6."""

    def changes(carry):
        before, after = carry
        return jnp.abs(after - before) > 1e-6

    return lax.while_loop(changes, lambda c: (c[1], update(c[1], a)), (x, update(x, a)))[1]


def equilibrium(update, start, a):
    """Return the scalar x that solves x = update(x, a), with a correct derivative dx/da.

    `start` is the first x of the iteration. update_x and update_a are the derivatives of `update`
    with respect to x and a. By the chain rule dx/da = update_x * dx/da + update_a, so
    dx/da = update_a / (1 - update_x).
    """
    # BEGIN PROMPT: give x this derivative without differentiating the loop
    # x = settle(update, start, lax.stop_gradient(a))
    # return x
    # BEGIN SOLUTION
    x = settle(update, start, lax.stop_gradient(a))
    update_x = jax.grad(update)(x, a)
    return x + (update(x, a) - x) / (1 - update_x)
    # END SOLUTION


def test_an_equilibrium_is_differentiated_through_its_equation():
    """The derivative of an equilibrium x = update(x, a) depends on the last x only.

    It follows from the equation, not from the iterations, so the loop needs no reverse mode. There
    are two ways to attach a derivative to a value. One is `jax.custom_jvp`. The other adds a term
    whose value is 0 but whose derivative is not: update(x, a) - x, times a factor.
    """
    # HINT: update(x, a) - x is 0 at the equilibrium. Its derivative is update_a, since x is a
    #   constant here.
    # HINT: So divide that term by 1 - update_x, with update_x = jax.grad(update)(x, a).
    # HINT: return x + (update(x, a) - x) / (1 - update_x)
    a = np.array([0.4, 0.9, -0.7])

    def kepler(angle, mean):
        return mean + 0.5 * jnp.sin(angle)

    def echo(x, a):
        return jnp.cos(a * x)

    def check(update, derivative_at):
        update = counted(update)

        def solve(a):
            return equilibrium(update, 1.0, a)

        x, derivative = jax.jit(jax.vmap(jax.value_and_grad(solve)))(jnp.array(a))
        name = update.__name__
        message = f"{name}: expected x = update(x, a)"
        assert_allclose(x, update(x, a), rtol=1e-5, err_msg=message)
        message = f"{name}: expected the derivative update_a / (1 - update_x)"
        assert_allclose(derivative, derivative_at(x), rtol=1e-5, err_msg=message)
        message = f"{name}: expected fewer than 20 traces of update, got {update.count}"
        assert update.count < 20, f"{message}: an unrolled loop"
        used = primitives(jax.grad(solve), 0.4)
        message = f"{name}: expected no derivative of the loop"
        assert "scan" not in used, f"{message}, got a scan"

    check(kepler, lambda x: 1 / (1 - 0.5 * np.cos(x)))
    check(echo, lambda x: -x * np.sin(a * x) / (1 + a * np.sin(a * x)))


# You can now differentiate the solution of an equation, a batch and a constrained problem.
# Next: linear algebra that fails silently.
