"""Three problems that take more than one derivative: a constraint, a batch, a loop that stops."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import counted, equations, largest, primitives


def stationary_point(lagrangian, p):
    """A place near p where the gradient of `lagrangian` is zero."""
    slope = jax.grad(lagrangian)

    # BEGIN PROMPT: take steps that end where there is no slope, be it on a saddle
    # def step(i, p):
    #     return p - 0.1 * slope(p)
    #
    # return lax.fori_loop(0, 300, step, p)
    # BEGIN SOLUTION
    def step(i, p):
        return p - jnp.linalg.solve(jax.hessian(lagrangian)(p), slope(p))

    return lax.fori_loop(0, 10, step, p)
    # END SOLUTION


def test_a_constrained_optimum_is_a_saddle_point_of_the_lagrangian():
    """Largest volume for a given surface: L = volume - price * (surface - given), price unknown.

    The optimum has no slope of L, in the lengths or in the price. It is no minimum of L: descent
    runs away from it.
    """
    # HINT: Print p after some steps of descent. Does it come to rest?
    # HINT: What looks for a slope of zero, and does not care which way is down?
    # HINT: Newton's step: p - jnp.linalg.solve(jax.hessian(lagrangian)(p), slope(p)); 10 will do.

    def box(p):  # lengths x, y, z, with a surface of 24
        x, y, z, price = p
        return x * y * z - price * (2 * (x * y + x * z + y * z) - 24.0)

    def fence(p):  # lengths x, y of the two sides that are fenced, with 6 metres of fence
        x, y, price = p
        return x * y - price * (x + y - 6.0)

    for x64, tolerance in ((False, 1e-3), (True, 1e-9)):
        with jax.enable_x64(x64):
            found = stationary_point(box, jnp.array([1.5, 0.5, 1.0, 0.1]))
            message = f"x, y, z and the price, x64={x64}: did p come to rest?"
            assert_allclose(found, [2.0, 2.0, 2.0, 0.5], rtol=tolerance, err_msg=message)
    found = stationary_point(fence, jnp.array([1.0, 4.0, 0.0]))
    assert_allclose(found, [3.0, 3.0, 3.0], rtol=1e-3, err_msg="x, y and the price of a fence")
    bends = jnp.linalg.eigvalsh(jax.jit(jax.hessian(fence))(found))
    assert bends[0] < 0 < bends[-1], "up one way, down another: a saddle"


def gradient_of_each(loss, p, times, heights):
    """The gradient in p of loss(p, time, height) for each measurement on its own, a row each."""
    # BEGIN PROMPT: all measurements at once, yet none of them paired with another
    # BEGIN SOLUTION
    return jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(p, times, heights)
    # END SOLUTION


def test_vmap_of_grad_returns_one_gradient_per_measurement():
    """Which measurement pulls hardest on the fit? grad of the mean loss cannot tell.

    The rows are a Jacobian too: of all losses. But jacrev pulls back one weighting for each of n
    losses, each through all n measurements, and nearly all of those n * n numbers are zero.
    """
    # HINT: Write down the gradient for one measurement. Then give it to many.
    # HINT: Of the three arguments, p is the same for all; the others have an entry for each.
    # HINT: jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(p, times, heights)

    def loss(p, time, height):
        return (p[0] + p[1] * time - height) ** 2

    p, times = jnp.array([1.0, 2.0]), jnp.array([0.0, 1.0, -2.0])
    heights = jnp.array([2.0, 3.0, 1.0])
    for count, rows in (
        (3, [[-2.0, 0.0], [0.0, 0.0], [-8.0, 16.0]]),
        (2, [[-2.0, 0.0], [0.0, 0.0]]),
    ):
        slopes = gradient_of_each(loss, p, times[:count], heights[:count])
        message = f"the gradient of each of {count} measurements"
        assert_allclose(slopes, jnp.array(rows), rtol=1e-5, strict=True, err_msg=message)
    five, fifty = jnp.ones(5), jnp.ones(50)
    short, long = (equations(lambda t: gradient_of_each(loss, p, t, t), n) for n in (five, fifty))
    assert short == long, f"5 measurements make {short} equations, 50 make {long}: a Python loop"
    size = largest(lambda t: gradient_of_each(loss, p, t, t), fifty)
    assert size < 50 * 50, f"an array of {size} numbers: each measurement meets all 50 of them"


def settle(turn, x, a):
    """x -> turn(x, a), again and again, until a turn moves x by less than 1e-6."""

    def moving(carry):
        before, after = carry
        return jnp.abs(after - before) > 1e-6

    return lax.while_loop(moving, lambda c: (c[1], turn(c[1], a)), (x, turn(x, a)))[1]


def equilibrium(turn, start, a):
    """The x with x = turn(x, a), where `settle` comes to rest; with its derivative in a.

    That derivative follows from the equation: dx = turn_x dx + turn_a da, where turn_x and turn_a
    are the derivatives of turn(x, a) in x and in a.
    """
    # BEGIN PROMPT: a derivative in a that does not go back through the turns
    # return settle(turn, start, a)
    # BEGIN SOLUTION
    x = settle(turn, start, lax.stop_gradient(a))
    turn_x = jax.grad(turn)(x, a)
    return x + (turn(x, a) - x) / (1 - turn_x)
    # END SOLUTION


def test_an_equilibrium_is_differentiated_through_its_equation():
    """How the loop got there does not matter: where it rests, x = turn(x, a) holds, for any a.

    So the derivative needs the last x only. There is no record of the turns to keep. You have met
    two tools that stop JAX from looking into a function.
    """
    # HINT: Solve the equation of the docstring for dx / da. All of it is known at the last x.
    # HINT: Cut the loop off with lax.stop_gradient. Newton's step for turn(x, a) - x = 0 then
    #   changes the value by nothing, and brings the derivative in. A custom rule is right too.
    # HINT: x = settle(turn, start, lax.stop_gradient(a)), turn_x = jax.grad(turn)(x, a), and
    #   x + (turn(x, a) - x) / (1 - turn_x)
    a = np.array([0.4, 0.9, -0.7])

    def kepler(angle, mean):
        return mean + 0.5 * jnp.sin(angle)

    def echo(x, a):
        return jnp.cos(a * x)

    def check(turn, slope_at):
        turn = counted(turn)

        def solve(a):
            return equilibrium(turn, 1.0, a)

        x, slope = jax.jit(jax.vmap(jax.value_and_grad(solve)))(jnp.array(a))
        name, law = turn.__name__, "its derivative in a should solve dx = turn_x dx + turn_a da"
        assert_allclose(x, turn(x, a), rtol=1e-5, err_msg=f"{name}: no place of rest")
        assert_allclose(slope, slope_at(x), rtol=1e-5, err_msg=f"{name}: {law}")
        assert turn.count < 20, f"{name}: Python ran turn {turn.count} times: an unrolled loop"
        used = primitives(jax.grad(solve), 0.4)
        assert "scan" not in used, f"{name}: the derivative goes back through every turn"

    check(kepler, lambda x: 1 / (1 - 0.5 * np.cos(x)))
    check(echo, lambda x: -x * np.sin(a * x) / (1 + a * np.sin(a * x)))


# You can now differentiate what is defined by an equation, a batch or a constraint.
# Next: chapter 08, random numbers that can be repeated.
