"""A model is a tree of arrays: every transformation takes it whole, and keeps its nesting."""

import dataclasses
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from numpy.testing import assert_allclose

from jax_koans import counted, equations, executed, primitives


def gradient_step(loss, model, rate):
    """The model after one step downhill: each array less `rate` times the slope of the loss there.

    `loss(model)` is a number; `model` is nested in any way.
    """
    # BEGIN PROMPT: all slopes from one gradient
    # BEGIN SOLUTION
    slopes = jax.grad(loss)(model)
    return jax.tree.map(lambda p, s: p - rate * s, model, slopes)
    # END SOLUTION


def test_grad_of_a_pytree_has_the_structure_of_the_pytree():
    """`jax.grad(loss)(model)` is nested like the model, with a slope in place of each number.

    So a function of many parameters takes one argument, the model, and needs no `argnums`.
    `executed(f)` is f with a counter: `f.runs()` says how often its operations were computed.
    """
    # HINT: jax.grad(loss)(model) and the model have one structure: map over both.
    # HINT: slopes = jax.grad(loss)(model), and then jax.tree.map(..., model, slopes)
    # HINT: The function to map takes a parameter and its slope: lambda p, s: p - rate * s
    place = jnp.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    plane = executed(lambda m: jnp.sum((place @ m["tilt"] + m["height"]) ** 2))
    step = gradient_step(plane, {"tilt": jnp.array([1.0, -2.0]), "height": jnp.array(0.5)}, 0.25)
    assert_allclose(step["tilt"], [0.5, -1.0], rtol=1e-5, err_msg="slopes 2 and -4, rate 0.25")
    assert_allclose(step["height"], 0.75, rtol=1e-5, err_msg="slope -1, rate 0.25")
    assert plane.runs() == 1, f"the loss ran {plane.runs()} times; one gradient has all slopes"

    charge, (field,) = gradient_step(lambda m: m[0] ** 2 * m[1][0], (3.0, [-2.0]), 0.1)
    assert_allclose([charge, field], [4.2, -2.9], rtol=1e-5, err_msg="a number, a number in a list")


def brightness_of_all(brightness, stars):
    """brightness(star) for every star, as one array.

    A star is a dict, and `stars` is one of the same names: its "mass" and its "place" hold one row
    a star, its "dust" is the one map of the sky that every star is seen through.
    """
    # BEGIN PROMPT: map over the mass and the place, not over the dust
    # BEGIN SOLUTION
    return jax.vmap(brightness, in_axes=({"mass": 0, "place": 0, "dust": None},))(stars)
    # END SOLUTION


def test_in_axes_accepts_a_pytree_for_a_pytree_argument():
    """in_axes has an entry for each argument. Where the argument is a dict, so may the entry be."""

    # HINT: Which axis does vmap take of the mass, of the place, of the dust?
    # HINT: The entry of the one argument is {"mass": 0, "place": 0, "dust": None}.
    # HINT: in_axes is a tuple of entries, also when there is one: in_axes=({...},)
    def seen_by(log):
        def brightness(star):
            log.append({name: star[name].shape for name in sorted(star)})
            return star["mass"] * jnp.sum(star["place"]) - jnp.sum(star["dust"])

        return brightness

    size = []
    for mass in (np.array([1.0, -2.0, 3.0, 0.5, 4.0]), np.array([2.0, 0.25, -1.0])):
        place = np.stack([mass, mass + 1], axis=1)
        dust = np.array([0.5, 0.0, 0.25, 1.0, -0.5])
        stars = {"mass": jnp.array(mass), "place": jnp.array(place), "dust": jnp.array(dust)}
        wanted = mass * (2 * mass + 1) - 1.25
        seen = []
        found = brightness_of_all(seen_by(seen), stars)
        one = {"dust": (5,), "mass": (), "place": (2,)}
        assert seen == [one], f"brightness was called with {seen}; wanted one star, once: {one}"
        assert_allclose(found, wanted, rtol=1e-5, err_msg=f"the brightness of {mass.size} stars")
        each = partial(brightness_of_all, seen_by([]))
        size.append(equations(each, stars))
        used = primitives(each, stars)
        assert not used & {"scan", "while"}, "one star after the other, in a loop; map them at once"
    assert size[0] == size[1], f"5 stars make {size[0]} equations, 3 make {size[1]}: unrolled"


def ensemble(predict, models, signal):
    """predict(model, signal) for each of the models, as one array with a row for each model.

    `models` is a list of pytrees, all of one structure and with arrays of the same shapes.
    """
    # BEGIN PROMPT: run predict once, for all models together
    # BEGIN SOLUTION
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *models)
    return jax.vmap(predict, in_axes=(0, None))(stacked, signal)
    # END SOLUTION


