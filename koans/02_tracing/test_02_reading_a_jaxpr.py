"""A jaxpr is the list of operations that JAX records when it traces a function."""

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, jaxpr_as_fun
from numpy.testing import assert_allclose

from jax_koans import __, primitives


def test_a_jaxpr_lists_the_operations_in_order():
    """`jax.make_jaxpr(f)(x)` returns the jaxpr of f(x): the operations that JAX records.

    Each equation of a jaxpr applies one primitive: an elementary operation for which JAX has rules,
    such as the rule for its derivative. `jaxpr.eqns` lists the equations in order of evaluation.
    Names of variables and calls of plain Python functions do not appear.
    """

    def stretched(length):
        longer = length + 3.0
        return longer**2

    jaxpr = jax.make_jaxpr(stretched)(2.0)
    # print(jaxpr) shows the input a, two equations, and the output c (f64 with x64 on):
    # { lambda ; a:f32[]. let
    #     b:f32[] = add a 3.0:f32[]
    #     c:f32[] = integer_pow[y=2] b
    #   in (c,) }
    assert [equation.primitive.name for equation in jaxpr.eqns] == __

    jaxpr = jax.make_jaxpr(lambda time: jnp.sin(2.0 * time))(1.0)  # `*` has the primitive mul
    assert [equation.primitive.name for equation in jaxpr.eqns] == __


def test_primitives_lists_each_primitive_of_a_jaxpr_once():
    """`primitives(f, x)` returns the set of the names of all primitives in the jaxpr of f(x).

    It is part of jax_koans, not of JAX. Koans use it to check how an answer computes its value:
    functions with equal values can have different primitives.
    """

    def signal(time):
        return jnp.sin(2.0 * time) + jnp.sin(3.0 * time)

    assert primitives(signal, 1.0) == __
    assert primitives(lambda x: x * x, 3.0) == __
    assert primitives(lambda x: x**2, 3.0) == __


def test_where_evaluates_both_value_arguments():
    """`jnp.where(condition, x, y)` evaluates both x and y, and selects element by element.

    In a jaxpr, two primitives can express a choice. `cond` evaluates one of its branches;
    `select_n` selects elements from values that are already computed.
    """

    def diode(voltage):
        return jnp.where(voltage > 0.0, jnp.exp(voltage), jnp.tanh(voltage))

    used = primitives(diode, 0.5) & {"exp", "tanh", "cond", "select_n"}

    assert used == __


def test_a_closed_over_array_is_a_constant_of_the_jaxpr():
    """An array from the enclosing scope is stored in the jaxpr as a constant.

    An array or a Python scalar among the arguments becomes an input of the jaxpr:
    `jaxpr.in_avals` lists the inputs by shape and dtype, and `jaxpr.consts` lists the constants.
    A Python scalar in the function's code is neither: it is written into an equation.
    """
    gain = jnp.array([1.0, 2.0, 4.0])
    offset = jnp.array([0.0, 0.1, 0.2])
    signal = jnp.array([0.5, -0.5, 3.0])

    in_code = jax.make_jaxpr(lambda s: 2.0 * s)(signal)
    closed_over = jax.make_jaxpr(lambda s: gain * s + offset)(signal)
    arguments = jax.make_jaxpr(lambda g, s, o: g * s + o)(2.0, signal, offset)

    assert [len(j.in_avals) for j in (in_code, closed_over, arguments)] == __
    assert [len(j.consts) for j in (in_code, closed_over, arguments)] == __


def amplifier_jaxpr(gain, signal):
    """Return the jaxpr of gain * signal, with gain and signal as its two inputs."""
    # TODO: make gain the first input of the jaxpr and signal the second
    return jax.make_jaxpr(lambda s: gain * s)(signal)


def test_a_value_that_may_change_must_be_an_argument():
    """A constant of a jaxpr is fixed. Only its inputs can change from one evaluation to the next.

    `jax.make_jaxpr(f)` returns a function that takes the arguments of f.
    """
    gain = jnp.array([1.0, 2.0, 4.0])
    signal = jnp.array([[0.5, -0.5, 3.0], [2.0, 1.0, -1.0]])

    jaxpr = amplifier_jaxpr(gain, signal)

    got = type(jaxpr).__name__
    assert isinstance(jaxpr, ClosedJaxpr), f"expected a jaxpr, as make_jaxpr returns it, got {got}"
    constants = [constant.shape for constant in jaxpr.consts]
    message = f"expected no constants: gain has shape (3,), signal (2, 3); got {constants}"
    assert constants == [], message
    shapes = [aval.shape for aval in jaxpr.in_avals]
    assert shapes == [(3,), (2, 3)], f"expected inputs gain, signal: (3,), (2, 3); got {shapes}"
    evaluate = jaxpr_as_fun(jaxpr)  # a function that evaluates the jaxpr and returns a list
    (amplified,) = evaluate(gain - 2.0, -2.0 * signal)
    expected = [[1.0, 0.0, -12.0], [4.0, 0.0, 4.0]]
    message = "the jaxpr, evaluated for another gain and another signal: expected gain * signal"
    assert_allclose(amplified, expected, rtol=1e-5, err_msg=message)


# You can read a jaxpr and list its primitives.
# Next: the tracers that your function receives as arguments while JAX records the jaxpr.
