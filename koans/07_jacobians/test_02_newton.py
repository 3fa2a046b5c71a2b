"""Second derivatives and Newton's method."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, equations, executed, largest, primitives


def test_a_hessian_is_the_jacobian_of_the_gradient():
    """`jax.hessian(f)` is `jacfwd(jacrev(f))`: it returns all second derivatives of f.

    jacrev computes the gradient of the scalar output, and jacfwd differentiates that gradient. The
    shape of the Hessian is the gradient's shape followed by the input's shape.
    """

    def potential(position):
        x, y = position
        return x**3 * y + y**2

    def stored_energy(field):
        return jnp.sum(field**3)

    position = jnp.array([1.0, 2.0])
    gradient = jax.jacrev(potential)

    # jit only saves time here.
    assert jax.jit(gradient)(position).tolist() == __
    assert jax.jit(jax.jacfwd(gradient))(position).tolist() == __
    assert jax.jit(jax.hessian(potential))(position).tolist() == __
    assert jax.jit(jax.hessian(stored_energy))(jnp.ones((2, 3))).shape == __


def stiffness_along(energy, x, direction):
    """Return H @ direction, an array with the shape of x; H is the Hessian of `energy` at x."""
    # TODO: evaluate `energy` only once, and do not compute its Hessian
    raise NotImplementedError


def test_a_hessian_times_a_vector_needs_no_hessian():
    """The Hessian times a vector is the derivative of the gradient in one direction.

    A million parameters have a Hessian of 10^12 elements, 4 terabytes in float32. The product has a
    million elements, and costs only as much as a few evaluations of the function.
    """

    def chain(x):  # springs between neighbors and to the ground, under a large load
        return jnp.sum(jnp.cos(x[1:] - x[:-1])) + jnp.sum(x**4) + 1000.0 * jnp.sum(x)

    with jax.enable_x64(False):
        energy = executed(chain)
        x, direction = jnp.array([-2.0, -0.5, 1.5, 0.5]), jnp.array([1.0, -2.0, 0.5, 3.0])
        product = jax.jit(lambda x, v: stiffness_along(energy, x, v))(x, direction)
        expected = jax.jit(jax.hessian(chain))(x) @ direction
        message = "expected the Hessian times the direction"
        assert_allclose(product, expected, rtol=1e-5, strict=True, err_msg=message)
    assert energy.runs() == 1, f"expected 1 evaluation of energy, got {energy.runs()}"
    few, many = jnp.ones(20), jnp.ones(40)
    size = largest(lambda x, v: stiffness_along(chain, x, v), many, many)
    message = f"40 inputs: expected no array with as many elements as the Hessian, got {size}"
    assert size < 40 * 40, message
    short, long = (equations(lambda x, v: stiffness_along(chain, x, v), n, n) for n in (few, many))
    assert short == long, f"expected equal equation counts, got {short} (20 inputs) and {long} (40)"


def newton_step(loss, p):
    """Return p - s, where s solves (Hessian of `loss` at p) @ s = (gradient of `loss` at p)."""
    # TODO: take one full step
    raise NotImplementedError


def test_one_newton_step_minimizes_a_quadratic():
    """Newton's method uses the gradient and the Hessian to approximate the loss by a quadratic.

    A step leads to the stationary point of that quadratic. So one step is exact for a quadratic
    loss; another loss needs several. As in NumPy, `jnp.linalg.solve(a, b)` returns the s with
    a @ s = b.
    """

    def energy(p):
        offset = p - jnp.array([0.5, -3.0, 2.0])
        stiffness = jnp.array([[4.0, -1.0, 0.0], [-1.0, 3.0, 0.5], [0.0, 0.5, 2.0]])
        return 0.5 * offset @ stiffness @ offset

    for x64, rtol in ((False, 1e-4), (True, 1e-12)):
        with jax.enable_x64(x64):
            step = jax.jit(lambda p: newton_step(energy, p))
            minimum = jnp.array([0.5, -3.0, 2.0])
            for start in ([1.0, 1.0, 1.0], [-6.0, 0.0, 9.0]):
                found = step(jnp.array(start))
                message = f"a quadratic, one full step from {start}, x64={x64}: expected its"
                message += " minimum"
                assert_allclose(found, minimum, rtol=rtol, strict=True, err_msg=message)
    found = jax.jit(lambda p: newton_step(lambda p: jnp.sum(p**4), p))(jnp.array([3.0, -6.0]))
    message = "the sum of p^4: expected p - p / 3 after exactly one full step"
    assert_allclose(found, jnp.array([2.0, -4.0]), rtol=1e-4, strict=True, err_msg=message)


def displacement(stiffness, load):
    """Return the vector s with stiffness @ s = load: the displacement of each joint of a frame."""
    # TODO: call `jnp.linalg.solve`, or a solver of `jax.scipy.linalg`, without an inverse
    return jnp.linalg.inv(stiffness) @ load


def test_solve_is_more_accurate_than_inv():
    """`jnp.linalg.inv(a) @ b` solves n systems of equations, one per column of the inverse.

    `jnp.linalg.solve(a, b)` solves a single system. Each solution has rounding errors, which grow
    if the rows of the matrix are nearly dependent. Then the product with the inverse may not
    satisfy the equations well, and `solve` is more accurate.
    """
    sturdy, load = jnp.array([[4.0, 1.0], [1.0, 3.0]]), jnp.array([2.0, -5.0])
    message = "a well-conditioned frame: expected stiffness @ s = load"
    found, expected = displacement(sturdy, load), jnp.array([1.0, -2.0])
    assert_allclose(found, expected, rtol=1e-4, strict=True, err_msg=message)

    shaky = np.array([[1 / (i + j + 1) for j in range(5)] for i in range(5)], dtype=np.float32)
    weight = shaky.sum(axis=1)
    with jax.enable_x64(False):
        found = np.asarray(displacement(jnp.array(shaky), jnp.array(weight)), dtype=float)
    error = np.max(np.abs(shaky.astype(float) @ found - weight))
    message = f"expected stiffness @ s within 1e-5 of the load in float32, got {error:.0e}"
    assert error < 1e-5, message

    # The vjp of a solver calls a solver; the vjp of a product with an inverse is a product.
    _, vjp_fun = jax.vjp(lambda load: displacement(sturdy, load), load)
    used = primitives(vjp_fun, load)
    message = f"expected a call of a solver and not a product with an inverse, got {sorted(used)}"
    assert used & {"triangular_solve", "custom_linear_solve"}, message


def test_newton_converges_to_a_saddle_point_as_to_a_minimum():
    """Newton's method looks for a stationary point: one where the gradient is zero.

    The eigenvalues of the Hessian tell which kind it is. All positive: a minimum. All negative: a
    maximum. Both signs: a saddle point. `jnp.linalg.eigvalsh(a)` returns the eigenvalues of a
    symmetric matrix in ascending order.
    """

    def potential(position):
        return position[0] ** 2 - position[1] ** 2

    position = jnp.array([3.0, 1.0])
    gradient = jax.grad(potential)(position)
    hessian = jax.jit(jax.hessian(potential))(position)

    assert (position - jnp.linalg.solve(hessian, gradient)).tolist() == __
    assert (position - 0.25 * gradient).tolist() == __
    assert jnp.sign(jnp.linalg.eigvalsh(hessian)).tolist() == __


def is_minimum(loss, p):
    """Return whether p is a local minimum of `loss`, a boolean scalar.

    At a minimum, all elements of the gradient are within 1e-3 of zero, and all eigenvalues of the
    Hessian are positive.
    """
    # TODO: test the gradient and the Hessian at p; the function must work under jit
    raise NotImplementedError


def test_the_hessian_tells_whether_newton_found_a_minimum():
    """A small gradient does not prove a minimum, so test the point that Newton's method returns.

    Below, a damped sine is fitted from two starts. Each of 300 steps is a tenth of a Newton step.
    Both results have a gradient of zero. That of the far start is a saddle point and not the fit.
    """
    points = {
        "a minimum": (lambda p: p[0] ** 2 + 3 * p[1] ** 2, [0.0, 0.0], True),
        "a slope": (lambda p: p[0] ** 2 + 3 * p[1] ** 2, [0.0, 1.0], False),
        "a slope downward": (lambda p: p[0] ** 2 + 3 * p[1] ** 2, [-1.0, 0.0], False),
        "a slight slope": (lambda p: p[0] ** 2 + 3 * p[1] ** 2, [0.01, 0.0], False),
        "opposite slopes": (lambda p: p[0] ** 2 + 3 * p[1] ** 2, [3.0, -1.0], False),
        "a level valley": (lambda p: p[0] ** 2, [0.0, 1.0], False),
        "a maximum": (lambda p: -(p[0] ** 2) - 3 * p[1] ** 2, [0.0, 0.0], False),
        "a saddle point": (lambda p: jnp.sum(p**2) + 4 * p[0] * p[1], [0.0, 0.0], False),
        "NaN": (lambda p: jnp.sum(p**2), [np.nan, 0.0], False),
    }
    for name, (loss, p, expected) in points.items():
        found = jax.jit(lambda p, loss=loss: is_minimum(loss, p))(jnp.array(p))
        assert jnp.shape(found) == (), f"{name}: expected a scalar, got shape {jnp.shape(found)}"
        assert bool(found) is expected, f"{name} at {p}: expected {expected}, got {found}"

    with jax.enable_x64(True):
        time = np.arange(10.0)
        height = np.exp(-time / 2) * np.sin(time)

        def misfit(p):
            return jnp.mean((jnp.exp(-p[0] * time) * jnp.sin(p[1] * time) - height) ** 2)

        @jax.jit
        def newton(p):
            return lax.fori_loop(0, 300, lambda i, p: 0.9 * p + 0.1 * newton_step(misfit, p), p)

        ends = {"near": newton(jnp.array([0.4, 0.9])), "far": newton(jnp.array([0.1, 0.5]))}
        checked = {name: bool(is_minimum(misfit, p)) for name, p in ends.items()}
        assert checked == {"near": True, "far": False}, (
            f"a damped sine: expected a minimum only near the fit, got {checked}"
        )


# Newton's method needs few steps, a good start, and a look at the eigenvalues of the Hessian.
# Next: a problem whose solution is a saddle point, and derivatives of a batch and of a loop.
