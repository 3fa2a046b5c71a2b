"""Fewer compiled functions, shorter jaxprs, and memory that is reused or not needed."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, executed, primitives


def compiled_chain(stages):
    """Return a function of a signal that applies all stages in order, as one compiled function.

    `stages` is a list of functions of an array.
    """

    # TODO: compile the whole chain once, instead of each stage
    compiled = [jax.jit(stage) for stage in stages]

    def chain(signal):
        for stage in compiled:
            signal = stage(signal)
        return signal

    return chain


def test_one_jit_lets_xla_fuse_all_stages():
    """Inside one compiled function XLA can fuse the operations into one pass over the data.

    Between two compiled functions the result goes to memory and back, and Python starts the second
    one. In the jaxpr of a caller, a call of a compiled function is a single equation.
    """
    stages = [counted(lambda s: 2 * s), counted(jnp.tanh), counted(lambda s: s - 2)]
    signal = np.array([0.5, -1.5, 0.25], dtype=np.float32)
    chain = compiled_chain(stages)

    for now in (signal, 3 * signal):
        message = "expected the stages in order: double, tanh, minus 2"
        assert_allclose(chain(now), np.tanh(2 * now) - 2, rtol=1e-5, strict=True, err_msg=message)
    traces = [stage.count for stage in stages]
    assert traces == [1, 1, 1], f"expected 1 trace of each stage for 2 signals, got {traces}"
    outside = [equation.primitive.name for equation in jax.make_jaxpr(chain)(signal).eqns]
    single = jax.make_jaxpr(jax.jit(jnp.tanh))(signal).eqns
    message = f"expected a single call of a compiled function in the jaxpr, got {outside}"
    assert len(outside) == len(single), message


def moments(x, terms):
    """Return x**(k / 10) * exp(-x) for k = 0 to terms - 1, shape (len(x), terms), for x > 0."""
    # TODO: compute the same array by broadcasting
    return jnp.stack([x ** (k / 10) * jnp.exp(-x) for k in range(terms)], axis=1)


def test_broadcasting_keeps_the_jaxpr_short_for_many_terms():
    """A Python list of 200 terms puts 200 terms into the jaxpr, and XLA compiles each of them.

    That takes seconds. With broadcasting the number of equations does not depend on the number of
    terms.
    """
    x = np.array([0.5, 2.5, 1.0, 3.0])
    for positions, terms in ((x, 200), (x[:2], 3), (x[:3], 1)):
        table = positions[:, None] ** (np.arange(terms) / 10) * np.exp(-positions)[:, None]
        positions = jnp.asarray(positions)
        got = moments(positions, terms)
        message = f"{len(positions)} positions, {terms} terms: expected x**(k / 10) * exp(-x)"
        assert_allclose(got, table.astype(positions.dtype), 1e-4, strict=True, err_msg=message)
    few, many = (equations(lambda x, n=n: moments(x, n), jnp.asarray(x)) for n in (20, 200))
    assert many == few, f"expected as many equations for 200 terms as for 20, got {many} and {few}"
    used = primitives(lambda x: moments(x, 20), jnp.asarray(x))
    message = f"expected no loop, which computes the terms one by one; got {sorted(used)}"
    assert not used & {"scan", "while"}, message


def weighted_sum(weights, signal):
    """Return a function compiled by jit, and a tuple of its arguments.

    compiled(*arguments) returns the sum of weights * signal, two arrays of one shape.
    """
    # TODO: pass the weights as an argument too
    return jax.jit(lambda signal: jnp.sum(weights * signal)), (signal,)


def test_a_closed_over_array_is_copied_into_the_compiled_function():
    """An array from the enclosing scope becomes a constant: it is copied into the code to compile.

    A large constant needs memory and slows the compiler. An argument is not copied into the code.
    `f.lower(x).as_text()` returns the text of the code that the compiler gets.
    """
    characters = {}
    for count in (10, 1000):
        weights = np.linspace(0.5, 2.0, count, dtype=np.float32)
        signal = np.cos(weights)
        compiled, arguments = weighted_sum(weights, signal)
        message = f"{count} elements: expected the sum of weights * signal"
        assert_allclose(compiled(*arguments), np.sum(weights * signal), rtol=1e-4, err_msg=message)
        characters[count] = len(compiled.lower(*arguments).as_text())

    message = f"expected about as many characters of code for 1000 elements as for 10: {characters}"
    assert characters[1000] < characters[10] + 990, message
    doubled = jax.tree.map(lambda leaf: 2 * leaf, arguments)
    message = "arguments doubled: expected 4 times the sum, as both arrays are arguments"
    expected = 4 * np.sum(weights * signal)
    assert_allclose(compiled(*doubled), expected, rtol=1e-4, err_msg=message)


def test_a_donated_array_is_deleted():
    """A compiled function that updates a state needs memory for the old state and for the new one.

    With `jax.jit(fun, donate_argnums=0)` the result may reuse the memory of argument 0. The
    caller's array is deleted then: `.is_deleted()` is True, and using it raises an error.
    """

    def drift(field, wind):
        return field + 0.5 * wind

    move = jax.jit(drift, donate_argnums=0)
    field, wind = jnp.array([1.0, -2.0, 4.0]), jnp.array([2.0, -2.0, -4.0])

    moved = move(field, wind)
    assert [field.is_deleted(), wind.is_deleted()] == __
    with pytest.raises(RuntimeError):
        np.asarray(field)

    for _ in range(2):
        moved = move(moved, wind)
    assert moved.tolist() == __


def apply_layers(layers, x):
    """Return x after all layers in order; each layer is a function of an array.

    For a derivative, only the input of each layer is stored.
    """
    # TODO: apply jax.checkpoint to each layer
    raise NotImplementedError


def test_checkpoint_recomputes_instead_of_storing():
    """Reverse mode stores intermediate values of the operations, which can need too much memory.

    `jax.checkpoint(fun)` returns a function with the same values. Its derivative stores only the
    inputs of fun, and evaluates fun again. The function that jax.vjp returns is a pytree: its
    leaves are what is stored.
    """
    x = jnp.array([0.5, -1.0, 2.0])
    layers = [lambda x: jnp.sin(x**2), lambda x: 2 * jnp.exp(-x), lambda x: x**3]
    layers = [executed(layer) for layer in layers]

    def stored(layers):
        _, pull = jax.vjp(lambda x: apply_layers(layers, x), x)
        return sum(np.size(leaf) for leaf in jax.tree.leaves(pull))

    def deep(n):  # a layer of n operations
        return lambda x: jnp.sin(deep(n - 1)(x)) if n else x

    y, derivative = jax.value_and_grad(lambda x: jnp.sum(apply_layers(layers, x)))(x)
    ran = [layer.runs() for layer in layers]
    z = 2 * np.exp(-np.sin(x**2))
    expected = -3 * z**3 * np.cos(x**2) * 2 * x
    message = "expected the output of all layers, in order"
    assert_allclose(y, np.sum(z**3), rtol=1e-5, err_msg=message)
    assert_allclose(derivative, expected, rtol=1e-4, err_msg="the derivative of the output")
    message = f"expected 2 executions per layer, one forward and one in reverse, got {ran}"
    assert ran == [2, 2, 2], message
    short, long = (stored([deep(n)] * 2) for n in (2, 9))
    message = f"expected as many stored elements for 9 operations per layer as for 2, got {long}"
    assert long == short, f"{message} and {short}"
    more = stored([deep(2)] * 4)
    message = (
        f"expected a stored input per layer: more elements for 4 layers than for 2, got {more}"
    )
    assert more > short, f"{message} and {short}"


# You know where time and memory go. Measure before you change something, and after.
# Next: a training step that puts this together.
