"""A model is a pytree of arrays, and grad, vmap and jit accept it as one argument."""

import dataclasses
from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from numpy.testing import assert_allclose

from jax_koans import counted, equations, executed, primitives


def gradient_step(loss, model, rate):
    """Return the model after one step of gradient descent: each leaf minus rate * its derivative.

    `model` is any pytree of floats and float arrays, and loss(model) is a scalar.
    """
    # BEGIN PROMPT: compute all derivatives with one gradient, which evaluates the loss once
    # BEGIN SOLUTION
    gradient = jax.grad(loss)(model)
    return jax.tree.map(lambda p, g: p - rate * g, model, gradient)
    # END SOLUTION


def test_grad_of_a_pytree_has_the_structure_of_the_pytree():
    """`jax.grad(loss)(model)` returns a pytree like `model`, with a derivative at each leaf.

    So a loss of many parameters has one argument, the model, and needs no `argnums`.
    `executed(f)` wraps f; `f.runs()` is the number of times its operations were computed.
    """
    # HINT: jax.grad(loss)(model) has the structure of the model, so tree.map accepts both.
    # HINT: gradient = jax.grad(loss)(model), and then jax.tree.map(..., model, gradient)
    # HINT: The function for tree.map has two parameters: lambda p, g: p - rate * g
    points = jnp.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    plane = executed(lambda m: jnp.sum((points @ m["tilt"] + m["height"]) ** 2))
    model = {"tilt": jnp.array([1.0, -2.0]), "height": jnp.array(0.5)}
    got = gradient_step(plane, model, 0.25)
    expected = {"tilt": jnp.array([0.5, -1.0]), "height": jnp.array(0.75)}
    for name, gradient in {"tilt": "[2, -4]", "height": "-1"}.items():
        message = f"{name}: expected the leaf minus 0.25 times its derivative, {gradient}"
        assert_allclose(got[name], expected[name], rtol=1e-5, strict=True, err_msg=message)
    runs = plane.runs()
    assert runs == 1, f"expected 1 evaluation of the loss, got {runs}"

    charge, (field,) = gradient_step(lambda m: m[0] ** 2 * m[1][0], (3.0, [-2.0]), 0.1)
    message = "a model of floats in a tuple and a list: expected p - 0.1 * derivative"
    assert_allclose([charge, field], [4.2, -2.9], rtol=1e-5, err_msg=message)


def brightness_of_all(brightness, stars):
    """Return brightness(star) for each of n stars, shape (n,).

    A star is a dict. `stars` is a dict with the same keys: its "mass", shape (n,), and its
    "position", shape (n, 2), have one row per star. Its "dust", shape (5,), is shared by all stars.
    """
    # BEGIN PROMPT: use vmap, mapped over the mass and the position but not over the dust
    # BEGIN SOLUTION
    return jax.vmap(brightness, in_axes=({"mass": 0, "position": 0, "dust": None},))(stars)
    # END SOLUTION


def test_in_axes_accepts_a_pytree_for_a_pytree_argument():
    """`in_axes` has one entry per argument, and the entry for a dict may be a dict of axes.

    `jax.vmap(f, in_axes=(entry,))` is the form for a function of one argument.
    """

    # HINT: Which axis does vmap map over for the mass, for the position and for the dust?
    # HINT: The entry for the one argument is {"mass": 0, "position": 0, "dust": None}.
    # HINT: in_axes is a tuple, also for one argument: in_axes=({...},)
    def recorded_in(calls):
        def brightness(star):
            calls.append({name: star[name].shape for name in sorted(star)})
            return star["mass"] * jnp.sum(star["position"]) - jnp.sum(star["dust"])

        return brightness

    counts = []
    for mass in (np.array([1.0, -2.0, 3.0, 0.5, 4.0]), np.array([2.0, 0.25, -1.0])):
        position = np.stack([mass, mass + 1], axis=1)
        dust = np.array([0.5, 0.0, 0.25, 1.0, -0.5])
        stars = {"mass": jnp.array(mass), "position": jnp.array(position), "dust": jnp.array(dust)}
        expected = jnp.array(mass * (2 * mass + 1) - 1.25)
        calls = []
        got = brightness_of_all(recorded_in(calls), stars)
        one_star = {"dust": (5,), "mass": (), "position": (2,)}
        message = f"expected one call of brightness, with the shapes {one_star}; got {calls}"
        assert calls == [one_star], message
        message = f"the brightness of {mass.size} stars"
        assert_allclose(got, expected, rtol=1e-5, strict=True, err_msg=message)
        mapped = partial(brightness_of_all, recorded_in([]))
        counts.append(equations(mapped, stars))
        loops = primitives(mapped, stars) & {"scan", "while"}
        assert not loops, f"expected no loop over the stars, got {loops}"
    message = f"expected equal equation counts for 5 and 3 stars, got {counts[0]} and {counts[1]}"
    assert counts[0] == counts[1], message


