"""Functions with several numbers in and several numbers out: their derivatives form a matrix."""

from functools import partial

import jax
import jax.numpy as jnp
import pytest
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, executed, largest


def test_a_jacobian_has_a_row_for_each_output_and_a_column_for_each_input():
    """grad wants one number as the answer. `jax.jacfwd(f)` and `jax.jacrev(f)` take any array.

    Entry [i, j] of the Jacobian says how output i changes with input j. Either may have more axes,
    or none: the shape of the Jacobian is that of the output, then that of the input. The two names
    differ in how they work it out, not in what comes back. jit, around them, only saves time.
    """

    def place(polar):
        radius, angle, _ = polar
        return jnp.array([radius * jnp.cos(angle), radius * jnp.sin(angle)])

    def energy(velocity):
        return 0.5 * jnp.sum(velocity**2)

    def force(stiffness):
        return stiffness @ jnp.array([1.0, 0.0, -1.0])

    polar = jnp.array([2.0, 0.0, 5.0])

    assert jax.jit(jax.jacfwd(place))(polar).shape == __
    assert jax.jit(jax.jacrev(place))(polar).tolist() == __
    assert jax.jit(jax.jacrev(energy))(jnp.ones(3)).shape == __
    assert jax.jit(jax.jacfwd(force))(jnp.ones((2, 3))).shape == __


def felt_on_the_way(field, place, velocity):
    """What `field` reads at `place`, and how fast each reading changes at that velocity.

    As a pair. The second is the Jacobian of `field` at `place`, times `velocity`.
    """
    # TODO: both from one run of `field`, without its Jacobian
    raise NotImplementedError


def test_jvp_pushes_one_direction_through_a_function():
    """A whole Jacobian takes a run for each input. In one direction, a single run will do.

    `jax.jvp(f, inputs, directions)` takes two tuples, with an entry for each argument of f.
    JAX's messages call the inputs primals and the directions tangents.
    The probe `largest(f, x)` is the number of elements of the largest array that f(x) computes.
    """

    @executed
    def field(place):
        return jnp.array([place[0] * place[1], place[1] * place[2] ** 2])

    place, velocity = jnp.array([1.0, 2.0, -3.0]), jnp.array([1.0, -1.0, 3.0])

    readings, rates = felt_on_the_way(field, place, velocity)

    assert_allclose(readings, [2.0, 18.0], rtol=1e-5, err_msg="the readings, first of the pair")
    assert_allclose(rates, [1.0, -45.0], rtol=1e-5, err_msg="the Jacobian times the velocity")
    assert field.runs() == 1, f"field ran {field.runs()} times; one run gives both"
    many = jnp.ones(50)
    size = largest(lambda p, v: felt_on_the_way(jnp.sin, p, v), many, many)
    assert size < 50 * 50, f"an array of {size} numbers for 50 inputs: that is the whole Jacobian"


def sensitivity(model, settings, weights):
    """The readings model(settings), and how sum(weights * readings) changes with each setting.

    As a pair. The second is `weights` times the Jacobian of `model`: an array like `settings`.
    """
    # TODO: both from one run of `model`, without its Jacobian
    raise NotImplementedError


def test_vjp_pulls_one_weighting_back_through_a_function():
    """Reverse mode goes from the outputs to the inputs. grad is vjp with the weight 1.

    `value, pull = jax.vjp(f, x)` runs f; `pull(weights)` goes back through it, and answers with a
    tuple that has an entry for each argument of f.
    """

    @executed
    def model(settings):
        return jnp.array([settings[0] * settings[1], settings[1] * settings[2] ** 2])

    settings, weights = jnp.array([1.0, 2.0, -3.0]), jnp.array([10.0, -1.0])

    readings, slope = sensitivity(model, settings, weights)

    assert isinstance(slope, jax.Array), f"expected an array, got a {type(slope).__name__}"
    assert_allclose(readings, [2.0, 18.0], rtol=1e-5, err_msg="the readings, first of the pair")
    assert_allclose(slope, [20.0, 1.0, 12.0], rtol=1e-5, err_msg="weights times the Jacobian")
    assert model.runs() == 1, f"model ran {model.runs()} times; one run gives both"
    many = jnp.ones(50)
    size = largest(lambda s, w: sensitivity(jnp.sin, s, w), many, many)
    assert size < 50 * 50, f"an array of {size} numbers for 50 outputs: that is the whole Jacobian"


def test_forward_mode_pushes_each_input_and_reverse_mode_pulls_each_output():
    """jacfwd is a jvp for each input, jacrev a vjp for each output, all at once through vmap.

    Both functions below work on 40 numbers inside. So `largest`, divided by 40, is the number of
    vectors that a Jacobian sends through them: that is the work, whatever a clock says.
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
    """The Jacobian of `model` at x, by the mode that sends fewer vectors through `model`."""
    # TODO: choose by the sizes of the input and of the output
    raise NotImplementedError


def test_a_tall_jacobian_goes_forward_and_a_wide_one_goes_back():
    """Few inputs: forward. Few outputs, as in every fit: reverse. Arrays may have any shape."""
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
    for what, (model, x) in cases.items():
        chosen = partial(jacobian_at, model)
        expected = jax.jit(jax.jacfwd(model))(x)
        assert_allclose(jax.jit(chosen)(x), expected, rtol=1e-5, strict=True, err_msg=what)
        sent, fewest = largest(chosen, x) // 40, min(x.size, expected.size // x.size)
        assert sent <= fewest, f"{what}: {sent} vectors were sent through the model, not {fewest}"


def test_forward_mode_goes_through_a_while_loop():
    """Reverse mode needs a record of each turn, and no one knows how many there will be.

    Forward mode keeps no record: the direction travels along with the value, turn by turn.
    """

    def cool(temperature):
        return lax.while_loop(lambda t: t > 20.0, lambda t: t / 2, temperature)

    assert cool(100.0) == __
    assert jax.jacfwd(cool)(100.0) == __
    assert jax.jacfwd(cool)(300.0) == __
    _, change = jax.jvp(cool, (100.0,), (16.0,))
    assert change == __
    with pytest.raises(Exception) as met:
        jax.jacrev(cool)(100.0)
    assert met.type is __


# You can now get a whole Jacobian, or only its product with a vector, from either side.
# Next: the Jacobian of a gradient.
