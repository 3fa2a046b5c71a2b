"""The box with the largest volume: its sides, their change with the surface, and 100 starts."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import counted, equations, executed, primitives


def volume(sides):
    """Return the product of the three sides of a box."""
    return sides[0] * sides[1] * sides[2]


def surface_minus(given):
    """Return a constraint, a function of the sides: the surface of a box minus `given`."""
    return lambda s: 2 * (s[0] * s[1] + s[1] * s[2] + s[2] * s[0]) - given


def lagrangian_gradient(objective, constraint, p):
    """Return the gradient of L = objective(sides) - multiplier * constraint(sides) at p.

    The last element of p is the multiplier, the others are the sides.
    """
    return jax.grad(lambda p: objective(p[:-1]) - p[-1] * constraint(p[:-1]))(p)


def optimum(objective, constraint, start):
    """Return the p to which full Newton steps from `start` converge: there the gradient of L is 0.

    p and `start` have one element more than there are sides. Take a fixed number of steps; 20 are
    enough. From some starts, the steps do not converge.
    """
    # BEGIN PROMPT: use one compiled loop, for any objective, constraint and number of sides
    # BEGIN SOLUTION

    def gradient(p):
        return lagrangian_gradient(objective, constraint, p)

    def step(i, p):
        return p - jnp.linalg.solve(jax.jacfwd(gradient)(p), gradient(p))

    return lax.fori_loop(0, 20, step, start)
    # END SOLUTION


def test_newton_finds_the_sides_and_the_multiplier_together():
    """Newton's method solves g(p) = 0 by steps p - solve(J, g(p)), where J is the Jacobian of g.

    Here g is the gradient of the Lagrangian L, and p holds the sides and the multiplier. The
    solution is a saddle point of L, so gradient descent does not find it.
    """
    # HINT: Define the gradient as a function of p alone. Its Jacobian is jax.jacfwd of it.
    # HINT: p - jnp.linalg.solve(jacobian, gradient at p) is a full step.
    # HINT: lax.fori_loop(0, 20, lambda i, p: ..., start)

    def content(can):  # radius and height
        return jnp.pi * can[0] ** 2 * can[1]

    def tin(can):
        return 2 * jnp.pi * can[0] * (can[0] + can[1]) - 6 * jnp.pi

    used = primitives(lambda start: optimum(content, tin, start), jnp.array([0.8, 1.5, 0.3]))
    assert used & {"scan", "while"}, f"expected a scan or while in the jaxpr, got {sorted(used)}"
    with jax.enable_x64(True):
        box = jax.jit(lambda given, start: optimum(volume, surface_minus(given), start))
        cases = [(24.0, [1.5, 0.5, 1.0, 0.1], [2.0, 2.0, 2.0, 0.5])]
        cases += [(6.0, [1.2, 0.9, 1.1, 0.2], [1.0, 1.0, 1.0, 0.25])]
        for given, start, best in cases:
            found = box(given, jnp.array(start))
            message = f"surface {given}, float64: expected the sides and the multiplier to"
            message += " which full Newton steps converge"
            assert_allclose(found, jnp.array(best), rtol=1e-12, strict=True, err_msg=message)
    with jax.enable_x64(False):
        found = jax.jit(lambda start: optimum(content, tin, start))(jnp.array([0.8, 1.5, 0.3]))
        message = "the best can, float32: expected radius 1, height 2, multiplier 1/2"
        assert_allclose(found, jnp.array([1.0, 2.0, 0.5]), rtol=1e-3, strict=True, err_msg=message)


def response(given, start):
    """Return the derivative of the best box with respect to the scalar `given`, shape (4,).

    The best box is optimum(volume, surface_minus(given), start): three sides and the multiplier.
    """
    # BEGIN PROMPT: differentiate through the solver; there is one input and four outputs
    # BEGIN SOLUTION
    return jax.jacfwd(lambda given: optimum(volume, surface_minus(given), start))(given)
    # END SOLUTION


def test_the_multiplier_is_the_derivative_of_the_best_volume():
    """The multiplier is the growth of the largest volume per unit of given surface.

    JAX can differentiate the solver, which gives the change of the best sides with the surface. By
    the chain rule, grad(volume) times that change is the growth of the volume. It equals the
    multiplier.
    """
    # HINT: Write the best box as a function of `given` alone.
    # HINT: grad requires a scalar output; which function differentiates four outputs?
    # HINT: jax.jacfwd(lambda given: optimum(volume, surface_minus(given), start))(given)
    start = np.array([1.2, 0.9, 1.1, 0.2])
    for x64, rtol in ((False, 1e-4), (True, 1e-12)):
        with jax.enable_x64(x64):

            @jax.jit
            def box_and_response(given, start):
                box = optimum(volume, surface_minus(given), start)
                return box, response(given, start)

            for given in (24.0, 6.0):
                box, found = box_and_response(given, jnp.array(start))
                case = f"surface {given}, x64={x64}"
                assert found.shape == (4,), f"{case}: expected shape (4,), got {found.shape}"
                side = 1 / np.sqrt(24 * given)  # the best side is sqrt(given / 6)
                message = f"{case}: expected the derivatives of the sides and of the multiplier"
                assert_allclose(found, [side, side, side, side / 4], rtol=rtol, err_msg=message)
                growth = jax.grad(volume)(box[:3]) @ found[:3]
                message = f"{case}: expected a growth of the volume that equals the multiplier"
                assert_allclose(growth, box[3], rtol=rtol, err_msg=message)


def best_of(objective, constraint, starts):
    """Return, of the optima from all starts, the valid one with the largest objective, shape (n,).

    `starts` has the shape (m, n): in each row the sides and the multiplier. An optimum is valid if
    all elements of the Lagrangian's gradient are within 1e-3 of zero and all sides are positive.
    """
    # BEGIN PROMPT: solve from all starts at once, then select
    # BEGIN SOLUTION
    ends = jax.vmap(lambda start: optimum(objective, constraint, start))(starts)
    gradients = jax.vmap(lambda p: lagrangian_gradient(objective, constraint, p))(ends)
    valid = jnp.all(jnp.abs(gradients) <= 1e-3, axis=1) & jnp.all(ends[:, :-1] > 0, axis=1)
    values = jax.vmap(objective)(ends[:, :-1])
    return ends[jnp.argmax(jnp.where(valid, values, -jnp.inf))]
    # END SOLUTION


def test_vmap_solves_from_a_hundred_starts_at_once():
    """Newton's method may converge to any stationary point, or not at all, so use many starts.

    vmap runs the solver from all starts in one loop. Then test every result: it must be a
    stationary point with positive sides. Return the valid result with the largest objective.
    """
    # HINT: Use three vmaps: the optimum of each start, its gradient, and its objective.
    # HINT: jnp.where can give each invalid result the objective -jnp.inf.
    # HINT: valid = (all gradients small) & (all sides above 0), along axis 1; then jnp.argmax.

    def gain(x):  # on x + y = 6 it is stationary at x = -3, 1 and 4, where it is 47, -6 and 19
        return -(x[0] ** 4) / 4 + 2 * x[0] ** 3 / 3 + 11 * x[0] ** 2 / 2 - 12 * x[0]

    def six(x):
        return x[0] + x[1] - 6

    generator = np.random.default_rng(3)
    boxes, pairs = generator.uniform(-1, 3, (100, 4)), generator.uniform(-4, 5, (100, 3))
    work = []
    for many in (3, 6):
        seen, done = counted(gain), executed(gain)
        size = equations(lambda s, seen=seen: best_of(seen, six, s), pairs[:many])
        jax.jit(lambda s, done=done: best_of(done, six, s))(np.tile(pairs[0], (many, 1)))
        work.append((size, seen.count, done.runs()))
    message = "expected equal (equations, traces, executions) for 3 and 6 starts, got"
    assert work[0] == work[1], f"{message} {work}: a loop over the starts"

    def check(message, found, expected, tolerance):
        shape = np.shape(expected)
        assert found.shape == shape, f"{message}, of shape {shape}, got shape {found.shape}"
        assert_allclose(found, expected, atol=tolerance, err_msg=message)

    best = jax.jit(lambda s: best_of(volume, surface_minus(24.0), s))(jnp.array(boxes))
    message = "from 100 starts: expected the largest box where the gradient is zero"
    check(message, best, [2.0, 2.0, 2.0, 0.5], 2e-3)
    compiled = jax.jit(lambda s: best_of(gain, six, s))
    message = "three stationary points, one with a negative side: expected the best valid one"
    check(message, compiled(jnp.array(pairs)), [4.0, 2.0, 0.0], 1e-2)
    best = compiled(jnp.array([[1.1, 4.9, 0.0], [-3.1, 9.1, 0.0]] * 50))
    message = "one valid stationary point, with a negative objective: expected that one"
    check(message, best, [1.0, 5.0, 0.0], 1e-2)

    def wavy(x):  # from 3 Newton goes to 2, from there back to 3, where the derivative is -2
        return (x[0] - 3) ** 4 / 4 - (x[0] - 3) ** 2 - 2 * (x[0] - 3)

    best = jax.jit(lambda s: best_of(wavy, six, s))(jnp.array([[3.0, 3.0, 0.0], [5.0, 1.0, 0.0]]))
    message = "Newton's method converges from one of two starts: expected its result"
    check(message, best, [4.769292, 1.230708, 0.0], 1e-2)


# A solver that is written once gives its solution, its derivatives, and the best of many starts.
# Next: images, and two loops that disappear.
