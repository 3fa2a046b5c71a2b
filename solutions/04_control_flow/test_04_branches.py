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
    # HINT: While JAX traces, pred has no value. Which branches can it leave out?
    # HINT: All three calls share one trace. One temperature is above 0, two are below.
    melt, freeze = counted(lambda t: t / 2), counted(lambda t: t - 10.0)
    melting, freezing = executed(melt), executed(freeze)
    compiled = jax.jit(lambda t: lax.cond(t > 0, melting, freezing, t))

    assert compiled(20.0) == __(10.0)
    # WHY: 20 > 0 is True, so the result is melt(20.0).
    # IF 20.0: cond returns the output of the selected branch, melt(20.0).
    assert [float(compiled(-4.0)), float(compiled(-30.0))] == __([-14.0, -40.0])
    # WHY: Neither temperature is above 0, so the results are freeze(-4.0) and freeze(-30.0).
    # IF [-2.0, -15.0]: These are the results of `melt`, the branch for t > 0.
    assert (melt.count, freeze.count) == __((1, 1))
    # WHY: While JAX traces, t > 0 has no value, so both branches are traced, once for all calls.
    # IF (1, 0): The first call needs only the result of `melt`, but it traces both branches.
    # IF (1, 2): These are the calls that select each branch. A trace does not depend on values.
    # IF (3, 3): Three calls with the same argument types need one trace.
    # IF (0, 0): The first call traces, which runs the Python body of the branches.
    # IF [1, 1]: The left side is a tuple.
    assert (melting.runs(), freezing.runs()) == __((1, 2))
    # WHY: Each call runs only the selected branch: `melt` for 20.0, `freeze` for the others.
    # IF (3, 3): jnp.where would compute both values in each call. cond runs one branch.
    # IF (1, 1): (1, 1) are the traces. The second and third call both run the compiled `freeze`.
    # IF (2, 1): One temperature is above 0, and two are below.
    # IF [1, 2]: The left side is a tuple.


def measure(ready, instrument, sample):
    """Return instrument(sample) if the bool `ready` is True, else zeros like `sample`.

    `ready` is traced. The output of the instrument has the shape and dtype of `sample`. If `ready`
    is False, the instrument does not run.
    """
    # BEGIN PROMPT: make both branches return the same shape and dtype
    # return lax.cond(ready, instrument, lambda s: 0, sample)
    # BEGIN SOLUTION
    return lax.cond(ready, instrument, jnp.zeros_like, sample)
    # END SOLUTION


def test_both_branches_return_the_same_shape_and_dtype():
    """The branches of `lax.cond` must return equal shapes and dtypes, or it raises TypeError.

    The code after the cond is compiled once, for one shape and one dtype, whichever branch runs.
    """
    # HINT: Read the error: which type does each branch return?
    # HINT: The second branch gets the sample too. Return zeros with its shape and dtype.
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
    # BEGIN PROMPT: select one of the functions by the traced int `kind`
    # BEGIN SOLUTION
    return lax.switch(kind, laws, distance)
    # END SOLUTION


def test_switch_selects_one_of_several_branches():
    """`lax.switch(index, branches, x)` returns branches[index](x) for a traced index.

    It clamps the index to the range of the list. Like `lax.cond` it traces all branches and runs
    one of them.
    """
    # HINT: laws[kind] raises an error: a list needs a Python int, and kind is a tracer.
    # HINT: The branches are `laws`, and x is `distance`.
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
    # HINT: A (3, 2) matrix maps 2 elements to 3. A (1, 3) matrix maps 3 elements to 1.
    # HINT: The second call differs from the first in values, the third in the length of the list.

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
    # WHY: The layers have shapes (3, 2) and (1, 3), so they map 2 elements to 3, and 3 to 1.
    # IF (): A matrix of shape (1, 3) times 3 elements is an array with one element, not a scalar.
    # IF 1: A shape is a tuple.
    # IF (3,): (3,) is the shape after the first layer.
    # IF (2,): (2,) is the shape of `signal` before the first layer.
    # IF (1, 1): A matrix times an array with one axis has one axis.
    compiled(signal, [2 * weight for weight in layers], offsets)
    assert response.count == __(1)
    # WHY: The list has the same length and the arrays the same types; only values differ.
    # IF 2: 2 is the number of calls. New values in a list cause no trace.
    compiled(signal, layers[:1], offsets)
    assert response.count == __(2)
    # WHY: A list of another length is another call signature, so jit traces again.
    # IF 1: The loop is unrolled while JAX traces, so a shorter list needs another trace.
    # IF 3: 3 is the number of calls. The second one caused no trace.
    compiled(signal, layers, {"drift": jnp.array(0.5)})
    assert response.count == __(3)
    # WHY: A dict with other keys is another call signature, so jit traces again.
    # IF 2: The keys of a dict are part of the call signature, and one is missing here.
    # IF 4: 4 is the number of calls. The second one caused no trace.
    # IF 1: 1 is the count before the list and the dict changed.


# You can compile loops and branches, and know which Python loops may stay.
# Next: no loop at all. jax.vmap turns a function of one example into a function of a batch.
