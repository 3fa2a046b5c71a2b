"""What JAX sees of a function can be written down: a small program, called a jaxpr."""

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, jaxpr_as_fun
from numpy.testing import assert_allclose

from jax_koans import __, primitives


def test_a_jaxpr_lists_the_operations_in_order():
    """Variables, helpers and line breaks of your Python are gone; the operations remain.

    `jax.make_jaxpr(f)(x)` shows what JAX sees of f(x). Each equation is one primitive, an
    operation that JAX knows how to compile, to differentiate and to batch.
    """

    # HINT: In the printed program, each line under `let` is an equation.
    # HINT: The primitive is the word after the `=` of its line.
    # HINT: Each answer is a list of two names. In sin(2 t), what is done before the sine?
    def stretched(length):
        longer = length + 3.0
        return longer**2

    program = jax.make_jaxpr(stretched)(2.0)
    # print(program) shows the input a, two equations, and the result c (f64 in x64 mode):
    # { lambda ; a:f32[]. let
    #     b:f32[] = add a 3.0:f32[]
    #     c:f32[] = integer_pow[y=2] b
    #   in (c,) }
    assert [equation.primitive.name for equation in program.eqns] == __(["add", "integer_pow"])

    program = jax.make_jaxpr(lambda time: jnp.sin(2.0 * time))(1.0)
    assert [equation.primitive.name for equation in program.eqns] == __(["mul", "sin"])


def test_primitives_lists_each_primitive_of_a_jaxpr_once():
    """A jaxpr has no item assignment: each update through `.at` has a primitive of its own.

    `primitives(f, x)` is the set of the names of all primitives in the jaxpr of f(x). It is one of
    the probes in jax_koans, with which koans look at how an answer works.
    """
    # HINT: In a Python shell, print jax.make_jaxpr(lambda c: c.at[1].mul(5.0))(charge) and look
    #   for "scatter".
    # HINT: Writing is a plain scatter. Others carry the name of what they do, behind a hyphen.
    # HINT: scatter-mul and scatter-max. A set of one name is written {"name"}.
    charge = jnp.array([10.0, 20.0, 30.0])

    def scatters(update):
        return {name for name in primitives(update, charge) if name.startswith("scatter")}

    assert scatters(lambda c: c.at[1].set(5.0)) == {"scatter"}
    assert scatters(lambda c: c.at[1].add(5.0)) == {"scatter-add"}
    assert scatters(lambda c: c.at[1].mul(5.0)) == __({"scatter-mul"})
    assert scatters(lambda c: c.at[1].max(5.0)) == __({"scatter-max"})


def test_where_evaluates_both_value_arguments():
    """`jnp.where` is no branch: its arguments are worked out before it is called.

    Two primitives could stand for a choice. `cond` runs one of two programs and skips the other;
    `select_n` picks, element by element, among results that are already there.
    """

    # HINT: Which of the four names can the jaxpr contain, and which can it not?
    # HINT: exp and tanh both stand in the jaxpr, whatever the voltage.
    # HINT: where becomes select_n, so cond is absent.
    def diode(voltage):
        return jnp.where(voltage > 0.0, jnp.exp(voltage), jnp.tanh(voltage))

    found = primitives(diode, 0.5) & {"exp", "tanh", "cond", "select_n"}

    assert found == __({"exp", "tanh", "select_n"})


def test_a_closed_over_array_is_a_constant_of_the_jaxpr():
    """What a function takes from around it becomes part of its jaxpr, for good.

    A Python number is written into the equations. An array is kept beside them, as a constant:
    `program.consts` is the list of those. An argument stays open: it is an input, and
    `program.in_avals` lists the inputs, each by its shape and dtype.
    """
    # HINT: Which of the three programs takes arrays that are not among its arguments?
    # HINT: A number is not kept as a constant; an argument is not either.
    # HINT: The second program has one input and two constants, the third has three inputs.
    gain = jnp.array([1.0, 2.0, 4.0])
    offset = jnp.array([0.0, 0.1, 0.2])
    signal = jnp.array([0.5, -0.5, 3.0])

    number = jax.make_jaxpr(lambda s: 2.0 * s)(signal)
    outside = jax.make_jaxpr(lambda s: gain * s + offset)(signal)
    argument = jax.make_jaxpr(lambda g, s, o: g * s + o)(gain, signal, offset)

    assert [len(p.in_avals) for p in (number, outside, argument)] == __([1, 1, 3])
    assert [len(p.consts) for p in (number, outside, argument)] == __([0, 2, 0])


def amplifier_jaxpr(gain, signal):
    """The jaxpr of gain * signal, for any gain and any signal of these shapes."""
    # BEGIN PROMPT: make gain an input of the program, in front of signal
    # return jax.make_jaxpr(lambda s: gain * s)(signal)
    # BEGIN SOLUTION
    return jax.make_jaxpr(lambda g, s: g * s)(gain, signal)
    # END SOLUTION


def test_a_value_that_may_change_must_be_an_argument():
    """A stored array cannot be exchanged: the program would go on with the old one."""
    # HINT: Look at the jaxpr: where does gain stand, before the semicolon or behind it?
    # HINT: Let the traced function take gain as well, and hand both arrays over.
    # HINT: jax.make_jaxpr(f) takes the arguments that f takes: (gain, signal).
    gain = jnp.array([1.0, 2.0, 4.0])
    signal = jnp.array([[0.5, -0.5, 3.0], [2.0, 1.0, -1.0]])

    program = amplifier_jaxpr(gain, signal)

    assert isinstance(program, ClosedJaxpr), (
        f"a jaxpr is wanted, as jax.make_jaxpr(f)(...) makes it; got {type(program)}"
    )
    stored = ["gain" if c.shape == gain.shape else "signal" for c in program.consts]
    assert stored == [], f"the program holds this one {stored[0]}: it serves no other"
    shapes = [a.shape for a in program.in_avals]
    assert shapes == [(3,), (2, 3)], f"expected gain, then signal, as inputs; found {shapes}"
    run = jaxpr_as_fun(program)  # a function that runs the jaxpr and answers with a list
    expected = [[-0.5, 0.0, 6.0], [-2.0, 0.0, -2.0]]
    (louder,) = run(gain - 2.0, signal)
    assert_allclose(louder, expected, rtol=1e-5, err_msg="the program, run with another gain")


# You can read what JAX sees of a function, and ask it for its primitives. Next: how JAX came to
# see it, and what your function is given while it looks.
