"""Fewer programs, shorter programs, and memory that is used twice or not at all."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, executed, primitives


def compiled_chain(stages):
    """A function of a signal: the signal after all stages, in order, each a Python function."""

    # BEGIN PROMPT: one compiled program for the whole chain
    # compiled = [jax.jit(stage) for stage in stages]
    #
    # def chain(signal):
    #     for stage in compiled:
    #         signal = stage(signal)
    #     return signal
    #
    # return chain
    # BEGIN SOLUTION
    @jax.jit
    def chain(signal):
        for stage in stages:
            signal = stage(signal)
        return signal

    return chain
    # END SOLUTION


def test_one_jit_lets_xla_fuse_all_stages():
    """Between two compiled functions a result goes to memory and back, and Python starts each of
    them. Within one, XLA fuses the parts: one walk over the data does the work of all.

    `program.eqns` are the equations of a jaxpr. A call of a compiled function is one of them.
    """
    # HINT: How many compiled functions does one signal pass, with three stages?
    # HINT: The loop over the stages may stay: jit unrolls it. What should jit see?
    # HINT: Put @jax.jit above `def chain(signal):`, and leave the stages as they are.
    stages = [counted(lambda s: 2 * s), counted(jnp.tanh), counted(lambda s: s - 2)]
    signal = np.array([0.5, -1.5, 0.25], dtype=np.float32)
    chain = compiled_chain(stages)

    for now in (signal, 3 * signal):
        message = "all of the stages, in order: double, then tanh, then minus 2"
        assert_allclose(chain(now), np.tanh(2 * now) - 2, rtol=1e-5, strict=True, err_msg=message)
    traces = [stage.count for stage in stages]
    message = f"Python ran the stages {traces} times for two signals; compiled, it runs them once"
    assert traces == [1, 1, 1], message
    two, three = (len(jax.make_jaxpr(compiled_chain(stages[:n]))(signal).eqns) for n in (2, 3))
    assert three == two, f"2 stages: Python starts {two} programs; 3 stages: {three}; make it one"


def moments(x, terms):
    """x**(k / 10) * e**(-x) for k = 0, 1, ..., terms - 1: a row for each x, a column for each k."""
    # BEGIN PROMPT: the same table by broadcasting
    # return jnp.stack([x ** (k / 10) * jnp.exp(-x) for k in range(terms)], axis=1)
    # BEGIN SOLUTION
    k = jnp.arange(terms)
    return x[:, None] ** (k / 10) * jnp.exp(-x)[:, None]
    # END SOLUTION


def test_broadcasting_keeps_the_jaxpr_short_for_many_terms():
    """NumPy does not mind two hundred terms in a list. A trace writes down each of them, and XLA
    compiles each of them: that takes seconds, and hides that all are alike.
    """
    # HINT: What changes from term to term is only k. Let k be an array.
    # HINT: As in NumPy, x[:, None] is a column; with a row of k it makes a table.
    # HINT: k = jnp.arange(terms), then x[:, None] ** (k / 10), times a column of e**(-x).
    x = np.array([0.5, 2.5, 1.0, 3.0])
    for places, terms in ((x, 200), (x[:2], 3)):
        table = places[:, None] ** (np.arange(terms) / 10) * np.exp(-places)[:, None]
        places = jnp.asarray(places)
        found = moments(places, terms)
        message = f"{len(places)} places, {terms} terms: x to the power k / 10, for k from 0 on"
        assert_allclose(found, table.astype(places.dtype), 1e-4, strict=True, err_msg=message)
    few, many = (equations(lambda x, n=n: moments(x, n), places) for n in (20, 200))
    assert many == few, f"20 terms make {few} equations, 200 make {many}: one for all terms, please"
    used = primitives(lambda x: moments(x, 20), places)
    assert not used & {"scan", "while"}, "a compiled loop takes one term after the other"


def test_a_donated_array_is_deleted():
    """A program that makes a new state of an old one needs memory for both. With
    `jax.jit(f, donate_argnums=0)` it may write the result over its argument 0.

    The caller's array is gone then; `.is_deleted()` says whether an array is. Shape and dtype are
    in order, only the moment is wrong: the error is the one that jax.no_tracing raises too.
    """

    # HINT: Argument 0 is the field, argument 1 the wind. Only one of them was given away.
    # HINT: To use what is gone is an error at run time, and the error's name says so.
    # HINT: [True, False], RuntimeError. Each move adds half the wind; the loop gives its state away
    #   and keeps what it gets.
    def drift(field, wind):
        return field + 0.5 * wind

    move = jax.jit(drift, donate_argnums=0)
    field, wind = jnp.array([1.0, -2.0, 4.0]), jnp.array([2.0, -2.0, -4.0])

    moved = move(field, wind)
    assert [field.is_deleted(), wind.is_deleted()] == __([True, False])
    with pytest.raises(Exception) as met:
        np.asarray(field)
    assert met.type is __(RuntimeError)

    for _ in range(2):
        moved = move(moved, wind)
    assert moved.tolist() == __([4.0, -5.0, -2.0])


def apply_layers(layers, x):
    """x after all layers, in order; each layer is a function of an array.

    For a derivative, what goes into each layer is stored. What is computed within is not.
    """
    # BEGIN PROMPT: let each layer be computed again on the way back
    # BEGIN SOLUTION
    for layer in layers:
        x = jax.checkpoint(layer)(x)
    return x
    # END SOLUTION


def test_checkpoint_recomputes_instead_of_storing():
    """grad stores what the way back needs of every operation: for a deep model, too much.

    `jax.checkpoint(f)` is f, but its derivative stores only what goes into f, and runs f again.
    The `pull` of `jax.vjp` is a tree, and its leaves are what is stored.
    """
    # HINT: Around each layer, not around all of them: that one would have to store it all, later.
    # HINT: jax.checkpoint(layer) is a function to call in place of layer.
    # HINT: x = jax.checkpoint(layer)(x), in a loop over the layers.
    x = jnp.array([0.5, -1.0, 2.0])
    layers = [lambda x: jnp.sin(x**2), lambda x: 2 * jnp.exp(-x), lambda x: x**3]
    layers = [executed(layer) for layer in layers]

    def stored(layers):
        _, pull = jax.vjp(lambda x: apply_layers(layers, x), x)
        return sum(np.size(leaf) for leaf in jax.tree.leaves(pull))

    def deep(n):
        return lambda x: jnp.sin(deep(n - 1)(x)) if n else x

    y, slope = jax.value_and_grad(lambda x: jnp.sum(apply_layers(layers, x)))(x)
    ran = [layer.runs() for layer in layers]
    z = 2 * np.exp(-np.sin(x**2))
    law = -3 * z**3 * np.cos(x**2) * 2 * x
    assert_allclose(y, np.sum(z**3), rtol=1e-5, err_msg="what comes out of all layers, in order")
    assert_allclose(slope, law, rtol=1e-4, err_msg="its derivative")
    assert ran == [2, 2, 2], f"the layers ran {ran} times: once forth, once again on the way back"
    short, long = (stored([deep(n)] * 2) for n in (2, 9))
    message = f"2 operations a layer store {short} numbers, 9 store {long}; what goes in is enough"
    assert long == short, message
    more = stored([deep(2)] * 4)
    assert more > short, "checkpoint each layer: the whole at once stores it all on the way back"


# You know where time and memory go, and what each mend costs. Measure before you mend, and after.
# Next, in chapter 12: the same program on many devices.
