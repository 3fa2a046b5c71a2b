"""SELU at work in a layer: one infinity that nobody sees, and all the weights are lost."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted


def unsafe(x):
    """SELU as chapter 03 wrote it: the values are right."""
    return 1.05 * jnp.where(x > 0, x, 1.67 * jnp.expm1(x))


def test_forward_mode_avoids_the_nan_of_the_unselected_branch():
    """Going back, the side that is not chosen gets 0, which is then multiplied by its slope e^x.
    Going forward, both slopes are worked out, and where chooses one: nothing is multiplied by 0.
    NaN is the one number that differs from itself.

    e^x is infinite from 89 on in float32, and above 709 in float64.
    """
    # HINT: 0 times infinite is NaN. For which x is e^x infinite?
    # HINT: The lists hold those x whose derivative is NaN; one list is empty.
    # HINT: [100.0, 800.0] in float32 and [800.0] in float64, by grad. None by jacfwd.
    place = (50.0, 100.0, 800.0)

    def lost(derivative, x64):
        with jax.enable_x64(x64):
            slopes = jax.jit(jax.vmap(derivative(unsafe)))(jnp.array(place))
            return [x for x, slope in zip(place, slopes.tolist(), strict=True) if slope != slope]

    assert lost(jax.grad, False) == __([100.0, 800.0])
    assert lost(jax.grad, True) == __([800.0])
    assert lost(jax.jacfwd, False) == __([])


def selu(x, alpha, scale):
    """scale * x above zero, scale * alpha * (e^x - 1) below; all of its derivatives are finite.

    That is: by x, by alpha, by scale, and again by x, in reverse mode, everywhere but at 0.
    """
    # BEGIN PROMPT: no branch may see an x that is not its own
    # BEGIN SOLUTION
    below = jnp.where(x > 0, 0.0, x)
    return scale * jnp.where(x > 0, x, alpha * jnp.expm1(below))
    # END SOLUTION


def test_all_derivatives_of_selu_are_finite():
    """A network is trained by the slopes in its parameters too. A where around the formula hides
    an infinity from the value only: on the way back alpha, as x, meets e^x times 0.
    """
    # HINT: The value needs one where, every derivative a second one. What must expm1 not see?
    # HINT: Where x > 0, expm1 is to see a 0: below = jnp.where(x > 0, 0.0, x)
    # HINT: scale * jnp.where(x > 0, x, alpha * jnp.expm1(below))
    place = np.array([1000.0, -1000.0, 2.0, -2.0, 0.5, -0.5])
    up, low = place > 0, np.minimum(place, 0)
    traced = counted(lambda x, alpha, scale: selu(x, alpha, scale))

    def everything(x, alpha, scale):
        value, slopes = jax.value_and_grad(traced, argnums=(0, 1, 2))(x, alpha, scale)
        return value, *slopes, jax.grad(jax.grad(selu))(x, alpha, scale)

    for x64, rtol in ((False, 1e-5), (True, 1e-12)):
        with jax.enable_x64(x64):
            compiled = jax.jit(jax.vmap(everything, in_axes=(0, None, None)))
            traced.count, x = 0, jnp.array(place)
            for alpha, scale in ((1.67, 1.05), (0.5, -3.0)):
                laws = {
                    "value": scale * np.where(up, place, alpha * np.expm1(low)),
                    "slope in x": scale * np.where(up, 1.0, alpha * np.exp(low)),
                    "slope in alpha": scale * np.where(up, 0.0, np.expm1(low)),
                    "slope in scale": np.where(up, place, alpha * np.expm1(low)),
                    "second slope in x": scale * np.where(up, 0.0, alpha * np.exp(low)),
                }
                found = compiled(x, alpha, scale)
                for (name, law), each in zip(laws.items(), found, strict=True):
                    message = f"{name} at {place}, alpha {alpha}, scale {scale}, x64={x64}:"
                    message += " scale * x above zero, alpha and e^x below only"
                    assert_allclose(each, law, rtol=rtol, atol=1e-30, err_msg=message)
            assert traced.count == 1, f"{traced.count} traces of SELU: one serves all values"


def weight_gradient(weights, signals, wanted):
    """The gradient in the weights of the mean of (SELU(signal @ weights) - wanted)^2.

    `signals` has a row for each signal, `wanted` a number for each; alpha is 1.67, scale 1.05.
    """

    # BEGIN PROMPT: mend the NaN where it is made, not where it arrives
    # def loss(weights):
    #     return jnp.mean((unsafe(signals @ weights) - wanted) ** 2)
    #
    # return jnp.nan_to_num(jax.grad(loss)(weights))
    # BEGIN SOLUTION
    def loss(weights):
        return jnp.mean((selu(signals @ weights, 1.67, 1.05) - wanted) ** 2)

    return jax.grad(loss)(weights)
    # END SOLUTION


def test_nan_to_num_leaves_a_wrong_gradient():
    """Each weight feels all signals: a NaN from one of them makes a NaN of every slope. nan_to_num,
    as in NumPy, then puts 0 there. No NaN is left, and descent stands still for good.
    """
    # HINT: Print jax.grad(loss)(weights) without nan_to_num. Which signal is to blame?
    # HINT: A slope that is lost cannot be guessed afterwards. Which function of this file keeps it?
    # HINT: selu(signals @ weights, 1.67, 1.05), and no nan_to_num.
    weights = np.array([2.0, -1.0])
    signals = np.array([[1.0, 0.5], [0.25, 1.0], [400.0, -200.0], [-1.5, 2.0]])
    wanted = np.array([1.0, 0.5, 1048.0, -1.0])

    for rows in ([0, 1, 2, 3], [3, 2], [1, 0]):
        x, s, w = signals[rows] @ weights, signals[rows], wanted[rows]
        up, low = x > 0, np.minimum(x, 0)
        off = 1.05 * np.where(up, x, 1.67 * np.expm1(low)) - w
        law = 2 * (off * 1.05 * np.where(up, 1.0, 1.67 * np.exp(low))) @ s / len(rows)
        message = f"signals {rows}: the slopes of a mean, with alpha 1.67 and scale 1.05; a NaN"
        message += " that is turned into a 0 is a slope of 0, a wrong one. x64="
        for x64, rtol in ((False, 1e-3), (True, 1e-11)):
            with jax.enable_x64(x64):
                found = jax.jit(weight_gradient)(jnp.array(weights), jnp.array(s), jnp.array(w))
                assert_allclose(found, law, rtol=rtol, err_msg=f"{message}{x64}")


# Values, slopes and whole layers stay finite, since no branch sees what is not its own.
# Next: many integrals at once.
