"""Jacobians: the first derivatives of a function whose output is an array."""

from functools import partial

import jax
import jax.numpy as jnp
import pytest
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, executed, largest


def test_a_jacobian_has_a_row_for_each_output_and_a_column_for_each_input():
    """grad requires a scalar output; `jax.jacfwd(f)` and `jax.jacrev(f)` accept any array.

    Both return a function that computes the Jacobian. Its element [i, j] is the derivative of
    output i with respect to input j. Its shape is the output's shape followed by the input's shape.
    """

    def position(polar):
        radius, angle, _ = polar
        return jnp.array([radius * jnp.cos(angle), radius * jnp.sin(angle)])

    def energy(velocity):
        return 0.5 * jnp.sum(velocity**2)

    def force(stiffness):
        return stiffness @ jnp.array([1.0, 0.0, -1.0])

    polar = jnp.array([2.0, 0.0, 5.0])

    # jit only saves time here.
    assert jax.jit(jax.jacfwd(position))(polar).shape == __
    assert jax.jit(jax.jacrev(position))(polar).tolist() == __
    assert jax.jit(jax.jacrev(energy))(jnp.ones(3)).shape == __
    assert jax.jit(jax.jacfwd(force))(jnp.ones((2, 3))).shape == __


def readings_and_rates(field, position, velocity):
    """Return field(position), and its rate of change if `position` moves at `velocity`.

    The rate of change is the Jacobian of `field` at `position`, times `velocity`. Both arrays have
    the same shape.
    """
    # TODO: evaluate `field` only once, and do not compute its Jacobian
    raise NotImplementedError


def test_jvp_multiplies_the_jacobian_by_a_vector():
    """`jax.jvp(fun, primals, tangents)` returns the value of fun, and the Jacobian times a vector.

    `primals` holds the arguments of fun, and `tangents` holds the vector. Both are tuples with one
    array per argument. A whole Jacobian costs one such product per input element. `largest(f, x)`
    returns the number of elements of the largest array that f(x) computes.
    """

    @executed
    def field(position):
        return jnp.array([position[0] * position[1], position[1] * position[2] ** 2])

    position, velocity = jnp.array([1.0, 2.0, -3.0]), jnp.array([1.0, -1.0, 3.0])

    readings, rates = readings_and_rates(field, position, velocity)

    message = "expected field(position) as the first element of the pair"
    assert_allclose(readings, jnp.array([2.0, 18.0]), rtol=1e-5, strict=True, err_msg=message)
    message = "expected the Jacobian times the velocity as the second element of the pair"
    assert_allclose(rates, jnp.array([1.0, -45.0]), rtol=1e-5, strict=True, err_msg=message)
    assert field.runs() == 1, f"expected 1 evaluation of field, got {field.runs()}"
    many = jnp.ones(50)
    size = largest(lambda p, v: readings_and_rates(jnp.sin, p, v), many, many)
    message = f"50 inputs: expected no array with as many elements as the Jacobian, got {size}"
    assert size < 50 * 50, message
    _, rates = readings_and_rates(jnp.sin, many, 2 * many)
    message = "sin at 50 points: expected the Jacobian times the velocity"
    assert_allclose(rates, 2 * jnp.cos(many), rtol=1e-5, strict=True, err_msg=message)


def readings_and_gradient(model, settings, weights):
    """Return model(settings), and the gradient of sum(weights * model(settings)).

    The gradient is `weights` times the Jacobian of `model`: an array with the shape of `settings`.
    """
    # TODO: evaluate `model` only once, and do not compute its Jacobian
    raise NotImplementedError


def test_vjp_multiplies_a_vector_by_the_jacobian():
    """`jax.vjp(fun, *primals)` returns the value of fun, and a function vjp_fun.

    vjp_fun takes an array like the output of fun. It returns that array times the Jacobian,
    as a tuple with one array per argument of fun. For a scalar output, `jax.grad` returns this
    product for the array 1.0.
    """

    @executed
    def model(settings):
        return jnp.array([settings[0] * settings[1], settings[1] * settings[2] ** 2])

    settings, weights = jnp.array([1.0, 2.0, -3.0]), jnp.array([10.0, -1.0])

    readings, gradient = readings_and_gradient(model, settings, weights)

    assert isinstance(gradient, jax.Array), f"expected an array, got a {type(gradient).__name__}"
    message = "expected model(settings) as the first element of the pair"
    assert_allclose(readings, jnp.array([2.0, 18.0]), rtol=1e-5, strict=True, err_msg=message)
    message = "expected weights times the Jacobian as the second element of the pair"
    expected = jnp.array([20.0, 1.0, 12.0])
    assert_allclose(gradient, expected, rtol=1e-5, strict=True, err_msg=message)
    assert model.runs() == 1, f"expected 1 evaluation of model, got {model.runs()}"
    many = jnp.ones(50)
    size = largest(lambda s, w: readings_and_gradient(jnp.sin, s, w), many, many)
    message = f"50 outputs: expected no array with as many elements as the Jacobian, got {size}"
    assert size < 50 * 50, message
    _, gradient = readings_and_gradient(jnp.sin, many, 2 * many)
    message = "sin at 50 points: expected weights times the Jacobian"
    assert_allclose(gradient, 2 * jnp.cos(many), rtol=1e-5, strict=True, err_msg=message)