def ensemble(predict, models, signal):
    """Return predict(model, signal) for each model, as an array with one row per model.

    `models` is a list of pytrees with equal structures, and corresponding leaves have equal shapes.
    """
    # BEGIN PROMPT: use vmap over the models, so that predict runs once for all of them
    # BEGIN SOLUTION
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *models)
    return jax.vmap(predict, in_axes=(0, None))(stacked, signal)
    # END SOLUTION


def test_a_list_of_models_is_stacked_for_vmap():
    """vmap maps over an axis of arrays, not over a list. So stack the models, leaf by leaf.

    `jax.tree.map(f, *models)` calls f with one leaf of each model, as separate arguments.
    `jnp.stack(arrays)` expects one list or tuple. An entry 0 or None of `in_axes` applies to every
    leaf of its argument.
    """
    # HINT: jnp.stack([a, b, c]) makes one array of three arrays. Apply it at each leaf.
    # HINT: stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *models)
    # HINT: Then use vmap with in_axes=(0, None): map over the models, share the signal.
    weight = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]])
    models = [{"weight": jnp.array(k * weight), "bias": [jnp.array(k - 1.0)]} for k in (1, 2, -3)]
    signal = np.array([2.0, -1.0])
    layer = executed(lambda m, x: m["weight"] @ x + m["bias"][0])

    got = ensemble(layer, models, jnp.array(signal))

    expected = jnp.array([weight @ signal, 2 * weight @ signal + 1, -3 * weight @ signal - 4])
    message = "three models: expected one row per model"
    assert_allclose(got, expected, rtol=1e-5, strict=True, err_msg=message)
    runs = layer.runs()
    assert runs == 1, f"expected 1 evaluation of predict for 3 models, got {runs}"
    gains = [(jnp.array(2.0),), (jnp.array(-1.0),)]
    pair = ensemble(lambda m, x: m[0] * x, gains, jnp.array([2.0, -1.0, 0.0]))
    expected = jnp.array([[4.0, -2.0, 0.0], [-2.0, 1.0, 0.0]])
    message = "two models, each a tuple of one scalar: expected one row per model"
    assert_allclose(pair, expected, rtol=1e-5, strict=True, err_msg=message)


# BEGIN PROMPT: register the class as a pytree, with `gain` as a leaf and `stages` static
# @dataclasses.dataclass
# class Amplifier:
#     """A chain of `stages` amplifiers, each of which multiplies by `gain`."""
#
#     gain: jax.Array
#     stages: int
# BEGIN SOLUTION
@jax.tree_util.register_dataclass
@dataclasses.dataclass
class Amplifier:
    """A chain of `stages` amplifiers, each of which multiplies by `gain`."""

    gain: jax.Array
    stages: int = dataclasses.field(metadata={"static": True})


# END SOLUTION


