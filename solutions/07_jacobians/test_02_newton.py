"""Second derivatives, and what Newton's method makes of them."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, equations, executed, largest, primitives


def test_a_hessian_is_the_jacobian_of_the_gradient():
    """Going back for the gradient (one output), then forward through it (as tall as wide).

    So `jax.hessian(f)` is jacfwd(jacrev(f)): all second derivatives. As with any Jacobian, its
    shape is that of the output, here of the gradient, then that of the input.
    """

    # HINT: Work out the gradient by hand first: x and y each give one entry.
    # HINT: The gradient is (3 x^2 y, x^3 + 2 y). Derive each entry by x, then by y.
    # HINT: The gradient has the shape of the input, so the Hessian has it twice over.
    def potential(place):
        x, y = place
        return x**3 * y + y**2

    def stored(field):
        return jnp.sum(field**3)

    place = jnp.array([1.0, 2.0])
    gradient = jax.jacrev(potential)

    assert jax.jit(gradient)(place).tolist() == __([6.0, 5.0])
    assert jax.jit(jax.jacfwd(gradient))(place).tolist() == __([[12.0, 3.0], [3.0, 2.0]])
    assert jax.jit(jax.hessian(potential))(place).tolist() == __([[12.0, 3.0], [3.0, 2.0]])
    assert jax.jit(jax.hessian(stored))(jnp.ones((2, 3))).shape == __((2, 3, 2, 3))


def stiffness_along(energy, x, direction):
    """The Hessian of `energy` at x, times `direction`."""
    # BEGIN PROMPT: one run of `energy`, and no array larger than a few times x
    # BEGIN SOLUTION
    _, change = jax.jvp(jax.grad(energy), (x,), (direction,))
    return change
    # END SOLUTION


def test_a_hessian_times_a_vector_needs_no_hessian():
    """A million parameters have a gradient of a million numbers, and a Hessian of 10^12.

    The product asks for less: how the gradient changes in one direction.
    """
    # HINT: The gradient is a function of x. What gives its change in one direction?
    # HINT: jax.jvp(f, (x,), (direction,)), and f is the gradient.
    # HINT: _, change = jax.jvp(jax.grad(energy), (x,), (direction,))

    def chain(x):  # springs between neighbours and to the ground, under a heavy load
        return jnp.sum(jnp.cos(x[1:] - x[:-1])) + jnp.sum(x**4) + 1000.0 * jnp.sum(x)

    with jax.enable_x64(False):
        energy = executed(chain)
        x, direction = jnp.array([-2.0, -0.5, 1.5, 0.5]), jnp.array([1.0, -2.0, 0.5, 3.0])
        product = jax.jit(lambda x, v: stiffness_along(energy, x, v))(x, direction)
        expected = jax.jit(jax.hessian(chain))(x) @ direction
        message = "the Hessian times the direction"
        assert_allclose(product, expected, rtol=1e-5, strict=True, err_msg=message)
    assert energy.runs() == 1, f"the energy ran {energy.runs()} times; a single run is enough"
    few, many = jnp.ones(20), jnp.ones(40)
    size = largest(lambda x, v: stiffness_along(chain, x, v), many, many)
    assert size < 40 * 40, f"an array of {size} numbers for 40 inputs: that is the whole Hessian"
    short, long = (equations(lambda x, v: stiffness_along(chain, x, v), n, n) for n in (few, many))
    assert short == long, f"20 inputs make {short} equations, 40 make {long}: a loop over the rows"


def newton_step(loss, p):
    """p - s, where s solves: the Hessian of `loss` at p, times s, is the gradient there."""
    # BEGIN PROMPT: one full step
    # BEGIN SOLUTION
    return p - jnp.linalg.solve(jax.hessian(loss)(p), jax.grad(loss)(p))
    # END SOLUTION


def test_one_newton_step_minimizes_a_quadratic():
    """Descent knows the slope, Newton the curvature too: it goes where the slope would vanish.

    Where the loss is a parabola this is exact. Elsewhere it is one step of many. For the s of the
    step there is `jnp.linalg.solve`, as in NumPy.
    """
    # HINT: You need the gradient at p, the Hessian at p, and a way to solve matrix @ s = vector.
    # HINT: jax.grad(loss)(p), jax.hessian(loss)(p), and jnp.linalg.solve, with the matrix first.
    # HINT: p - jnp.linalg.solve(hessian, gradient)

    def energy(p):
        off = p - jnp.array([0.5, -3.0, 2.0])
        return 0.5 * off @ jnp.array([[4.0, -1.0, 0.0], [-1.0, 3.0, 0.5], [0.0, 0.5, 2.0]]) @ off

    for x64, rtol in ((False, 1e-4), (True, 1e-12)):
        with jax.enable_x64(x64):
            step = jax.jit(lambda p: newton_step(energy, p))
            for start in ([1.0, 1.0, 1.0], [-6.0, 0.0, 9.0]):
                found = step(jnp.array(start))
                message = f"one step leads to the bottom of a parabola: from {start}, x64={x64}"
                assert_allclose(found, [0.5, -3.0, 2.0], rtol=rtol, err_msg=message)
    found = jax.jit(lambda p: newton_step(lambda p: jnp.sum(p**4), p))(jnp.array([3.0, -6.0]))
    assert_allclose(found, [2.0, -4.0], rtol=1e-4, err_msg="no parabola: one full step, no more")


def displacement(stiffness, load):
    """How far each joint of a frame gives way: the vector s with stiffness @ s = load."""
    # BEGIN PROMPT: keep the digits that an inverse loses
    # return jnp.linalg.inv(stiffness) @ load
    # BEGIN SOLUTION
    return jnp.linalg.solve(stiffness, load)
    # END SOLUTION


def test_solve_is_more_accurate_than_inv():
    """An inverse solves n systems to answer one, and rounds in each of them.

    Where rows are nearly alike, its answer no longer fits the equations that it came from.
    """
    # HINT: How far is stiffness @ s from the load? Nobody asked for the inverse itself.
    # HINT: jnp.linalg.solve takes the matrix and the right-hand side.
    sturdy, load = jnp.array([[4.0, 1.0], [1.0, 3.0]]), jnp.array([2.0, -5.0])
    assert_allclose(displacement(sturdy, load), [1.0, -2.0], rtol=1e-4, err_msg="a sturdy frame")

    shaky = np.array([[1 / (i + j + 1) for j in range(5)] for i in range(5)], dtype=np.float32)
    weight = shaky.sum(axis=1)
    with jax.enable_x64(False):
        given = np.asarray(displacement(jnp.array(shaky), jnp.array(weight)), dtype=float)
    off = np.max(np.abs(shaky.astype(float) @ given - weight))
    assert off < 1e-5, f"stiffness @ s misses the load by {off:.0e}; float32 can do 1e-7"

    # What becomes of the load alone? It is solved for, or multiplied by something ready-made.
    _, pull = jax.vjp(lambda load: displacement(sturdy, load), load)
    used = primitives(pull, load)
    message = "the load was not solved for, but multiplied by a ready-made inverse or by the "
    message += f"factors of one: {sorted(used)}"
    assert used & {"triangular_solve", "custom_linear_solve"}, message


def test_newton_converges_to_a_saddle_point_as_to_a_minimum():
    """Newton looks for a place without slope. Which kind, the Hessian's eigenvalues tell.

    All positive: a minimum. All negative: a maximum. Both signs: a saddle, down on two sides.
    `jnp.linalg.eigvalsh` lists the eigenvalues of a symmetric matrix, the smallest first.
    """

    # HINT: The potential is a quadratic, so one step of Newton's leads to where the slope is zero.
    # HINT: The gradient at (3, 1) is (6, -2); descent takes a quarter of it off.
    # HINT: The Hessian is [[2, 0], [0, -2]]. On a diagonal matrix the eigenvalues can be read off.
    def potential(place):
        return place[0] ** 2 - place[1] ** 2

    place = jnp.array([3.0, 1.0])
    slope, curvature = jax.grad(potential)(place), jax.jit(jax.hessian(potential))(place)

    assert (place - jnp.linalg.solve(curvature, slope)).tolist() == __([0.0, 0.0])
    assert (place - 0.25 * slope).tolist() == __([1.5, 1.5])
    assert jnp.sign(jnp.linalg.eigvalsh(curvature)).tolist() == __([-1.0, 1.0])


def test_the_hessian_tells_whether_newton_found_a_minimum():
    """A damped sine, exactly as measured: no noise. Only at (0.5, 1.0) is the loss zero.

    Both starts below take 300 of Newton's steps, a tenth of each. (Descent finds the fit from
    either of them, in some hundred steps.)
    """

    # HINT: A step of Newton's leads downhill for sure where all eigenvalues are positive. Where one
    #   is negative, it may lead up.
    # HINT: Both stop where there is no slope. One of them has found a flat line, frequency zero.
    # HINT: So both are still, and only the near one fits: the far one never sees the fit.
    time = np.arange(10.0)
    height = np.exp(-time / 2) * np.sin(time)

    def loss(p):
        return jnp.mean((jnp.exp(-p[0] * time) * jnp.sin(p[1] * time) - height) ** 2)

    slope, curvature = jax.jit(jax.grad(loss)), jax.jit(jax.hessian(loss))

    @jax.jit
    def newton(p):
        def step(i, p):
            return p - 0.1 * jnp.linalg.solve(curvature(p), slope(p))

        return lax.fori_loop(0, 300, step, p)

    near, far = jnp.array([0.4, 0.9]), jnp.array([0.1, 0.5])
    ends = {"near": newton(near), "far": newton(far)}
    still = [name for name, p in ends.items() if jnp.max(jnp.abs(slope(p))) < 1e-3]
    fits = [name for name, p in ends.items() if loss(p) < 1e-6]

    assert jnp.sign(jnp.linalg.eigvalsh(curvature(near))).tolist() == [1.0, 1.0]
    assert jnp.sign(jnp.linalg.eigvalsh(curvature(far))).tolist() == [-1.0, 1.0]
    assert still == __(["near", "far"])
    assert fits == __(["near"])


# Newton needs few steps, a good start, and a look at the eigenvalues before you trust it.
# Next: a problem whose answer is a saddle, and derivatives of a batch and of a loop that stops.
