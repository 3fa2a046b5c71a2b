"""jax.grad returns the derivative of code: exact up to rounding, without a step size."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __


def damped_sine(time):
    """Return exp(-time / 2) * sin(time), the displacement of a damped pendulum."""
    return jnp.exp(-time / 2) * jnp.sin(time)


def damped_sine_derivative(time):
    """Return the derivative of damped_sine by its formula, in NumPy."""
    return np.exp(-time / 2) * (np.cos(time) - np.sin(time) / 2)


def motion(displacement, times):
    """Return the displacement, velocity and acceleration at `times`: three arrays like `times`.

    `displacement` is a function of one scalar time. The velocity is its derivative, and the
    acceleration is the derivative of the velocity.
    """
    # TODO: differentiate with jax.grad, and evaluate at all times with jax.vmap
    raise NotImplementedError


def test_grad_is_as_exact_as_the_formula(figure):
    """`jax.grad(f)` returns the derivative of f as a function.

    JAX knows the derivative of each primitive and combines them by the chain rule, so the only
    error is rounding. The result is a function, so grad can be applied to it again.
    """
    times = np.linspace(0, 10, 101)
    for x64, rounding in ((False, 5e-5), (True, 1e-12)):
        with jax.enable_x64(x64):
            result = jax.jit(lambda t: motion(damped_sine, t))(times)
            assert len(result) == 3, f"expected three arrays, got {len(result)}"
            formulas = [
                np.exp(-times / 2) * np.sin(times),
                damped_sine_derivative(times),
                -np.exp(-times / 2) * (np.cos(times) + 0.75 * np.sin(times)),
            ]
            for got, formula, name in zip(result, formulas, ("f", "f'", "f''"), strict=True):
                message = (
                    f"expected f, f', f'' of the damped sine to within rounding; {name}, {x64=}"
                )
                assert_allclose(got, formula, atol=rounding, err_msg=message)
    fall = jax.jit(lambda t: motion(lambda t: 20 - 5 * t**2, t))(jnp.array([1.0, -2.0]))
    expected = [[15.0, 0.0], [-10.0, 20.0], [-10.0, -10.0]]
    message = "another displacement, 20 - 5 t^2: expected f, f', f'' of that function"
    assert_allclose(fall, expected, rtol=1e-5, err_msg=message)

    # Nothing to do here: with `pytest --plots`, `figure` draws what your function computed.
    @figure("damped_sine", xlabel="time [s]", ylabel="f [m],  f' [m/s],  f'' [m/s²]")
    def draw(axes):
        for curve, formula, name in zip(result, formulas, ("f", "f'", "f''"), strict=True):
            axes.plot(times, curve, label=f"{name} by grad" if name != "f" else name)
            label = "by formula" if name == "f''" else None
            axes.plot(times[::7], formula[::7], "k.", label=label)


def test_a_finite_difference_has_a_best_step(figure):
    """The error of the finite difference (f(t + h) - f(t)) / h is at most about h + eps / h.

    Even without rounding, the finite difference has an error of up to h, if the second derivative
    of f is about 1. Rounding adds at most about eps / h, where eps is about 1e-7 in float32 and
    1e-16 in float64. grad has no step, and is more exact than the best finite difference.
    """

    times = np.array([0.5, 1.0, 2.0, 3.0, 5.0])
    exact = damped_sine_derivative(times)
    compiled, derivative = jax.jit(damped_sine), jax.jit(jax.vmap(jax.grad(damped_sine)))

    def errors(dtype, steps):
        """Return the largest errors over all times: of each finite difference, and of grad."""
        t, h = times.astype(dtype), steps.astype(dtype)[:, None]
        with jax.enable_x64(dtype == np.float64):
            quotient = (np.array(compiled(t + h)) - np.array(compiled(t))) / h
            of_grad = np.max(abs(np.array(derivative(t)) - exact))
            return np.max(abs(quotient - exact), axis=1), of_grad

    steps = np.array([1e-1, 1e-3, 1e-5, 1e-8, 1e-11])
    error32, error32_of_grad = errors(np.float32, steps)
    error64, error64_of_grad = errors(np.float64, steps)

    assert steps[np.argmin(error32)] == __
    assert steps[np.argmin(error64)] == __
    assert error32_of_grad < min(error32) / 10
    assert error64_of_grad < min(error64) / 10

    @figure(
        "finite_differences",
        xlabel="step h [s]",
        ylabel="largest error of the derivative [m/s]",
        xscale="log",
        yscale="log",
    )
    def draw(axes):
        fine = np.logspace(-13, -0.5, 60)
        for dtype, mark, dots in ((np.float32, "o", ":"), (np.float64, "s", "-.")):
            quotient, of_grad = errors(dtype, fine)
            name = dtype.__name__
            label = f"finite difference, {name}"
            (line,) = axes.plot(fine, quotient, marker=mark, markersize=3, label=label)
            axes.axhline(of_grad, color=line.get_color(), linestyle=dots, label=f"grad, {name}")


def forces(potential, positions):
    """Return minus the derivative of `potential` at each of `positions`, as an array.

    `potential` is a function of one scalar position. `positions` is a float or an integer array.
    """
    # TODO: accept integer positions too
    return -jax.vmap(jax.grad(potential))(positions)


def test_grad_requires_a_floating_point_argument():
    """jax.grad raises TypeError if it differentiates with respect to an integer argument.

    A derivative is defined by small changes of the argument, and an integer has none. JAX's
    message also mentions `allow_int` and vjp; neither is needed here.
    """

    def well(x):
        return x**3 - x

    grid = np.array([-3, -1, 0, 2])

    message = "potential x^3 - x, integer positions: expected 1 - 3 x^2"
    assert_allclose(forces(well, grid), [-26, -2, 1, -11], rtol=1e-5, err_msg=message)
    between = np.array([0.5, -1.75])
    got = np.asarray(forces(jnp.sin, between))
    message = "potential sin(x), positions between integers: expected -cos(x) to within rounding"
    rounding = 1e-12 if got.dtype == np.float64 else 3e-6
    assert_allclose(got, -np.cos(between), rtol=rounding, err_msg=message)


def misfit_gradient(model, weights, x, y):
    """Return the gradient of the misfit with respect to `weights`, an array like `weights`.

    The misfit is the sum over all data points of (model(weights, x) - y) ** 2.
    """
    # TODO: make `misfit` return a scalar
    def misfit(weights):
        return (model(weights, x) - y) ** 2

    return jax.grad(misfit)(weights)


def test_grad_requires_a_scalar_output():
    """jax.grad(f) raises TypeError unless f returns a scalar.

    The argument may be an array of any shape, and the gradient has the same shape.
    """

    def line(weights, x):
        return weights[0] * x + weights[1]

    def waves(weights, x):
        return jnp.sin(x * weights[1]).dot(weights[0])

    x, y = jnp.array([0.0, 1.0, 2.0]), jnp.array([1.0, -1.0, 5.0])
    compiled = jax.jit(misfit_gradient, static_argnums=0)
    got = compiled(line, jnp.array([1.0, 2.0]), x, y)
    assert got.shape == (2,), f"weights of shape (2,): expected shape (2,), got {got.shape}"
    message = "straight line: expected the gradient of the sum of the squared differences"
    assert_allclose(got, [4.0, 8.0], rtol=1e-5, err_msg=message)
    weights = jnp.array([[2.0, -1.0], [0.0, 0.5]])
    got = compiled(waves, weights, jnp.array([1.0, np.pi]), 1.0)
    expected = [[0.0, -4.0], [-8.0, 0.0]]
    message = "weights of shape (2, 2): expected a gradient of that shape"
    assert_allclose(got, expected, atol=1e-5, err_msg=message)


def test_an_if_works_under_grad_and_not_under_jit():
    """grad alone evaluates Python with known values, so an `if` on a value works.

    grad differentiates the branch that was taken. jit traces without values, so the same `if`
    raises TracerBoolConversionError under jit, even if jit is applied to a gradient.
    """

    def drag(speed):
        if speed > 10.0:
            return speed**2 / 5
        return 2 * speed

    derivative = jax.grad(drag)

    assert derivative(4.0) == __
    assert derivative(20.0) == __
    with pytest.raises(jax.errors.TracerBoolConversionError):
        jax.jit(derivative)(4.0)


# Next: gradients with respect to other arguments, and gradients together with other outputs.