def test_a_registered_dataclass_is_a_pytree_with_named_leaves():
    """jit rejects an instance of your own class, unless the class is registered as a pytree.

    `@jax.tree_util.register_dataclass`, above `@dataclasses.dataclass`, does so. By default, the
    leaves of each field are leaves of the instance. A field declared with
    `dataclasses.field(metadata={"static": True})` is part of the structure instead. Like a static
    argument of jit, it keeps its Python value in a trace.
    """
    # HINT: `gain` is only a factor. Which field does `range` need as a Python int?
    # HINT: Write the decorator above @dataclasses.dataclass, and declare `stages` with field(...).
    # HINT: stages: int = dataclasses.field(metadata={"static": True})

    @counted
    def output(chain, signal):
        for _ in range(chain.stages):
            signal = chain.gain * signal
        return signal

    compiled = jax.jit(output)
    signal = jnp.array([1.0, -2.0])

    for gain, stages in [(0.5, 2), (-3.0, 2), (2.0, 3), (0.1, 3), (10.0, 2)]:
        message = f"gain {gain}, {stages} stages: expected gain**stages * signal"
        got = compiled(Amplifier(gain, stages), signal)
        assert_allclose(got, gain**stages * signal, rtol=1e-5, err_msg=message)
    traces = output.count
    assert traces == 2, f"expected one trace per number of stages, so 2 traces, got {traces}"
    leaves = jax.tree.leaves(Amplifier(0.5, 2))
    assert leaves == [0.5], f"Amplifier(0.5, 2): expected the leaves [0.5], got {leaves}"
    gradient = jax.grad(lambda chain: output(chain, 3.0))(Amplifier(2.0, 3))
    assert isinstance(gradient, Amplifier), f"expected an Amplifier as gradient, got {gradient}"
    message = "the derivative of 3 * gain**3 at gain = 2"
    assert_allclose(gradient.gain, 36.0, rtol=1e-5, err_msg=message)


# BEGIN PROMPT: make the arrays leaves, and make the function and the name static
# @jax.tree_util.register_dataclass
# @dataclasses.dataclass
# class Layer:
#     """A layer of a model: x becomes activation(weight @ x + bias). `name` is a str."""
#
#     weight: jax.Array
#     bias: jax.Array = dataclasses.field(metadata={"static": True})
#     activation: Callable = dataclasses.field(metadata={"static": True})
#     name: str
# BEGIN SOLUTION
@jax.tree_util.register_dataclass
@dataclasses.dataclass
class Layer:
    """A layer of a model: x becomes activation(weight @ x + bias). `name` is a str."""

    weight: jax.Array
    bias: jax.Array
    activation: Callable = dataclasses.field(metadata={"static": True})
    name: str = dataclasses.field(metadata={"static": True})


# END SOLUTION


def test_a_static_field_holds_no_array():
    """In a model, arrays are leaves. Functions and strings are static: jit rejects them as leaves.

    In later calls, jit compares the static fields with those of its earlier traces by `==`. With
    arrays of several elements in a static field, this comparison raises ValueError.
    """
    # HINT: The first error names a field that is a leaf but is no array. Make it static.
    # HINT: The second call fails: which static field holds an array? Make it a leaf.
    # HINT: weight and bias need no field(...); activation and name do.

    @counted
    def response(layer, x):
        return layer.activation(layer.weight @ x + layer.bias)

    compiled = jax.jit(response)
    weight = jnp.array([[0.5, -1.0], [2.0, 0.25], [0.0, 1.0]])
    x = jnp.array([1.0, -2.0])

    for scale, activation, traces in [
        (1.0, jnp.tanh, 1),
        (-0.5, jnp.tanh, 1),
        (2.0, jnp.sin, 2),
        (0.1, jnp.tanh, 2),
    ]:
        bias = jnp.array([scale, 0.0, 1.0])
        layer = Layer(scale * weight, bias, activation, "hidden")
        expected = activation(scale * weight @ x + bias)
        name = activation.__name__
        message = f"expected {name}(weight @ x + bias) for scale {scale}"
        assert_allclose(compiled(layer, x), expected, rtol=1e-5, strict=True, err_msg=message)
        got = response.count
        assert got == traces, f"expected one trace per activation, so {traces}, got {got}"
    shapes = sorted(leaf.shape for leaf in jax.tree.leaves(layer))
    assert shapes == [(3,), (3, 2)], f"expected leaves of shape (3,) and (3, 2), got {shapes}"
    layer = Layer(weight, jnp.zeros(3), jnp.negative, "output")
    gradient = jax.grad(lambda layer: jnp.sum(response(layer, x)))(layer)
    expected = jnp.array([[-1.0, 2.0]] * 3)
    message = "the gradient of sum(-(weight @ x + bias)) with respect to weight"
    assert_allclose(gradient.weight, expected, rtol=1e-5, strict=True, err_msg=message)
    message = "the gradient of sum(-(weight @ x + bias)) with respect to bias"
    assert_allclose(gradient.bias, -jnp.ones(3), rtol=1e-5, strict=True, err_msg=message)


