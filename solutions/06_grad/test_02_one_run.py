"""By which argument to differentiate, and what else the same run can bring."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, executed


def sensitivities(law, length, period):
    """Two answers, a pair: the derivative of law(length, period) in the period; and the
    derivatives in both, which are a pair themselves, that in the length first.
    """
    # BEGIN PROMPT: tell grad by which of its arguments to differentiate
    # BEGIN SOLUTION
    in_period = jax.grad(law, argnums=1)(length, period)
    in_both = jax.grad(law, argnums=(0, 1))(length, period)
    return in_period, in_both
    # END SOLUTION


def test_argnums_says_by_which_argument():
    """grad differentiates by the first argument and holds the others fixed, unless `argnums` names
    others by position, from 0: one number for one derivative, a tuple for a tuple of them.
    """
    # HINT: The period is argument number 1.
    # HINT: For both, argnums is a tuple of two numbers, and so is the answer.
    # HINT: jax.grad(law, argnums=1)(length, period), then the same with argnums=(0, 1).

    def gravity(length, period):  # weighed by a pendulum, with pi^2 taken as 10
        return 40 * length / period**2

    in_period, (in_length, again) = sensitivities(gravity, 1.0, 2.0)
    message = "one derivative is one number: argnums=1 gives a number, argnums=(1,) a tuple"
    assert np.ndim(in_period) == 0, message
    message = "in the period, the second argument: left alone, grad goes by the first"
    assert_allclose(in_period, -10.0, rtol=1e-5, err_msg=message)
    message = "in both: in the length first, then in the period"
    assert_allclose([in_length, again], [10.0, -10.0], rtol=1e-5, err_msg=message)

    def stretched(length, period):
        return jnp.sum(length**2) * period

    in_period, (in_length, again) = sensitivities(stretched, jnp.array([1.0, -3.0]), 5.0)
    message = "the derivative of the law that is handed in, here another one"
    assert_allclose([in_period, again], [10.0, 10.0], rtol=1e-5, err_msg=message)
    assert_allclose(in_length, [10.0, -30.0], rtol=1e-5, err_msg="an array in, an array out")


def loss_and_slope(loss, p, x, y):
    """The loss at p and its gradient in p, as a pair."""
    # BEGIN PROMPT: run `loss` once for both
    # BEGIN SOLUTION
    return jax.value_and_grad(loss)(p, x, y)
    # END SOLUTION


def test_value_and_gradient_come_from_one_run():
    """To find the gradient JAX runs the function anyway. Asking for the value apart runs it twice.
    `jax.value_and_grad(f)` is called as jax.grad(f) is, and answers with both, as a pair.

    `loss.runs()` counts what was really computed, as in chapter 04.
    """

    # HINT: Like grad, it wants a function, and differentiates by the first argument: that is p.
    # HINT: jax.value_and_grad(loss)(p, x, y) is the pair that is asked for.
    @executed
    def loss(p, x, y):
        return jnp.mean((p[0] * x + p[1] - y) ** 2)

    x, y = jnp.array([0.0, 1.0, 3.0]), jnp.array([1.0, 3.0, 7.0])

    value, slope = loss_and_slope(loss, jnp.array([1.0, 0.0]), x, y)
    ran = loss.runs()

    assert ran == 1, f"loss ran {ran} times; one run gives both"
    assert_allclose(value, 7.0, rtol=1e-5, err_msg="first the loss, one number")
    assert_allclose(slope, [-28 / 3, -14 / 3], rtol=1e-5, err_msg="then its gradient in p")
    value, slope = loss_and_slope(loss, jnp.array([3.0, -1.0]), x, y)
    assert_allclose(value, 2.0, rtol=1e-5, err_msg="the loss elsewhere")
    assert_allclose(slope, [4 / 3, -4 / 3], rtol=1e-5, err_msg="its gradient there")


def slope_and_residuals(model, p, x, y):
    """The gradient in p of the mean of the squared residuals, and the residuals, as a pair.

    The residuals are model(p, x) - y, an array.
    """
    # BEGIN PROMPT: run `model` once, and let the residuals come along with the gradient
    # BEGIN SOLUTION

    def loss(p):
        residuals = model(p, x) - y
        return jnp.mean(residuals**2), residuals

    return jax.grad(loss, has_aux=True)(p)
    # END SOLUTION


def test_has_aux_brings_along_what_was_computed_on_the_way():
    """grad wants one number out. With `has_aux=True` it wants a pair: that number, and something
    that is not differentiated. It answers with a pair then: the gradient, and that something.
    """
    # HINT: Inside, define a loss of p alone. It answers with the mean, and with the residuals.
    # HINT: return jnp.mean(residuals**2), residuals
    # HINT: jax.grad(loss, has_aux=True)(p) is the pair that is asked for.
    model = executed(lambda p, x: p[0] * x**2 + p[1])
    x, y = jnp.array([0.0, 1.0, 2.0, -1.0]), jnp.array([1.0, 0.0, 4.0, 2.0])

    slope, residuals = slope_and_residuals(model, jnp.array([2.0, 1.0]), x, y)
    ran = model.runs()

    message = "second, the residuals: model - y"
    assert_allclose(residuals, [0.0, 3.0, 5.0, 1.0], rtol=1e-5, err_msg=message)
    assert_allclose(slope, [12.0, 4.5], rtol=1e-5, err_msg="first, the gradient in p of the mean")
    assert ran == 1, f"model ran {ran} times; one run gives both"
    slope, residuals = slope_and_residuals(model, jnp.array([0.0, -1.0]), x[:2], y[:2])
    assert_allclose(residuals, [-2.0, -1.0], rtol=1e-5, err_msg="the residuals elsewhere")
    assert_allclose(slope, [-1.0, -3.0], rtol=1e-5, err_msg="the gradient elsewhere")


def complex_slopes(response, s):
    """The complex derivative of `response`, a holomorphic function, at each of the points s."""
    # BEGIN PROMPT: tell grad that the function is holomorphic
    # BEGIN SOLUTION
    return jax.vmap(jax.grad(response, holomorphic=True))(s)
    # END SOLUTION


def test_a_holomorphic_function_has_one_complex_derivative():
    """A complex function has a single slope only where it is holomorphic, and grad cannot see that:
    left alone it refuses, with `holomorphic=True` it believes you. Of conj, which has no
    derivative, it would then say 1, and be wrong in silence.
    """
    # HINT: For one point: jax.grad(response, holomorphic=True). For many: as in the taste.
    # HINT: jax.vmap(jax.grad(response, holomorphic=True))(s)
    s = jnp.array([1.0 + 2.0j, -0.5j, 3.0 + 0.0j])

    compiled = jax.jit(complex_slopes, static_argnums=0)
    slopes = compiled(lambda s: 1 / (s**2 + 1), s)
    law = -2 * np.array(s) / (np.array(s) ** 2 + 1) ** 2
    assert slopes.dtype == s.dtype, f"expected complex slopes, found {slopes.dtype}"
    message = "the slope of a resonance itself, to rounding: not of its size, and no conjugate"
    rounding = 1e-12 if slopes.dtype == np.complex128 else 2e-5
    assert_allclose(slopes, law, rtol=rounding, err_msg=message)
    slopes = compiled(lambda s: jnp.exp(1j * s), s[:2])
    law = 1j * np.exp(1j * np.array(s[:2]))
    assert_allclose(slopes, law, rtol=rounding, err_msg="of a wave, exp(i s)")


def test_stop_gradient_lets_the_value_through_and_not_the_derivative():
    """`lax.stop_gradient(x)` is x, and for every derivative a constant: for what is to be held
    fixed, or what has no useful slope, such as rounding.
    """

    # HINT: The value: read the function as if stop_gradient were not there.
    # HINT: The slope: read what stands in stop_gradient as a fixed number. 3 v, at v = 3, has 3.
    # HINT: reading(v) is 2 v plus a constant, for grad. Its value is the rounded number.
    def drag(speed):
        return speed * speed

    def held(speed):
        return lax.stop_gradient(speed) * speed

    assert jax.grad(drag)(3.0) == 6.0
    assert held(3.0) == __(9.0)
    assert jax.grad(held)(3.0) == __(3.0)

    def reading(voltage):  # a meter that shows whole numbers, amplified by 2
        signal = 2 * voltage
        return signal + lax.stop_gradient(jnp.round(signal) - signal)

    assert jax.grad(lambda v: jnp.round(2 * v))(1.7) == 0.0
    assert reading(1.7) == __(3.0)
    assert jax.grad(reading)(1.7) == __(2.0)


# One run now brings the value, the gradient by any argument, and whatever was met on the way.
# Next: gradients that are not a number.