def test_a_list_of_models_is_stacked_for_vmap():
    """vmap maps over an axis of arrays, not over a list. So make one model, a row for each member.

    `jax.tree.map` over several trees gives its function as many leaves, as separate arguments;
    `jnp.stack` wants them in one list. An entry of in_axes that is 0 or None holds for every leaf
    of its argument.
    """
    # HINT: jnp.stack([a, b, c]) makes one array of three. Do that for each leaf of the models.
    # HINT: jax.tree.map(lambda *leaves: jnp.stack(leaves), *models)
    # HINT: Then jax.vmap(predict, in_axes=(0, None)): every leaf by its rows, the signal whole.
    weight = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]])
    models = [{"weight": jnp.array(k * weight), "bias": [jnp.array(k - 1.0)]} for k in (1, 2, -3)]
    signal = np.array([2.0, -1.0])
    layer = executed(lambda m, x: m["weight"] @ x + m["bias"][0])

    found = ensemble(layer, models, jnp.array(signal))

    wanted = [weight @ signal, 2 * weight @ signal + 1, -3 * weight @ signal - 4]
    assert found.shape == (3, 3), f"three models, three numbers each; found shape {found.shape}"
    assert_allclose(found, wanted, rtol=1e-5, err_msg="one row for each model")
    assert layer.runs() == 1, f"predict ran {layer.runs()} times for 3 models; once is enough"
    pair = ensemble(
        lambda m, x: m[0] * x, [(jnp.array(2.0),), (jnp.array(-1.0),)], jnp.array(signal)
    )
    assert_allclose(pair, [[4.0, -2.0], [-2.0, 1.0]], rtol=1e-5, err_msg="a tuple; whole signals")


# BEGIN PROMPT: tell JAX that `gain` is a leaf and that `stages` decides the program
# @dataclasses.dataclass
# class Amplifier:
#     """A chain of equal stages: the gain of each one, and how many there are."""
#
#     gain: jax.Array
#     stages: int
# BEGIN SOLUTION
@jax.tree_util.register_dataclass
@dataclasses.dataclass
class Amplifier:
    """A chain of equal stages: the gain of each one, and how many there are."""

    gain: jax.Array
    stages: int = dataclasses.field(metadata={"static": True})


# END SOLUTION


def test_a_registered_dataclass_is_a_pytree_with_named_leaves():
    """To JAX an object of your own class is one leaf, and no array. Registered, it is a branch.

    `@jax.tree_util.register_dataclass`, above `@dataclasses.dataclass`, makes a leaf of each field.
    A field set to `dataclasses.field(metadata={"static": True})` is no leaf. It is part of the
    structure: a plain value while tracing, as a static argument of jit is.
    """
    # HINT: Which field is only computed with, and which one does `range` need?
    # HINT: Put the decorator above the class, then give `stages` its field(...).
    # HINT: stages: int = dataclasses.field(metadata={"static": True})

    @counted
    def output(chain, signal):
        for _ in range(chain.stages):
            signal = chain.gain * signal
        return signal

    compiled = jax.jit(output)
    signal = jnp.array([1.0, -2.0])

    for gain, stages in [(0.5, 2), (-3.0, 2), (2.0, 3), (0.1, 3), (10.0, 2)]:
        wanted = gain**stages * signal
        chain = Amplifier(gain, stages)
        message = f"gain {gain}, {stages} stages"
        assert_allclose(compiled(chain, signal), wanted, rtol=1e-5, err_msg=message)
    assert output.count == 2, f"{output.count} traces for 2 numbers of stages; the gain is data"
    assert jax.tree.leaves(Amplifier(0.5, 2)) == [0.5], "the gain is the only leaf"
    slope = jax.grad(lambda chain: output(chain, 3.0))(Amplifier(2.0, 3))
    assert isinstance(slope, Amplifier), f"the gradient is nested like its argument, not {slope}"
    assert_allclose(slope.gain, 36.0, rtol=1e-5, err_msg="the derivative of 3 gain^3 at 2")


def vector_form(energy, start):
    """A pair: the numbers of the pytree `start` in one vector, and `energy` of such a vector.

    The vector has the leaves in their order, each one row by row.
    """
    # BEGIN PROMPT: make a vector of the tree, and a tree of each vector that comes
    # BEGIN SOLUTION
    vector, unravel = ravel_pytree(start)
    return vector, lambda v: energy(unravel(v))
    # END SOLUTION


def test_ravel_pytree_returns_a_vector_and_its_inverse():
    """Solvers such as scipy.optimize.minimize know one vector, and a Hessian is a matrix.

    `ravel_pytree(tree)`, from `jax.flatten_util`, answers with a pair: the vector, and a function
    that makes the tree of a vector again.
    """
    # HINT: The second part of the pair is what `energy` needs before it can be called.
    # HINT: vector, unravel = ravel_pytree(start)
    # HINT: The new function: lambda v: energy(unravel(v))
    crane = {"rope": jnp.array(2.0), "joint": [jnp.array([[1.0, -3.0], [0.5, 4.0]])]}

    def energy(m):
        return m["rope"] ** 3 + m["joint"][0][0] @ m["joint"][0][1]

    vector, of_vector = vector_form(energy, crane)

    assert isinstance(vector, jax.Array), f"one array with all the numbers, not {vector}"
    assert_allclose(vector, [1.0, -3.0, 0.5, 4.0, 2.0], err_msg="the joint, row by row; the rope")
    both = jax.jit(jax.value_and_grad(of_vector))
    value, slope = both(vector)
    assert_allclose(value, -3.5, rtol=1e-5, err_msg="the energy at the start")
    assert_allclose(
        slope, [0.5, 4.0, 1.0, -3.0, 12.0], rtol=1e-5, err_msg="the gradient at the start"
    )
    value, _ = both(-2 * vector)
    assert_allclose(value, -110.0, rtol=1e-5, err_msg="the energy at another vector")
    vector, of_vector = vector_form(lambda m: m[0] - m[1], (jnp.array(5.0), jnp.array(-1.0)))
    assert_allclose(vector, [5.0, -1.0], err_msg="a tuple as a vector")
    assert_allclose(of_vector(vector[::-1]), -6.0, err_msg="a tuple, turned round")


# Your parameters can keep their names, and grad, vmap and jit take them as they are.
# Next, in chapter 10: what it means that every shape is part of the program.
