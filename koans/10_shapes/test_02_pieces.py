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
    # TODO: take a slice of static length at a traced start
    return signal[start : start + width]


def test_a_slice_with_a_traced_start_needs_dynamic_slice():
    """`x[start:stop]` requires concrete bounds: with tracers its length would be unknown.

    `lax.dynamic_slice(operand, start_indices, slice_sizes)` takes two tuples, with one entry per
    axis. The start indices may be traced, the sizes are Python ints.
    """
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
    signal = jnp.array([10.0, 11.0, 12.0, 13.0, 14.0, 15.0])
    start, update = 4, jnp.array([-1.0, -2.0, -3.0])

    assert np.asarray(signal)[start : start + 3].tolist() == [14.0, 15.0]  # NumPy shortens it
    assert lax.dynamic_slice(signal, (start,), (3,)).tolist() == __
    assert signal[start + jnp.arange(3)].tolist() == __

    updated = lax.dynamic_update_slice(signal, update, (start,))
    assert updated.tolist() == __


def burst_meter(energy, longest):
    """Return a function `meter`: meter(burst) returns the mean of energy(burst), a scalar.

    A burst is a NumPy array of 1 to `longest` samples. `energy` is an elementwise function, and may
    be infinite at 0. Each call of `meter` must execute `energy` once, under jit. Bursts of all
    lengths must share one trace.
    """

    # TODO: pad each burst to one length, and ignore the padding in the mean
    return jax.jit(lambda burst: jnp.mean(energy(burst)))


def test_ragged_data_is_padded_and_masked():
    """For each new length of its argument, a jitted function is traced and compiled again.

    Pad all arrays to one length before you call the compiled function. Pass the true length as an
    argument: as a value, it causes no retracing. Pad with `np.pad`, because `jnp.pad` outside jit
    is itself compiled for each shape.
    """
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