def vector_form(energy, start):
    """Return a pair: a vector of all elements of `start`, and `energy` as a function of a vector.

    `start` is a pytree of arrays, and energy(start) is a scalar. The vector holds the leaves in the
    order of jax.tree.leaves, each flattened as by x.ravel().
    """
    # BEGIN PROMPT: use ravel_pytree
    # BEGIN SOLUTION
    vector, unravel = ravel_pytree(start)
    return vector, lambda v: energy(unravel(v))
    # END SOLUTION


def test_ravel_pytree_returns_a_vector_and_its_inverse():
    """`ravel_pytree(tree)`, from jax.flatten_util, returns a pair: a vector and a function.

    The function takes a vector of the same size and returns a pytree like `tree`. Solvers such as
    scipy.optimize.minimize need it, because they accept a vector but no pytree.
    """
    # HINT: `energy` expects a pytree. The second element of the pair makes one from a vector.
    # HINT: vector, unravel = ravel_pytree(start)
    # HINT: The new function is lambda v: energy(unravel(v)).
    crane = {"rope": jnp.array(2.0), "joint": [jnp.array([[1.0, -3.0], [0.5, 4.0]])]}

    def energy(m):
        return m["rope"] ** 3 + m["joint"][0][0] @ m["joint"][0][1]

    vector, of_vector = vector_form(energy, crane)

    got = type(vector).__name__
    is_array = isinstance(vector, jax.Array | np.ndarray)
    assert is_array, f"expected one array with all elements, got {got}"
    assert callable(of_vector), f"expected a function of a vector, got {type(of_vector).__name__}"
    expected = jnp.array([1.0, -3.0, 0.5, 4.0, 2.0])
    message = "the vector: expected the elements of the joint, row by row, and then the rope"
    assert_allclose(vector, expected, strict=True, err_msg=message)
    value, gradient = jax.jit(jax.value_and_grad(of_vector))(vector)
    assert_allclose(value, -3.5, rtol=1e-5, err_msg="the energy of the start")
    expected = jnp.array([0.5, 4.0, 1.0, -3.0, 12.0])
    message = "the gradient of the energy at the start"
    assert_allclose(gradient, expected, rtol=1e-5, strict=True, err_msg=message)
    message = "the energy of another vector"
    assert_allclose(of_vector(-2 * vector), -110.0, rtol=1e-5, err_msg=message)
    vector, of_vector = vector_form(lambda m: m[0] - m[1], (jnp.array(5.0), jnp.array(-1.0)))
    message = "a tuple of two scalars: expected a vector of two elements"
    assert_allclose(vector, jnp.array([5.0, -1.0]), strict=True, err_msg=message)
    message = "a tuple of two scalars: the energy of the reversed vector"
    assert_allclose(of_vector(vector[::-1]), -6.0, err_msg=message)


# Your parameters keep their names, and grad, vmap and jit accept them as they are.
# Next, in chapter 10: functions whose shapes depend on values.
