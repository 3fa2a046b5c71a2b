"""Derivatives that you define yourself, even for a function that JAX cannot look into."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.test_util import check_grads
from numpy.testing import assert_allclose

from jax_koans import counted


@jax.custom_jvp
def eccentric_anomaly(mean, eccentricity):
    """Return E, the solution of E - eccentricity * sin(E) == mean, for scalar arguments."""

    def step(state):
        E, _ = state
        change = (E - eccentricity * jnp.sin(E) - mean) / (1 - eccentricity * jnp.cos(E))
        return E - change, change

    return lax.while_loop(lambda state: abs(state[1]) > 1e-5, step, (mean, 1.0 + 0 * mean))[0]


@eccentric_anomaly.defjvp
def eccentric_anomaly_rule(primals, tangents):
    """Return E, and its small change dE if mean changes by dm and eccentricity by de."""
    (mean, eccentricity), (dm, de) = primals, tangents
    # BEGIN PROMPT: return the pair (E, dE)
    # BEGIN SOLUTION
    E = eccentric_anomaly(mean, eccentricity)
    return E, (dm + jnp.sin(E) * de) / (1 - eccentricity * jnp.cos(E))
    # END SOLUTION


def test_custom_jvp_replaces_the_derivative_of_a_function():
    """For a function f with `@jax.custom_jvp`, JAX calls a rule instead of differentiating f.

    `@f.defjvp` decorates the rule. rule(primals, tangents) takes the arguments, and a small
    change (tangent) of each. It returns the pair of f's output and its tangent. With such a rule,
    even a function with a while_loop has a reverse mode. For small changes, Kepler's equation
    E - e sin(E) = m becomes dE - e cos(E) dE - sin(E) de = dm.
    """
    # HINT: Solve the last equation of the docstring for dE.
    # HINT: Call eccentric_anomaly(mean, eccentricity) in the rule to get E.
    # HINT: dE = (dm + jnp.sin(E) * de) / (1 - eccentricity * jnp.cos(E))
    found = eccentric_anomaly_rule((jnp.array(0.0), jnp.array(0.5)), (0.25, 1.0))
    assert isinstance(found, tuple | list), f"rule: expected the pair (E, dE), got {found}"
    assert len(found) == 2, f"rule: expected the pair (E, dE), got {found}"
    E, dE = found
    assert np.shape(dE) == (), f"dE: expected a scalar, got shape {np.shape(dE)}"
    message = "rule at mean 0, eccentricity 0.5, with dm = 0.25, de = 1: expected (0, 0.5)"
    assert_allclose([E, dE], [0.0, 0.5], rtol=1e-5, atol=1e-6, err_msg=message)

    m, e = np.array([0.0, 1.0, 3.0, -2.5]), np.array([0.3, 0.8, 0.0, 0.5])
    for x64, rtol in ((False, 2e-5), (True, 1e-9)):
        with jax.enable_x64(x64):
            gradients = jax.vmap(jax.value_and_grad(eccentric_anomaly, argnums=(0, 1)))
            E, (by_m, by_e) = jax.jit(gradients)(m, e)
            message = f"E: expected E - e sin(E) == m, {x64=}"
            assert_allclose(E - e * np.sin(E), m, rtol=rtol, atol=1e-6, err_msg=message)
            denominator = 1 - e * np.cos(E)
            message = f"derivative with respect to the mean anomaly, {x64=}"
            assert_allclose(by_m, 1 / denominator, rtol=rtol, err_msg=message)
            message = f"derivative with respect to the eccentricity, {x64=}"
            assert_allclose(by_e, np.sin(E) / denominator, rtol=rtol, atol=1e-6, err_msg=message)
            second = jax.jit(jax.vmap(jax.grad(jax.grad(eccentric_anomaly))))(m, e)
            message = f"second derivative with respect to the mean anomaly, {x64=}"
            expected = -e * np.sin(E) / denominator**3
            assert_allclose(second, expected, rtol=10 * rtol, atol=1e-6, err_msg=message)


@jax.custom_jvp
def log_cosh(x):
    """Return log(cosh(x)), without overflow for a large x."""
    return jnp.abs(x) + jnp.log1p(jnp.exp(-2 * jnp.abs(x))) - math.log(2)


@log_cosh.defjvp
def log_cosh_rule(primals, tangents):
    """Return log_cosh(x), and its derivative times the tangent dx."""
    (x,), (dx,) = primals, tangents
    # BEGIN PROMPT: correct the derivative, for a large x too
    # derivative = 1 / jnp.cosh(x)
    # BEGIN SOLUTION
    derivative = jnp.tanh(x)
    # END SOLUTION
    return log_cosh(x), derivative * dx


def test_check_grads_finds_a_wrong_rule():
    """JAX does not check a custom rule. `check_grads` does: a wrong one raises AssertionError.

    `check_grads(f, args, order=1, eps=1e-3)` compares first derivatives with finite differences of
    step eps, to a few digits. In its message, ACTUAL is what the rule gives and DESIRED the finite
    difference; both are multiplied by a random tangent.
    """
    # HINT: log(cosh(x)) is a composition. Which factor of the chain rule is missing?
    # HINT: The derivative of log(c) is 1 / c, times the derivative of cosh(x), which is sinh(x).
    # HINT: sinh(x) / cosh(x) overflows for a large x. It is tanh(x).
    # If the next line raises, the rule and the function disagree.
    check_grads(jax.jit(log_cosh), (jnp.array([0.5, -2.0, 3.0]),), order=1, eps=1e-3)
    x = jnp.array([0.5, -2.0, 0.0, 1000.0, -1000.0])
    values, derivatives = jax.jit(jax.vmap(jax.value_and_grad(log_cosh)))(x)
    message = "derivative of log(cosh(x)): expected tanh(x), exact, even where cosh overflows"
    rounding = 100 * np.finfo(derivatives.dtype).eps
    assert_allclose(derivatives, np.tanh(np.array(x)), rtol=rounding, err_msg=message)
    message = f"first output of the rule: expected log(cosh(x)) at {x}"
    expected = np.logaddexp(x, -x) - np.log(2)
    assert_allclose(values, expected, rtol=1e-5, atol=1e-6, err_msg=message)
    value, tangent = log_cosh_rule((jnp.array(0.5),), (jnp.array(-3.0),))
    message = "first output of the rule, at x = 0.5"
    assert_allclose(value, np.log(np.cosh(0.5)), rtol=1e-5, err_msg=message)
    message = "second output of the rule, at x = 0.5 with dx = -3"
    assert_allclose(tangent, -3 * np.tanh(0.5), rtol=1e-5, err_msg=message)


@jax.custom_vjp
def limit_gradient(x, bound):
    """Return x unchanged. In reverse mode, its gradient is limited to [-bound, bound]."""
    return x


def limit_gradient_fwd(x, bound):
    """Return the output of limit_gradient, and what limit_gradient_bwd needs, as a pair."""
    # BEGIN PROMPT: save what limit_gradient_bwd needs
    # return x, None
    # BEGIN SOLUTION
    return x, bound
    # END SOLUTION


def limit_gradient_bwd(saved, g):
    """Return the gradients with respect to x and bound.

    g is the gradient with respect to the output of limit_gradient.
    """
    # BEGIN PROMPT: limit g for x, and return 0 or None for bound
    # return jnp.clip(g, -saved, saved)
    # BEGIN SOLUTION
    return jnp.clip(g, -saved, saved), None
    # END SOLUTION


limit_gradient.defvjp(limit_gradient_fwd, limit_gradient_bwd)


def test_custom_vjp_takes_a_forward_and_a_backward_function():
    """If f is decorated with `@jax.custom_vjp`, `f.defvjp(fwd, bwd)` defines its reverse mode.

    fwd(*args) returns the pair of f's output and `saved`, anything that bwd needs. bwd(saved, g)
    also receives g, the gradient with respect to f's output. It returns a tuple with one entry per
    argument of f; None stands for 0. Here the output is x, but its gradient is limited, so that no
    steep term dominates an optimization.
    """
    # HINT: limit_gradient_bwd does not get x or bound. Which one does it need?
    # HINT: limit_gradient has two arguments, so limit_gradient_bwd returns a tuple of two.
    # HINT: return x, bound in the first; return jnp.clip(g, -saved, saved), None in the second.
    x, slopes = jnp.array([1.0, -2.0, 0.0, 4.0]), jnp.array([5.0, -5.0, 0.5, 0.0])

    def energy(x, bound):
        return jnp.sum(slopes * limit_gradient(x, bound))

    assert_allclose(limit_gradient(x, 2.0), x, err_msg="output: expected x unchanged")
    for bound, expected in ((2.0, [2.0, -2.0, 0.5, 0.0]), (0.25, [0.25, -0.25, 0.25, 0.0])):
        value, (by_x, by_bound) = jax.jit(jax.value_and_grad(energy, argnums=(0, 1)))(x, bound)
        message = "value of sum(slopes * limit_gradient(x, bound)): expected sum(slopes * x)"
        assert_allclose(value, 15.0, rtol=1e-5, err_msg=message)
        message = f"gradient with respect to x, bound {bound}: slopes {slopes}, limited"
        assert_allclose(by_x, jnp.array(expected), rtol=1e-5, strict=True, err_msg=message)
        assert by_bound == 0, f"gradient with respect to bound: expected 0, got {by_bound}"
    steep = jax.vmap(jax.grad(lambda x: limit_gradient(x, 3.0) ** 3))(x)
    message = f"derivative of limit_gradient(x, 3)^3 at {x}: 3 x^2, limited"
    assert_allclose(steep, [3.0, 3.0, 0.0, 3.0], rtol=1e-5, err_msg=message)


def on_host(f, x):
    """Return f(x), under jit and vmap too, where f is a NumPy function and x a JAX array.

    f maps an array of any shape, element by element, to an array of that shape and dtype.
    """
    # BEGIN PROMPT: under vmap, call f once with the whole batch
    # return jax.pure_callback(f, jax.ShapeDtypeStruct(x.shape, x.dtype), x)
    # BEGIN SOLUTION
    result = jax.ShapeDtypeStruct(x.shape, x.dtype)
    return jax.pure_callback(f, result, x, vmap_method="expand_dims")
    # END SOLUTION


def test_vmap_method_says_how_a_callback_is_batched():
    """vmap of `jax.pure_callback` raises NotImplementedError unless you give a `vmap_method`.

    With vmap_method="sequential", f is called once per example. With "expand_dims" or
    "broadcast_all", f is called once, and its arguments have a leading batch axis. For an argument
    that is not mapped, "expand_dims" gives this axis size 1, "broadcast_all" the batch size.
    """

    # HINT: f works element by element, so it accepts an array with a batch axis.
    # HINT: Add vmap_method="expand_dims" to the call of jax.pure_callback.
    def temperature(depth):
        shapes.append(np.shape(depth))
        return np.interp(depth, [0.0, 10.0, 20.0], [4.0, 8.0, 2.0]).astype(depth.dtype)

    shapes = []
    traced = counted(lambda depth: on_host(temperature, depth))
    profile = jax.jit(jax.vmap(traced))
    for depth in (jnp.array([0.0, 5.0, 20.0, 15.0]), jnp.array([[0.0, 10.0], [2.5, 20.0]])):
        shapes.clear()
        got = np.asarray(profile(depth))
        called = list(shapes)
        expected = temperature(np.asarray(depth))
        message = f"temperatures at the depths {depth}"
        assert_allclose(got, expected, rtol=1e-5, strict=True, err_msg=message)
        message = f"expected one call of f with shape {depth.shape}, got shapes {called}"
        assert called == [depth.shape], message
    assert traced.count == 2, f"two shapes of depth: expected 2 traces, got {traced.count}"


def differentiable(f, derivative):
    """Return a JAX function of one array that calls the NumPy function f by `on_host`.

    Its derivative is the NumPy function `derivative`. Both work element by element, as in
    `on_host`.
    """

    @jax.custom_jvp
    def function(x):
        return on_host(f, x)

    # BEGIN PROMPT: add a rule that calls `derivative`, with @function.defjvp
    # return function
    # BEGIN SOLUTION
    @function.defjvp
    def rule(primals, tangents):
        (x,), (dx,) = primals, tangents
        return function(x), on_host(derivative, x) * dx

    return function
    # END SOLUTION


def test_a_callback_has_the_derivative_of_its_custom_jvp():
    """JAX cannot look into a callback, so jax.grad of one raises ValueError.

    A `jax.custom_jvp` rule around it supplies the derivative, here by a second callback. In this
    way you can differentiate code that calls a NumPy or Fortran library.
    """
    # HINT: The rule is like log_cosh_rule: it returns function(x), and the derivative times dx.
    # HINT: The derivative at x is on_host(derivative, x).
    # HINT: (x,), (dx,) = primals, tangents; return function(x), on_host(derivative, x) * dx
    x = jnp.array([0.5, -2.0, 0.0, 3.0])
    wave = differentiable(np.sin, np.cos)
    cube = differentiable(lambda x: np.power(x, 3), lambda x: 3 * np.square(x))
    for function, value, expected, name in (
        (wave, jnp.sin(x), jnp.cos(x), "sin"),
        (cube, x**3, 3 * x**2, "cube"),
    ):
        got, derivative = jax.jit(jax.vmap(jax.value_and_grad(function)))(x)
        assert_allclose(got, value, rtol=1e-5, strict=True, err_msg=f"values of {name} at {x}")
        message = f"derivatives of {name} at {x}"
        assert_allclose(derivative, expected, rtol=1e-5, strict=True, err_msg=message)
    gradient = jax.grad(lambda x: jnp.sum(jnp.exp(wave(2 * x))))(x)
    expected = 2 * np.cos(2 * np.array(x)) * np.exp(np.sin(2 * np.array(x)))
    message = f"gradient of sum(exp(sin(2 x))) at {x}"
    assert_allclose(gradient, expected, rtol=1e-5, err_msg=message)


# Next: chapter 07, derivatives of functions with several outputs.
