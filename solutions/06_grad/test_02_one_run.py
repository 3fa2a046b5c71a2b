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
    # BEGIN PROMPT: tell grad which arguments to differentiate
    # BEGIN SOLUTION
    by_period = jax.grad(law, argnums=1)(length, period)
    by_both = jax.grad(law, argnums=(0, 1))(length, period)
    return by_period, by_both
    # END SOLUTION


def test_argnums_selects_the_arguments_to_differentiate():
    """`jax.grad(f, argnums=0)` differentiates with respect to the first argument of f.

    `argnums` selects arguments by position; the others are held fixed. With an int, grad returns
    one gradient. With a tuple of ints, it returns a tuple of gradients.
    """
    # HINT: Positions count from 0, so `period` is argument 1.
    # HINT: For both derivatives, `argnums` is a tuple of two ints.
    # HINT: jax.grad(law, argnums=1)(length, period), then the same with argnums=(0, 1).

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
    # BEGIN PROMPT: evaluate `loss` only once
    # BEGIN SOLUTION
    return jax.value_and_grad(loss)(p, x, y)
    # END SOLUTION


def test_value_and_grad_evaluates_the_function_once():
    """`jax.value_and_grad(f)` returns a function that returns the pair of value and gradient.

    The returned function takes the arguments of f. JAX evaluates f to compute the gradient, so
    calling f for its value as well evaluates it twice. `loss.runs()` is the number of evaluations,
    as in chapter 04.
    """

    # HINT: Like grad, it takes a function and differentiates the first argument, here p.
    # HINT: jax.value_and_grad(loss)(p, x, y) is the pair.
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
    # BEGIN PROMPT: evaluate `model` only once
    # BEGIN SOLUTION

    def loss(p):
        residuals = model(p, x) - y
        return jnp.mean(residuals**2), residuals

    return jax.grad(loss, has_aux=True)(p)
    # END SOLUTION


def test_has_aux_returns_an_extra_output_with_the_gradient():
    """With `has_aux=True`, f returns a pair (scalar, aux), and grad returns (gradient, aux).

    Only the scalar is differentiated. aux may be any intermediate value of f, so you need not
    compute it again.
    """
    # HINT: Define a loss of p alone. It returns the pair of the mean and the residuals.
    # HINT: return jnp.mean(residuals**2), residuals
    # HINT: jax.grad(loss, has_aux=True)(p) is the pair to return.
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
    # BEGIN PROMPT: step downhill in the imaginary part too
    # return amplitude - rate * jax.grad(misfit)(amplitude)
    # BEGIN SOLUTION
    return amplitude - rate * jnp.conj(jax.grad(misfit)(amplitude))
    # END SOLUTION


def test_the_gradient_of_a_real_function_of_a_complex_number_is_conjugated():
    """For a real function f of z = x + iy, JAX's gradient is df/dx - i df/dy.

    The direction of steepest ascent is df/dx + i df/dy, the complex conjugate of that. PyTorch
    and TensorFlow return the conjugate of JAX's gradient.
    """
    # HINT: power(z) is x^2 + y^2. Its derivatives are 2 x and 2 y.
    # HINT: The step needs df/dx + i df/dy. jax.grad returns df/dx - i df/dy. Which function
    #   converts one to the other?
    # HINT: amplitude - rate * jnp.conj(jax.grad(misfit)(amplitude))

    def power(z):
        return z.real**2 + z.imag**2

    assert jax.grad(power)(1.0 + 2.0j) == __(2.0 - 4.0j)
    # WHY: df/dx is 2 x = 2 and df/dy is 2 y = 4; JAX returns df/dx - i df/dy.
    # IF 2.0 + 4.0j: 2 + 4i is df/dx + i df/dy; JAX's sign of the imaginary part is the other.
    # IF 5.0: 5 is power(1 + 2i), the value.
    # IF 2.0: 2 is df/dx alone. The imaginary part holds df/dy, with a minus sign.
    # IF 1.0 - 2.0j: 1 - 2i is half of df/dx - i df/dy. JAX's gradient has no factor 1/2.
    # IF 6.0: The gradient is complex: it holds both derivatives and does not add them.

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
    # BEGIN PROMPT: use jax.grad for one point, and jax.vmap for all
    # BEGIN SOLUTION
    return jax.vmap(jax.grad(response, holomorphic=True))(s)
    # END SOLUTION


def test_holomorphic_true_gives_the_complex_derivative():
    """If the output of f is complex, jax.grad(f) raises TypeError unless `holomorphic=True`.

    With it, grad returns the complex derivative df/dz, without a conjugate. JAX does not check
    that f is holomorphic: for jnp.conj, which has no complex derivative, it returns 1.
    """
    # HINT: For one point: jax.grad(response, holomorphic=True). For all points: jax.vmap.
    # HINT: jax.vmap(jax.grad(response, holomorphic=True))(s)
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

    # HINT: For the value, read the function as if stop_gradient were not there.
    # HINT: For the derivative, replace what is in stop_gradient with a fixed value.
    # HINT: For the derivative, reading(v) is 2 * v + c with a constant c.
    def drag(speed):
        return speed * speed

    def held(speed):
        return lax.stop_gradient(speed) * speed

    assert jax.grad(drag)(3.0) == 6.0
    assert held(3.0) == __(9.0)
    # WHY: stop_gradient does not change the value: 3 * 3.
    # IF 0.0: stop_gradient(speed) is 3, not 0. Only its derivative is 0.
    # IF 3.0: 3 is the derivative of `held` at 3. This line asks for its value.
    # IF 6.0: 6 is the derivative of `drag` at 3. This line asks for the value of `held`.
    assert jax.grad(held)(3.0) == __(3.0)
    # WHY: The first factor counts as the constant 3, and the derivative of 3 v is 3.
    # IF 6.0: 6 is the derivative without stop_gradient.
    # IF 0.0: The second factor is not stopped, and its derivative is 1.
    # IF 9.0: 9 is held(3.0), the value.

    def reading(voltage):  # a meter that shows integers, after amplification by 2
        signal = 2 * voltage
        return signal + lax.stop_gradient(jnp.round(signal) - signal)

    assert jax.grad(lambda v: jnp.round(2 * v))(1.7) == 0.0
    assert reading(1.7) == __(3.0)
    # WHY: The value is signal + (round(signal) - signal), which is round(3.4).
    # IF 4.0: 4 is 2 * round(1.7). The signal, 3.4, is rounded after the amplification.
    # IF 3.4: 3.4 is the signal; the added term moves it to the nearest integer.
    # IF 2.0: 2 is round(1.7). The signal is 2 * 1.7, and round(3.4) is 3.
    assert jax.grad(reading)(1.7) == __(2.0)
    # WHY: The stopped term counts as a constant, so only 2 v has a derivative.
    # IF 0.0: 0 is the derivative of the rounding, which is stopped here.
    # IF 3.0: 3 is reading(1.7), the value.
    # IF 1.0: The first term is 2 v, and its derivative is 2.


# Next: gradients that are NaN.
