"""Branches that compiled code selects by a value, and Python loops that need no replacement."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, counted, executed


def test_cond_traces_both_branches_and_runs_one():
    """`lax.cond(pred, true_fun, false_fun, x)` is an if statement whose condition may be traced.

    It returns true_fun(x) if pred is True, and false_fun(x) if it is False.

    `counted(f)` counts how often Python runs f, in `.count`; under jit that is the number of
    traces. `executed(f)` counts how often the compiled f runs, in `.runs()`.
    """
    melt, freeze = counted(lambda t: t / 2), counted(lambda t: t - 10.0)
    melting, freezing = executed(melt), executed(freeze)
    compiled = jax.jit(lambda t: lax.cond(t > 0, melting, freezing, t))

    assert compiled(20.0) == __
    assert [float(compiled(-4.0)), float(compiled(-30.0))] == __
    assert (melt.count, freeze.count) == __
    assert (melting.runs(), freezing.runs()) == __


def measure(ready, instrument, sample):
    """Return instrument(sample) if the bool `ready` is True, else zeros like `sample`.

    `ready` is traced. The output of the instrument has the shape and dtype of `sample`. If `ready`
    is False, the instrument does not run.
    """
    # TODO: make both branches return the same shape and dtype
    return lax.cond(ready, instrument, lambda s: 0, sample)


def test_both_branches_return_the_same_shape_and_dtype():
    """The branches of `lax.cond` must return equal shapes and dtypes, or it raises TypeError.

    The code after the cond is compiled once, for one shape and one dtype, whichever branch runs.
    """
    instrument = executed(lambda s: 2 * s + 1)
    compiled = jax.jit(lambda ready, s: measure(ready, instrument, s))

    for sample in (jnp.array([1.0, -2.0, 3.0]), np.array([[0.5, 4.0]], dtype=np.float16)):
        waiting, reading = compiled(False, sample), compiled(True, sample)
        message = "ready is False: expected zeros with the shape and dtype of the sample"
        assert_allclose(waiting, 0 * sample, strict=True, err_msg=message)
        message = "ready is True: expected instrument(sample)"
        assert_allclose(reading, 2 * sample + 1, rtol=1e-5, strict=True, err_msg=message)
    runs = instrument.runs()
    assert runs == 2, f"two of four calls are ready: expected 2 runs of the instrument, got {runs}"


def force(kind, laws, distance):
    """Return laws[kind](distance), where `kind` is a traced int and `laws` a list of functions.

    A `kind` below 0 selects the first law. A `kind` above the last index selects the last law. Only
    the selected law runs.
    """
    # TODO: select one of the functions by the traced int `kind`
    raise NotImplementedError


def test_switch_selects_one_of_several_branches():
    """`lax.switch(index, branches, x)` returns branches[index](x) for a traced index.

    It clamps the index to the range of the list. Like `lax.cond` it traces all branches and runs
    one of them.
    """
    laws = [executed(lambda d: -d), executed(lambda d: -1 / d**2), executed(lambda d: d**3 - d)]
    compiled = jax.jit(lambda kind, distance: force(kind, laws, distance))

    for kind, expected in ((0, -2.0), (1, -0.25), (2, 6.0), (2, 6.0), (-5, -2.0), (9, 6.0)):
        found = compiled(kind, 2.0)
        message = f"kind {kind}, 3 laws: expected the value of law {min(max(kind, 0), 2)}"
        assert_allclose(found, expected, rtol=1e-5, err_msg=message)
    runs = [law.runs() for law in laws]
    assert runs == [2, 1, 3], f"expected the laws to run [2, 1, 3] times, got {runs}"
    shorter = jax.jit(lambda kind, distance: force(kind, laws[1:], distance))
    assert_allclose(
        shorter(1, 4.0), 60.0, rtol=1e-5, err_msg="kind 1, 2 laws: expected the value of law 1"
    )


def test_a_python_loop_over_a_list_or_a_dict_is_fine():
    """A jitted function may loop over a list or a dict of arrays: each array is traced.

    The length of a list and the keys of a dict are known while JAX traces, as shapes are. They are
    part of the call signature, so another length or another key causes another trace.
    """

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

    assert compiled(signal, layers, offsets).shape == __
    compiled(signal, [2 * weight for weight in layers], offsets)
    assert response.count == __
    compiled(signal, layers[:1], offsets)
    assert response.count == __
    compiled(signal, layers, {"drift": jnp.array(0.5)})
    assert response.count == __


# You can compile loops and branches, and know which Python loops may stay.
# Next: no loop at all. jax.vmap turns a function of one example into a function of a batch.
