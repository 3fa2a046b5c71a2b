"""Which arguments to differentiate, and which outputs to return together with the gradient."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, executed


def sensitivities(law, length, period):
    """Return a derivative and a pair of derivatives of law(length, period).

    The first output is the derivative with respect to `period`. The second is the pair of the
    derivatives with respect to `length` and to `period`, in this order.
    """
    # TODO: tell grad which arguments to differentiate
    raise NotImplementedError


def test_argnums_selects_the_arguments_to_differentiate():
    """`jax.grad(f, argnums=0)` differentiates with respect to the first argument of f.

    `argnums` selects arguments by position; the others are held fixed. With an int, grad returns
    one gradient. With a tuple of ints, it returns a tuple of gradients.
    """

    def gravity(length, period):  # measured by a pendulum, with pi^2 taken as 10
        return 40 * length / period**2

    by_period, pair = sensitivities(gravity, 1.0, 2.0)
    message = f"expected a derivative and a pair of derivatives, got {by_period} and {pair}"
    assert np.shape(pair) == (2,), message
    by_length, by_period_again = pair
    message = f"derivative w.r.t. period: expected a scalar, got shape {np.shape(by_period)}"
    assert np.ndim(by_period) == 0, message
    message = "40 length / period^2 at (1, 2): the derivative with respect to `period`"
    assert_allclose(by_period, -10.0, rtol=1e-5, err_msg=message)
    message = "40 length / period^2 at (1, 2): the pair, first with respect to `length`"
    assert_allclose([by_length, by_period_again], [10.0, -10.0], rtol=1e-5, err_msg=message)

    def stretched(length, period):
        return jnp.sum(length**2) * period

    by_period, (by_length, by_period_again) = sensitivities(stretched, jnp.array([1.0, -3.0]), 5.0)
    message = "another law, sum(length^2) * period: the derivative with respect to `period`"
    assert_allclose([by_period, by_period_again], [10.0, 10.0], rtol=1e-5, err_msg=message)
    message = "another law, sum(length^2) * period: the gradient with respect to `length`"
    assert_allclose(by_length, [10.0, -30.0], rtol=1e-5, err_msg=message)


def loss_and_gradient(loss, p, x, y):
    """Return the pair of loss(p, x, y) and its gradient with respect to p."""
    # TODO: evaluate `loss` only once
    raise NotImplementedError


def test_value_and_grad_evaluates_the_function_once():
    """`jax.value_and_grad(f)` returns a function that returns the pair of value and gradient.

    The returned function takes the arguments of f. JAX evaluates f to compute the gradient, so
    calling f for its value as well evaluates it twice. `loss.runs()` is the number of evaluations,
    as in chapter 04.
    """

    @executed
    def loss(p, x, y):
        return jnp.mean((p[0] * x + p[1] - y) ** 2)

    x, y = jnp.array([0.0, 1.0, 3.0]), jnp.array([1.0, 3.0, 7.0])

    value, gradient = loss_and_gradient(loss, jnp.array([1.0, 0.0]), x, y)
    count = loss.runs()

    assert count == 1, f"expected 1 evaluation of loss, got {count}"
    message = "first output: expected the loss, a scalar"
    assert_allclose(value, 7.0, rtol=1e-5, err_msg=message)
    message = f"second output: expected the gradient with respect to p alone, got {gradient}"
    assert not isinstance(gradient, tuple), message
    message = "second output: expected the gradient with respect to p"
    assert_allclose(gradient, [-28 / 3, -14 / 3], rtol=1e-5, err_msg=message)
    value, gradient = loss_and_gradient(loss, jnp.array([3.0, -1.0]), x, y)
    assert_allclose(value, 2.0, rtol=1e-5, err_msg="the loss at p = (3, -1)")
    assert_allclose(gradient, [4 / 3, -4 / 3], rtol=1e-5, err_msg="the gradient at p = (3, -1)")


def gradient_and_residuals(model, p, x, y):
    """Return the gradient of the loss with respect to p, and the residuals, as a pair.

    The residuals are model(p, x) - y, an array. The loss is the mean of their squares.
    """
    # TODO: evaluate `model` only once
    raise NotImplementedError


def test_has_aux_returns_an_extra_output_with_the_gradient():
    """With `has_aux=True`, f returns a pair (scalar, aux), and grad returns (gradient, aux).

    Only the scalar is differentiated. aux may be any intermediate value of f, so you need not
    compute it again.
    """
    model = executed(lambda p, x: p[0] * x**2 + p[1])
    x, y = jnp.array([0.0, 1.0, 2.0, -1.0]), jnp.array([1.0, 0.0, 4.0, 2.0])

    gradient, residuals = gradient_and_residuals(model, jnp.array([2.0, 1.0]), x, y)
    count = model.runs()

    message = "second output: expected the residuals, model(p, x) - y"
    assert_allclose(residuals, [0.0, 3.0, 5.0, 1.0], rtol=1e-5, err_msg=message)
    message = "first output: expected the gradient of the mean of the squared residuals"
    assert_allclose(gradient, [12.0, 4.5], rtol=1e-5, err_msg=message)
    assert count == 1, f"expected 1 evaluation of model, got {count}"
    gradient, residuals = gradient_and_residuals(model, jnp.array([0.0, -1.0]), x[:2], y[:2])
    assert_allclose(residuals, [-2.0, -1.0], rtol=1e-5, err_msg="the residuals at p = (0, -1)")
    assert_allclose(gradient, [-1.0, -3.0], rtol=1e-5, err_msg="the gradient at p = (0, -1)")


def descent_step(misfit, amplitude, rate):
    """Return the complex `amplitude` after one step of gradient descent.

    `misfit` is a real function f of one complex scalar z = x + iy. The step adds -rate * df/dx to
    x, and -rate * df/dy to y.
    """
    # TODO: step downhill in the imaginary part too
    return amplitude - rate * jax.grad(misfit)(amplitude)


def test_the_gradient_of_a_real_function_of_a_complex_number_is_conjugated():
    """For a real function f of z = x + iy, JAX's gradient is df/dx - i df/dy.

    The direction of steepest ascent is df/dx + i df/dy, the complex conjugate of that. PyTorch
    and TensorFlow return the conjugate of JAX's gradient.
    """

    def power(z):
        return z.real**2 + z.imag**2

    assert jax.grad(power)(1.0 + 2.0j) == __

    signal = jnp.array([1.0, 1.0j, -2.0])
    measured = (3.0 - 1.0j) * signal

    def misfit(amplitude):
        return jnp.sum(jnp.abs(amplitude * signal - measured) ** 2)

    start = jnp.array(1.0 + 2.0j)
    got = jnp.asarray(descent_step(lambda z: power(z) ** 2, start, 0.025))
    message = "power(z)^2 at 1 + 2i, rate 0.025: expected a step to 0.5 + 1i, exact"
    rounding = 1e-12 if got.dtype == np.complex128 else 1e-5
    assert_allclose(got, 0.5 + 1.0j, rtol=rounding, err_msg=message)
    amplitude, step = jnp.array(0.5 + 0.5j), jax.jit(lambda a: descent_step(misfit, a, 0.05))
    for _ in range(30):
        amplitude = step(amplitude)
    message = "30 steps on the misfit: expected the amplitude of the measured signal"
    assert_allclose(amplitude, 3.0 - 1.0j, rtol=1e-4, err_msg=message)


def complex_derivative(response, s):
    """Return the complex derivative of `response` at each point of the complex array s.

    `response` is a holomorphic function of one complex scalar.
    """
    # TODO: use jax.grad for one point, and jax.vmap for all
    raise NotImplementedError


def test_holomorphic_true_gives_the_complex_derivative():
    """If the output of f is complex, jax.grad(f) raises TypeError unless `holomorphic=True`.

    With it, grad returns the complex derivative df/dz, without a conjugate. JAX does not check
    that f is holomorphic: for jnp.conj, which has no complex derivative, it returns 1.
    """
    s = jnp.array([1.0 + 2.0j, -0.5j, 3.0 + 0.0j])

    compiled = jax.jit(complex_derivative, static_argnums=0)
    got = compiled(lambda s: 1 / (s**2 + 1), s)
    expected = -2 * np.array(s) / (np.array(s) ** 2 + 1) ** 2
    assert got.dtype == s.dtype, f"expected complex derivatives, {s.dtype}, got {got.dtype}"
    message = "1 / (s^2 + 1): expected -2 s / (s^2 + 1)^2 to within rounding, not its conjugate"
    rounding = 1e-12 if got.dtype == np.complex128 else 2e-5
    assert_allclose(got, expected, rtol=rounding, err_msg=message)
    got = compiled(lambda s: jnp.exp(1j * s), s[:2])
    expected = 1j * np.exp(1j * np.array(s[:2]))
    assert_allclose(got, expected, rtol=rounding, err_msg="exp(i s): expected i exp(i s)")


def test_stop_gradient_keeps_the_value_and_stops_the_derivative():
    """`lax.stop_gradient(x)` returns x, and every derivative treats the result as a constant.

    Use it for a value that is to be held fixed, or to replace the derivative of an operation such
    as rounding, which is 0 almost everywhere.
    """

    def drag(speed):
        return speed * speed

    def held(speed):
        return lax.stop_gradient(speed) * speed

    assert jax.grad(drag)(3.0) == 6.0
    assert held(3.0) == __
    assert jax.grad(held)(3.0) == __

    def reading(voltage):  # a meter that shows integers, after amplification by 2
        signal = 2 * voltage
        return signal + lax.stop_gradient(jnp.round(signal) - signal)

    assert jax.grad(lambda v: jnp.round(2 * v))(1.7) == 0.0
    assert reading(1.7) == __
    assert jax.grad(reading)(1.7) == __


# Next: gradients that are NaN.
