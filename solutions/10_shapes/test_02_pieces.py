"""Pieces of an array: where one begins may be traced, how long it is may not."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, executed, primitives


def window(signal, start, width):
    """`width` samples from index `start` on, all inside the signal; `width` is a Python number."""
    # BEGIN PROMPT: cut a piece of fixed length at a traced place
    # return signal[start : start + width]
    # BEGIN SOLUTION
    return lax.dynamic_slice(signal, (start,), (width,))
    # END SOLUTION


def test_a_slice_with_a_traced_start_needs_dynamic_slice():
    """signal[start:stop] has stop - start elements, and with tracers nobody knows that number.

    `lax.dynamic_slice(x, starts, sizes)` takes them apart: two tuples with an entry for each axis.
    A start may be traced, a size is a plain number.
    """
    # HINT: Read the error: which parts of a slice must be static?
    # HINT: The length is known, it is `width`. Say it without computing start + width.
    # HINT: The signal has one axis, so there is one start and one size: (start,), (width,)
    signal = np.array([2.0, -3.0, 5.0, -7.0, 11.0, -13.0], dtype=np.float32)
    traced = counted(lambda signal, start: window(signal, start, 3))
    compiled = jax.jit(traced)

    for start in (0, 2, 3):
        wanted = signal[start : start + 3]
        found = compiled(signal, start)
        assert_allclose(found, wanted, strict=True, err_msg=f"3 samples, first at index {start}")
    assert traced.count == 1, f"{traced.count} traces for 3 starts: only the width is static"
    pairs = jax.vmap(lambda start: window(jnp.asarray(signal), start, 2))(jnp.array([4, 1]))
    assert_allclose(pairs, [[11.0, -13.0], [-3.0, 5.0]], err_msg="two windows of two, by vmap")
    short, long = (equations(lambda s, i, n=n: window(s, i, n), signal, 0) for n in (2, 5))
    assert short == long, f"width 2: {short} equations, width 5: {long}; cut it in one piece"
    used = primitives(lambda s, i: window(s, i, 3), signal, 2)
    assert used & {"dynamic_slice", "gather"}, f"nothing is cut at a traced place: {sorted(used)}"
    assert not used & {"scan", "while"}, "a loop over the samples; cut them in one piece"


def test_dynamic_slice_clamps_its_start_index():
    """The size is fixed, so near the end something must give way, and nothing raises.

    `lax.dynamic_update_slice(x, piece, starts)` writes a piece, and gives way as reading does.
    """
    # HINT: NumPy answers with fewer samples. Six samples have room for three from index 3 on.
    # HINT: Each single index beyond the end reads the last sample, as chapter 01 showed.
    # HINT: The write begins at index 3 as well, and overwrites a sample that it was not meant for.
    signal = jnp.array([10.0, 11.0, 12.0, 13.0, 14.0, 15.0])
    start, piece = 4, jnp.array([-1.0, -2.0, -3.0])

    assert np.asarray(signal)[start : start + 3].tolist() == __([14.0, 15.0])
    assert lax.dynamic_slice(signal, (start,), (3,)).tolist() == __([13.0, 14.0, 15.0])
    assert signal[start + jnp.arange(3)].tolist() == __([14.0, 15.0, 15.0])

    written = lax.dynamic_update_slice(signal, piece, (start,))
    assert written.tolist() == __([10.0, 11.0, 12.0, -1.0, -2.0, -3.0])


def burst_meter(energy, longest):
    """A function of one burst, an array of 1 to `longest` samples: the mean of energy(samples).

    It is compiled, and one trace serves bursts of every length.
    """

    # BEGIN PROMPT: give every burst one length, and count only the samples that are real
    # return jax.jit(lambda burst: jnp.mean(energy(burst)))
    # BEGIN SOLUTION
    @jax.jit
    def mean(samples, length):
        real = jnp.arange(longest) < length
        return jnp.sum(jnp.where(real, energy(samples), 0.0)) / length

    def meter(burst):
        return mean(np.pad(burst, (0, longest - len(burst))), len(burst))

    return meter
    # END SOLUTION


def test_ragged_data_is_padded_and_masked():
    """Every new length is a new shape, hence a trace and a compilation. With padding there is one
    shape, and the length becomes a number: data, which may change. Pad with NumPy: what `jnp` does
    outside of jit is compiled for each shape, too.
    """
    # HINT: Pad before the compiled function is called: inside it, the shape has been seen already.
    # HINT: np.pad(burst, (0, n)) adds n zeros behind. The true length goes in as an argument.
    # HINT: jnp.arange(longest) < length marks the real samples; where and sum as in the first koan.
    program = executed(lambda sample: jnp.log(jnp.abs(sample)) + sample**2)  # infinite at 0
    energy = counted(program)
    meter = burst_meter(energy, 8)
    samples = np.array([1.5, -2.0, 0.5, 3.0, -1.0, 0.25, -4.0, 2.5], dtype=np.float32)

    for length in (3, 8, 1, 5, 7, 2, 6, 4):
        burst = samples[-length:]
        wanted = np.mean(np.log(np.abs(burst)) + burst**2)
        message = f"a burst of {length}: the mean over its own samples, not over the padding"
        assert_allclose(meter(burst), wanted, rtol=1e-5, err_msg=message)
    message = "pad to one shape, for a function compiled once, with the length as data"
    assert energy.count == 1, f"{energy.count} traces for 8 lengths: {message}"
    assert program.runs() == 8, f"{program.runs()} runs for 8 bursts: a whole burst in one run"
    meter = burst_meter(jnp.exp, 9)
    assert_allclose(meter(np.zeros(9, dtype=np.float32)), 1.0, rtol=1e-5, err_msg="nine samples")
    with jax.disable_jit():  # compiled, a product with a mask may become a where; not so here
        found = burst_meter(lambda sample: jnp.log(jnp.abs(sample)), 8)(samples[:3])
    wanted = np.mean(np.log(np.abs(samples[:3])))
    message = "the padding is infinite, and inf * 0 is nan: choose the real samples"
    assert_allclose(found, wanted, rtol=1e-5, err_msg=message)


# Sizes are part of the type: fix them, and let masks, starts and lengths be data. Next: how fast
# all this is, and how to measure it honestly.
