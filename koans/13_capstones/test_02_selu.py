"""An overflow in an unselected branch of SELU makes all gradients of a layer NaN."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted


def unsafe(x):
    """Return SELU of x, written as in chapter 03; the values are correct."""
    return 1.05 * jnp.where(x > 0, x, 1.67 * jnp.expm1(x))


def test_forward_mode_avoids_the_nan_of_the_unselected_branch():
    """Reverse mode gives the unselected branch the gradient 0 and multiplies it by e^x.

    If e^x is infinite, 0 * inf is NaN. Forward mode computes the derivatives of both branches, and
    `where` selects one: nothing is multiplied by 0. e^x is infinite above x = 88.7 in float32, and
    above 709.8 in float64.
    """
    points = (50.0, 100.0, 800.0)

    def where_nan(derivative, x64):
        with jax.enable_x64(x64):
            derivatives = jax.jit(jax.vmap(derivative(unsafe)))(jnp.array(points))
            return [x for x, d in zip(points, derivatives.tolist(), strict=True) if np.isnan(d)]

    assert where_nan(jax.grad, x64=False) == __
    assert where_nan(jax.grad, x64=True) == __
    assert where_nan(jax.jacfwd, x64=False) == __


def selu(x, alpha, scale):
    """Return scale * x where x > 0, and scale * alpha * (e^x - 1) elsewhere; x is a scalar.

    Its first derivatives with respect to x, alpha and scale, and its second with respect to x, are
    finite for every x, also in reverse mode.
    """
    # TODO: evaluate each branch only with an x for which it is selected
    raise NotImplementedError


def test_all_derivatives_of_selu_are_finite():
    """`jnp.where` around the formula protects the value from an overflow, but not the gradients.

    The training of a network needs the gradients with respect to its parameters too. The derivative
    with respect to alpha is e^x - 1, so it meets the same overflow as that with respect to x.
    """
    points = np.array([1000.0, -1000.0, 2.0, -2.0, 0.5, -0.5])
    up, low = points > 0, np.minimum(points, 0)
    traced = counted(lambda x, alpha, scale: selu(x, alpha, scale))

    def everything(x, alpha, scale):
        value, gradients = jax.value_and_grad(traced, argnums=(0, 1, 2))(x, alpha, scale)
        return value, *gradients, jax.grad(jax.grad(selu))(x, alpha, scale)

    for x64, rtol in ((False, 1e-5), (True, 1e-12)):
        with jax.enable_x64(x64):
            compiled = jax.jit(jax.vmap(everything, in_axes=(0, None, None)))
            traced.count, x = 0, jnp.array(points)
            for alpha, scale in ((1.67, 1.05), (0.5, -3.0)):
                tail = alpha * np.exp(low)
                unscaled = np.where(up, points, alpha * np.expm1(low))
                expected = {
                    "the value": scale * unscaled,
                    "the derivative with respect to x": scale * np.where(up, 1.0, tail),
                    "the derivative with respect to alpha": scale * np.expm1(low),
                    "the derivative with respect to scale": unscaled,
                    "the second derivative with respect to x": scale * np.where(up, 0.0, tail),
                }
                found = compiled(x, alpha, scale)
                for (name, values), each in zip(expected.items(), found, strict=True):
                    message = f"expected {name} at {points}, alpha {alpha}, scale {scale},"
                    message += f" x64={x64}"
                    values = values.astype(x.dtype)
                    assert each.shape == x.shape, f"{message}: got shape {each.shape}"
                    message += f", got {each}"
                    assert_allclose(each, values, rtol=rtol, atol=1e-30, err_msg=message)
            assert traced.count == 1, f"expected 1 trace for all values, got {traced.count}"


def weight_gradient(weights, signals, targets):
    """Return the gradient of the mean of (SELU(signals @ weights) - targets)^2.

    The gradient is with respect to `weights`. `signals` has the shape (m, n), `targets` (m,) and
    `weights` (n,). alpha is 1.67, scale is 1.05.
    """

    # TODO: avoid the NaN where it arises; here it is only replaced
    def loss(weights):
        return jnp.mean((unsafe(signals @ weights) - targets) ** 2)

    return jnp.nan_to_num(jax.grad(loss)(weights))


def test_nan_to_num_leaves_a_wrong_gradient():
    """`jnp.nan_to_num` replaces a NaN in a gradient with 0, which is a wrong derivative.

    Every signal contributes to the gradient of every weight, so a single signal can make it NaN.
    If zeros replace the NaNs, gradient descent no longer changes the weights.
    """
    weights = np.array([2.0, -1.0])
    signals = np.array([[1.0, 0.5], [0.25, 1.0], [400.0, -200.0], [-1.5, 2.0]])
    targets = np.array([1.0, 0.5, 1048.0, -1.0])

    for rows in ([0, 1, 2, 3], [3, 2], [1, 0]):
        x, s, w = signals[rows] @ weights, signals[rows], targets[rows]
        up, low = x > 0, np.minimum(x, 0)
        error = 1.05 * np.where(up, x, 1.67 * np.expm1(low)) - w
        expected = 2 * (error * 1.05 * np.where(up, 1.0, 1.67 * np.exp(low))) @ s / len(rows)
        for x64, rtol in ((False, 1e-3), (True, 1e-11)):
            with jax.enable_x64(x64):
                found = jax.jit(weight_gradient)(jnp.array(weights), jnp.array(s), jnp.array(w))
                message = f"signals {rows}, x64={x64}: expected the gradient of the mean, for alpha"
                message += " 1.67 and scale 1.05"
                values = expected.astype(found.dtype)
                assert_allclose(found, values, rtol=rtol, strict=True, err_msg=message)


# Values and gradients stay finite if each branch gets only an x for which it is selected.
# Next: integrals.
