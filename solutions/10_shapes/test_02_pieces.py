"""Slices under jit: the start index may be traced, the length must be static."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, executed, primitives


def window(signal, start, width):
    """Return `width` samples of the signal from index `start` on, shape (width,).

    None of their indices is out of bounds. `width` is a Python int, `start` may be a tracer.
    """
    # BEGIN PROMPT: take a slice of static length at a traced start
    # return signal[start : start + width]
    # BEGIN SOLUTION
    return lax.dynamic_slice(signal, (start,), (width,))
    # END SOLUTION


def test_a_slice_with_a_traced_start_needs_dynamic_slice():
    """`x[start:stop]` requires concrete bounds: with tracers its length would be unknown.

    `lax.dynamic_slice(operand, start_indices, slice_sizes)` takes two tuples, with one entry per
    axis. The start indices may be traced, the sizes are Python ints.
    """
    # HINT: Read the error message. Which parts of a slice must be static?
    # HINT: The length is `width`, a Python int. Use it without computing start + width.
    # HINT: lax.dynamic_slice(signal, (start,), (width,))
    signal = np.array([2.0, -3.0, 5.0, -7.0, 11.0, -13.0], dtype=np.float32)
    traced = counted(lambda signal, start: window(signal, start, 3))
    compiled = jax.jit(traced)

    for start in (0, 2, 3):
        expected = signal[start : start + 3]
        result = compiled(signal, start)
        message = f"3 samples from index {start} on: expected {expected}, got {result}"
        assert_allclose(result, expected, strict=True, err_msg=message)
    assert traced.count == 1, f"expected one trace for three starts, got {traced.count}"
    pairs = jax.vmap(lambda start: window(jnp.asarray(signal), start, 2))(jnp.array([4, 1]))
    expected = np.float32([[11.0, -13.0], [-3.0, 5.0]])
    message = "vmap over the starts 4 and 1, width 2"
    assert_allclose(pairs, expected, strict=True, err_msg=message)
    short, long = (equations(lambda s, i, n=n: window(s, i, n), signal, 0) for n in (2, 5))
    message = f"expected equal equation counts for width 2 and 5, got {short} and {long}"
    assert short == long, message
    used = primitives(lambda s, i: window(s, i, 3), signal, 2)
    message = f"expected a dynamic_slice or gather in the jaxpr, got {sorted(used)}"
    assert used & {"dynamic_slice", "gather"}, message
    message = f"expected no loop over the samples, got {sorted(used & {'scan', 'while'})}"
    assert not used & {"scan", "while"}, message


def test_dynamic_slice_clamps_its_start_index():
    """A dynamic slice always has the requested size. JAX clamps its start index so that it fits.

    `lax.dynamic_update_slice(operand, update, start_indices)` returns a copy of the operand with
    the update written into it. It clamps its start index in the same way.
    """
    # HINT: A slice of size 3 fits into six samples if it starts at index 3 or earlier.
    # HINT: An index array is different: each of its indices is clamped separately.
    # HINT: The update starts at index 3 too, so it overwrites the sample 13.
    signal = jnp.array([10.0, 11.0, 12.0, 13.0, 14.0, 15.0])
    start, update = 4, jnp.array([-1.0, -2.0, -3.0])

    assert np.asarray(signal)[start : start + 3].tolist() == [14.0, 15.0]  # NumPy shortens it
    assert lax.dynamic_slice(signal, (start,), (3,)).tolist() == __([13.0, 14.0, 15.0])
    # WHY: The largest start at which 3 of 6 elements fit is 3, so the start 4 is clamped to 3.
    # IF [14.0, 15.0]: NumPy returns these two elements. A dynamic slice always has its full size.
    # IF [14.0, 15.0, 15.0]: The start index is clamped, not each index separately.
    # IF [14.0, 15.0, 0.0]: A dynamic slice does not pad; it clamps its start index.
    assert signal[start + jnp.arange(3)].tolist() == __([14.0, 15.0, 15.0])
    # WHY: The indices are 4, 5 and 6. Only 6 is out of bounds, and it is clamped to 5.
    # IF [13.0, 14.0, 15.0]: This is the dynamic slice. In an index array each index is clamped.
    # IF [14.0, 15.0, 0.0]: An out-of-bounds read clamps its index; it does not return 0.
    # IF [14.0, 15.0]: There are three indices, so the result has three elements.

    updated = lax.dynamic_update_slice(signal, update, (start,))
    assert updated.tolist() == __([10.0, 11.0, 12.0, -1.0, -2.0, -3.0])
    # WHY: The start 4 is clamped to 3, so the update overwrites the elements 3, 4 and 5.
    # IF [10.0, 11.0, 12.0, 13.0, -1.0, -2.0]: An `.at` update would drop the last value; here the
    #   start index is clamped.
    # IF [10.0, 11.0, 12.0, 13.0, -1.0, -2.0, -3.0]: The result has the shape of the operand, (6,).
    # IF [-1.0, -2.0, -3.0]: The function returns the whole operand with the update in it.
    # IF [10.0, 11.0, 12.0, 13.0, 14.0, 15.0]: The function returns an updated copy; `signal`
    #   itself does not change.


def burst_meter(energy, longest):
    """Return a function `meter`: meter(burst) returns the mean of energy(burst), a scalar.

    A burst is a NumPy array of 1 to `longest` samples. `energy` is an elementwise function, and may
    be infinite at 0. Each call of `meter` must execute `energy` once, under jit. Bursts of all
    lengths must share one trace.
    """

    # BEGIN PROMPT: pad each burst to one length, and ignore the padding in the mean
    # return jax.jit(lambda burst: jnp.mean(energy(burst)))
    # BEGIN SOLUTION
    @jax.jit
    def mean(samples, length):
        valid = jnp.arange(longest) < length
        return jnp.sum(jnp.where(valid, energy(samples), 0.0)) / length

    def meter(burst):
        return mean(np.pad(burst, (0, longest - len(burst))), len(burst))

    return meter
    # END SOLUTION


def test_ragged_data_is_padded_and_masked():
    """For each new length of its argument, a jitted function is traced and compiled again.

    Pad all arrays to one length before you call the compiled function. Pass the true length as an
    argument: as a value, it causes no retracing. Pad with `np.pad`, because `jnp.pad` outside jit
    is itself compiled for each shape.
    """
    # HINT: Pad before you call the compiled function: it must get arrays of one shape only.
    # HINT: np.pad(burst, (0, n)) appends n zeros. Pass len(burst) as a second argument.
    # HINT: Use jnp.where and jnp.sum with the mask jnp.arange(longest) < length.
    program = executed(lambda sample: jnp.log(jnp.abs(sample)) + sample**2)  # -inf at 0
    energy = counted(program)
    meter = burst_meter(energy, 8)
    samples = np.array([1.5, -2.0, 0.5, 3.0, -1.0, 0.25, -4.0, 2.5], dtype=np.float32)

    for length in (3, 8, 1, 5, 7, 2, 6, 4):
        burst = samples[-length:]
        expected = np.mean(np.log(np.abs(burst)) + burst**2)
        result = meter(burst)
        message = f"expected {expected}, the mean over these samples alone, got {result}"
        assert jnp.shape(result) == (), f"expected a scalar, got shape {jnp.shape(result)}"
        assert_allclose(result, expected, rtol=1e-5, err_msg=f"{length} samples: {message}")
    assert energy.count == 1, f"expected one trace for bursts of 8 lengths, got {energy.count}"
    message = f"expected one execution of energy per burst, 8 in all, got {program.runs()}"
    assert program.runs() == 8, message
    nine = burst_meter(jnp.exp, 9)(np.zeros(9, dtype=np.float32))
    assert_allclose(nine, 1.0, rtol=1e-5, err_msg="longest 9: a burst of nine samples")
    # A compiler may turn `x * mask` into a selection. Without jit it does not.
    with jax.disable_jit():
        result = burst_meter(lambda sample: jnp.log(jnp.abs(sample)), 8)(samples[:3])
    expected = np.mean(np.log(np.abs(samples[:3])))
    message = "without jit, energy infinite at 0: expected the mean over three samples"
    assert_allclose(result, expected, rtol=1e-5, err_msg=message)


# You can now compile code for data of varying size.
# Next: how to measure and improve speed.
