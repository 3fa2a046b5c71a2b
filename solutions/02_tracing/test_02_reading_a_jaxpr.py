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

    # HINT: In the printed jaxpr, each line below `let` is an equation.
    # HINT: The name of the primitive is the word after the `=`. jnp.sin has the primitive "sin".
    # HINT: Each answer is a list of two names. Which operation comes first in sin(2 t)?
    def stretched(length):
        longer = length + 3.0
        return longer**2

    jaxpr = jax.make_jaxpr(stretched)(2.0)
    # print(jaxpr) shows the input a, two equations, and the output c (f64 with x64 on):
    # { lambda ; a:f32[]. let
    #     b:f32[] = add a 3.0:f32[]
    #     c:f32[] = integer_pow[y=2] b
    #   in (c,) }
    assert [equation.primitive.name for equation in jaxpr.eqns] == __(["add", "integer_pow"])
    # WHY: The jaxpr adds 3 first, and then raises the sum to the integer power 2.
    # IF ["integer_pow", "add"]: The power is applied to the sum, so the addition comes first.
    # IF ["add", "pow"]: An integer exponent has a separate primitive, which the jaxpr shows.
    # IF ["+", "**"]: These are Python operators; the jaxpr shows the names of the primitives.
    # IF ["add", "integer_pow[y=2]"]: `[y=2]` is a parameter of the equation, not part of the name.
    # IF ["b", "c"]: b and c are the outputs of the equations, not the names of the primitives.
    # IF ("add", "integer_pow"): The left side is a list, and a list never equals a tuple.
    # IF {"add", "integer_pow"}: The left side is a list, in order; it never equals a set.

    jaxpr = jax.make_jaxpr(lambda time: jnp.sin(2.0 * time))(1.0)  # `*` has the primitive mul
    assert [equation.primitive.name for equation in jaxpr.eqns] == __(["mul", "sin"])
    # WHY: The product 2 t is the argument of the sine, so it is computed first.
    # IF ["sin", "mul"]: The product is the argument of the sine, so it is computed first.
    # IF ["sin"]: The product 2.0 * time is an operation too.
    # IF ["multiply", "sin"]: `multiply` is the NumPy function; its primitive has a shorter name.


def test_primitives_lists_each_primitive_of_a_jaxpr_once():
    """`primitives(f, x)` returns the set of the names of all primitives in the jaxpr of f(x).

    It is part of jax_koans, not of JAX. Koans use it to check how an answer computes its value:
    functions with equal values can have different primitives.
    """

    # HINT: A set holds each name once. In Python it is written {"exp", "log"}.
    # HINT: `signal` multiplies, takes sines and adds; the primitives are mul, sin and add.
    # HINT: As in the last koan, ** with an integer exponent is integer_pow.
    def signal(time):
        return jnp.sin(2.0 * time) + jnp.sin(3.0 * time)

    assert primitives(signal, 1.0) == __({"mul", "sin", "add"})
    # WHY: Two products, two sines and a sum use three different primitives.
    # IF {"sin", "add"}: The products 2.0 * time and 3.0 * time are operations too.
    # IF {"sin", "mul"}: The sum of the two sines is an operation too.
    # IF {"sin"}: The products and the sum are operations too.
    # IF ["mul", "sin", "add"]: `primitives` returns a set, and a set never equals a list.
    # IF 3: 3 is the number of primitives; `primitives` returns the set of their names.
    # IF ["mul", "sin", "mul", "sin", "add"]: These are all equations. The set has each name once.
    assert primitives(lambda x: x * x, 3.0) == __({"mul"})
    # WHY: x * x is a product of two numbers, and `*` is recorded as mul.
    # IF {"integer_pow"}: JAX records the operation that the code uses, and this code uses `*`.
    # IF "mul": `primitives` returns a set, and a set never equals a string.
    # IF ["mul"]: `primitives` returns a set, and a set never equals a list.
    # IF {"*"}: `*` is the Python operator; the jaxpr shows the name of the primitive.
    assert primitives(lambda x: x**2, 3.0) == __({"integer_pow"})
    # WHY: `**` with an integer exponent is recorded as integer_pow.
    # IF {"mul"}: The value equals x * x, but `**` with an integer exponent is another primitive.
    # IF {"pow"}: An integer exponent has a separate primitive, integer_pow.
    # IF {"square"}: jnp.square has that primitive; `**` with an integer exponent has another.


