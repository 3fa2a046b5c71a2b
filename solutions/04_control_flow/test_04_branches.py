"""Branches chosen while the compiled program runs, and the Python `for` that may stay."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, counted, executed, primitives


def test_cond_traces_both_branches_and_runs_one():
    """`lax.cond(test, yes, no, x)` is yes(x) or no(x); jnp.where, a `select_n`, computes both.

    `counted(f)` counts the traces of f, `executed(f)` the runs of the compiled f: ask `.runs()`.
    """
    # HINT: One jitted function, three calls of one shape and dtype: how many traces?
    # HINT: A compiled program holds both branches, whichever the first call needs.
    # HINT: One of the three temperatures is above zero, two are below.
    melt, freeze = counted(lambda t: t / 2), counted(lambda t: t - 10.0)
    melting, freezing = executed(melt), executed(freeze)

    def weather(t):
        return lax.cond(t > 0, melting, freezing, t)

    compiled = jax.jit(weather)

    assert compiled(20.0) == __(10.0)
    assert [compiled(-4.0), compiled(-30.0)] == __([-14.0, -40.0])
    assert (melt.count, freeze.count) == __((1, 1))
    assert (melting.runs(), freezing.runs()) == __((1, 2))
    assert primitives(weather, 20.0) & {"cond", "select_n"} == __({"cond"})


def measure(ready, instrument, sample):
    """`instrument(sample)` when ready, else zeros like `sample`.

    The instrument keeps the shape and dtype of the sample. It runs only when it is ready.
    """
    # BEGIN PROMPT: let both branches answer with the same type
    # return lax.cond(ready, instrument, lambda s: 0, sample)
    # BEGIN SOLUTION
    return lax.cond(ready, instrument, jnp.zeros_like, sample)
    # END SOLUTION


def test_both_branches_return_the_same_shape_and_dtype():
    """Whatever is chosen, the code after it is already compiled, for one shape and one dtype."""
    # HINT: Read the error: what does each branch answer with?
    # HINT: 0 is a single integer, the reading an array of floats.
    # HINT: The second branch may use its sample, to make zeros like it.
    instrument = executed(lambda s: 2 * s + 1)
    compiled = jax.jit(lambda ready, s: measure(ready, instrument, s))

    for sample in (jnp.array([1.0, -2.0, 3.0]), np.array([[0.5, 4.0]], dtype=np.float16)):
        waiting, reading = compiled(False, sample), compiled(True, sample)
        assert_allclose(waiting, 0 * sample, strict=True, err_msg="not ready: zeros like sample")
        assert_allclose(reading, 2 * sample + 1, rtol=1e-5, strict=True, err_msg="ready: a reading")
    ran = instrument.runs()
    assert ran == 2, f"ready twice, yet the instrument ran {ran} times: not ready is not to run"


def force(kind, laws, distance):
    """The law number `kind` of the list `laws`, at `distance`; no other law runs.

    A kind below 0 means the first law, one past the end means the last.
    """
    # BEGIN PROMPT: choose among any number of laws, by a traced number
    # BEGIN SOLUTION
    return lax.switch(kind, laws, distance)
    # END SOLUTION


def test_switch_selects_one_of_several_branches():
    """`lax.switch` is cond with a number for the test and a list of functions for the branches."""
    # HINT: laws[kind] needs a Python int, and kind is a tracer.
    # HINT: lax.switch(number, functions, x) runs functions[number](x).
    laws = [executed(lambda d: -d), executed(lambda d: -1 / d**2), executed(lambda d: d**3 - d)]
    compiled = jax.jit(lambda kind, distance: force(kind, laws, distance))

    for kind, expected in ((0, -2.0), (1, -0.25), (2, 6.0), (2, 6.0), (-5, -2.0), (9, 6.0)):
        found = compiled(kind, 2.0)
        message = "each kind its own law; `kind` counts from 0, and stops at the ends"
        assert_allclose(found, expected, rtol=1e-5, err_msg=message)
    runs = [law.runs() for law in laws]
    assert runs == [2, 1, 3], f"the laws ran {runs} times; each call needs only one of them"
    shorter = jax.jit(lambda kind, distance: force(kind, laws[1:], distance))
    assert_allclose(shorter(1, 4.0), 60.0, rtol=1e-5, err_msg="a shorter list of laws")


def test_a_python_loop_over_a_list_or_a_dict_is_fine():
    """How long a list is, and which names a dict has, is known while tracing, as a shape is.

    An argument of a jitted function may be a list or a dict of arrays; each array is traced.
    """
    # HINT: Follow the shapes: a (3, 2) matrix times 2 numbers, then a (1, 3) matrix times 3.
    # HINT: Other values in the same list and dict are no news. Another length is, another name too.
    # HINT: The loops ran in Python, while tracing. Is there a loop left in the jaxpr?

    @counted
    def response(signal, layers, offsets):
        for weight in layers:
            signal = weight @ signal
        for name in offsets:
            signal = signal + offsets[name]
        return signal

    compiled = jax.jit(response)
    signal = jnp.array([1.0, -2.0])
    layers = [jnp.ones((3, 2)), jnp.ones((1, 3))]
    offsets = {"drift": jnp.array(0.5), "noise": jnp.array(-0.25)}

    assert compiled(signal, layers, offsets).shape == __((1,))
    compiled(signal, [2 * weight for weight in layers], offsets)
    assert response.count == __(1)
    compiled(signal, layers[:1], offsets)
    assert response.count == __(2)
    compiled(signal, layers, {"drift": jnp.array(0.5)})
    assert response.count == __(3)
    assert primitives(response, signal, layers, offsets) & {"scan", "while"} == __(set())


# Loops and branches compile now, and you know which Python loops need no mending.
# Next: no loop at all. One example is written down, and vmap makes the batch.