def test_jacfwd_maps_over_the_inputs_and_jacrev_over_the_outputs():
    """jacfwd is one jvp per input element, and jacrev one vjp per output element, under vmap.

    vmap evaluates all these products together. Both functions below compute with arrays of 40
    elements, so `largest(...) / 40` is the number of products. It is a measure of the work.
    """

    def wave(settings):
        time = jnp.linspace(0.0, 1.0, 40)
        return settings[0] * jnp.sin(settings[1] * time + settings[2])

    def bands(signal):
        return jnp.sum((signal**2).reshape(2, 20), axis=1)

    settings, signal = jnp.array([1.0, 2.0, 0.5]), jnp.ones(40)

    assert largest(jax.jacfwd(wave), settings) / 40 == __
    assert largest(jax.jacrev(wave), settings) / 40 == __
    assert largest(jax.jacfwd(bands), signal) / 40 == __
    assert largest(jax.jacrev(bands), signal) / 40 == __


def jacobian_at(model, x):
    """Return the Jacobian of `model` at x, computed by the mode that needs fewer products."""
    # TODO: choose between jacfwd and jacrev by the numbers of input and output elements
    raise NotImplementedError


def test_forward_mode_suits_a_tall_jacobian_and_reverse_mode_a_wide_one():
    """Few inputs and many outputs: jacfwd. Many inputs and few outputs: jacrev.

    A tall Jacobian has more rows than columns. The loss of a fit has one output, so its Jacobian is
    wide. Input and output may have any number of axes, so compare their total numbers of elements.
    """
    ramp = jnp.linspace(-1.0, 1.0, 40)
    cases = {
        "8 inputs, 5 x 8 outputs": (lambda x: ramp.reshape(5, 8) * x**2, ramp[:8]),
        "2 x 20 inputs, 2 x 2 x 2 outputs": (
            lambda x: (x**3).reshape(2, 2, 2, 5).sum(3),
            ramp.reshape(2, 20),
        ),
        "2 x 10 inputs, 40 outputs": (
            lambda x: ramp * jnp.concatenate([x, x**2]).ravel(),
            ramp[:20].reshape(2, 10),
        ),
        "8 inputs, 2 outputs": (
            lambda x: (ramp.reshape(5, 8) * x**2).reshape(2, 20).sum(1),
            ramp[:8],
        ),
    }
    for case, (model, x) in cases.items():
        jacobian = partial(jacobian_at, model)
        expected = jax.jit(jax.jacfwd(model))(x)
        message = f"{case}: expected the Jacobian"
        assert_allclose(jax.jit(jacobian)(x), expected, rtol=1e-5, strict=True, err_msg=message)
        products, fewest = largest(jacobian, x) // 40, min(x.size, expected.size // x.size)
        assert products <= fewest, f"{case}: expected at most {fewest} products, got {products}"


def test_forward_mode_differentiates_a_while_loop():
    """Reverse mode needs a record of every iteration, and a while loop's length is unknown.

    So `jax.jacrev` and `jax.grad` of a `lax.while_loop` raise ValueError. Forward mode needs no
    record: each iteration computes the new value and its derivative together.
    """

    def cool(temperature):
        return lax.while_loop(lambda t: t > 20.0, lambda t: t / 2, temperature)

    with pytest.raises(ValueError):
        jax.jacrev(cool)(100.0)
    assert cool(100.0) == __
    assert jax.jacfwd(cool)(100.0) == __
    assert jax.jacfwd(cool)(300.0) == __
    _, change = jax.jvp(cool, (100.0,), (16.0,))
    assert change == __


# You can now compute a whole Jacobian, or its product with a vector from either side.
# Next: the Jacobian of a gradient.