def test_where_evaluates_both_value_arguments():
    """`jnp.where(condition, x, y)` evaluates both x and y, and selects element by element.

    In a jaxpr, two primitives can express a choice. `cond` evaluates one of its branches;
    `select_n` selects elements from values that are already computed.
    """

    # HINT: Python evaluates the arguments of a function before it calls the function.
    # HINT: The jaxpr holds both exp and tanh, whatever the voltage.
    # HINT: jnp.where is recorded as select_n.
    def diode(voltage):
        return jnp.where(voltage > 0.0, jnp.exp(voltage), jnp.tanh(voltage))

    used = primitives(diode, 0.5) & {"exp", "tanh", "cond", "select_n"}

    assert used == __({"exp", "tanh", "select_n"})
    # WHY: Both arguments are evaluated, and where itself is recorded as select_n.
    # IF {"exp", "select_n"}: tanh(voltage) is evaluated too, before jnp.where is called.
    # IF {"exp", "tanh", "cond"}: cond evaluates only one branch; jnp.where is a select_n.
    # IF {"exp", "cond"}: cond evaluates only one branch; jnp.where is a select_n.
    # IF {"exp", "tanh", "cond", "select_n"}: The selection is one primitive, select_n, not two.
    # IF {"exp", "tanh"}: jnp.where is an operation too, recorded as select_n.
    # IF {"exp", "tanh", "where"}: `where` is the jnp function; its primitive is select_n.
    # IF ["exp", "tanh", "select_n"]: `used` is a set, and a set never equals a list.
    # IF {"exp"}: tanh(voltage) is evaluated too, and the selection is recorded as select_n.


def test_a_closed_over_array_is_a_constant_of_the_jaxpr():
    """An array from the enclosing scope is stored in the jaxpr as a constant.

    An array or a Python scalar among the arguments becomes an input of the jaxpr:
    `jaxpr.in_avals` lists the inputs by shape and dtype, and `jaxpr.consts` lists the constants.
    A Python scalar in the function's code is neither: it is written into an equation.
    """
    # HINT: Count the parameters of each lambda: each one becomes an input here.
    # HINT: Which lambdas use arrays that are not among their parameters?
    # HINT: 2.0 in the first lambda is part of the code; 2.0 in the third call is an argument.
    gain = jnp.array([1.0, 2.0, 4.0])
    offset = jnp.array([0.0, 0.1, 0.2])
    signal = jnp.array([0.5, -0.5, 3.0])

    in_code = jax.make_jaxpr(lambda s: 2.0 * s)(signal)
    closed_over = jax.make_jaxpr(lambda s: gain * s + offset)(signal)
    arguments = jax.make_jaxpr(lambda g, s, o: g * s + o)(2.0, signal, offset)

    assert [len(j.in_avals) for j in (in_code, closed_over, arguments)] == __([1, 1, 3])
    # WHY: Each argument is an input; closed-over arrays are not inputs.
    # IF [1, 3, 3]: `gain` and `offset` are not arguments of the second lambda.
    # IF [1, 1, 1]: The third lambda has three arguments, and each is an input.
    # IF [1, 1, 2]: The Python scalar 2.0 is an argument of the third lambda, so it is an input.
    # IF [2, 3, 3]: The first two lambdas have one argument each, and only arguments are inputs.
    # IF [2, 1, 3]: 2.0 in the first lambda is part of its code, not an argument.
    # IF (1, 1, 3): The left side is a list, and a list never equals a tuple.
    assert [len(j.consts) for j in (in_code, closed_over, arguments)] == __([0, 2, 0])
    # WHY: Only the second lambda uses arrays from the enclosing scope, `gain` and `offset`.
    # IF [1, 2, 0]: The Python scalar 2.0 is written into an equation; consts holds arrays.
    # IF [0, 1, 0]: `gain` and `offset` are two arrays, and each is a constant.
    # IF [0, 2, 3]: Arguments are inputs, not constants.
    # IF [0, 2, 1]: 2.0 is an argument of the third lambda, so it is an input, not a constant.
    # IF [0, 0, 0]: `gain` and `offset` are no arguments of the second lambda; it stores them.
    # IF 2: 2 is the number for the second jaxpr; the list has one number per jaxpr.
    # IF [1, 2, 1]: A Python scalar is no constant. In the function's code it is written into an
    #   equation; as an argument it is an input.


def amplifier_jaxpr(gain, signal):
    """Return the jaxpr of gain * signal, with gain and signal as its two inputs."""
    # BEGIN PROMPT: make gain the first input of the jaxpr and signal the second
    # return jax.make_jaxpr(lambda s: gain * s)(signal)
    # BEGIN SOLUTION
    return jax.make_jaxpr(lambda g, s: g * s)(gain, signal)
    # END SOLUTION


def test_a_value_that_may_change_must_be_an_argument():
    """A constant of a jaxpr is fixed. Only its inputs can change from one evaluation to the next.

    `jax.make_jaxpr(f)` returns a function that takes the arguments of f.
    """
    # HINT: Print amplifier_jaxpr(gain, signal). Is `gain` before the semicolon (a constant) or
    #   after?
    # HINT: Give the lambda a second parameter, for gain, and use it in the product.
    # HINT: jax.make_jaxpr(lambda g, s: ...)(gain, signal)
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
