"""How many elements a mask selects is not known while tracing: keep the size, and mark the rest."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import counted


def mean_above(energy, threshold):
    """The mean of the energies that lie above the threshold; at least one does."""
    # BEGIN PROMPT: the same mean, without an array whose size depends on the values
    # return jnp.mean(energy[energy > threshold])
    # BEGIN SOLUTION
    above = energy > threshold
    return jnp.sum(jnp.where(above, energy, 0.0)) / jnp.sum(above)
    # END SOLUTION


def test_jit_rejects_boolean_mask_indexing():
    """A shape is part of the type of an array. A mask picks as many elements as it has True, and
    while jit traces nobody knows how many that is. So keep all elements, and let some not count.
    """
    # HINT: Read JAX's error: it names the class, and it points to jnp.where.
    # HINT: In a sum, a 0 in place of an element counts for nothing. What do you divide by?
    # HINT: jnp.where(above, energy, 0.0) for the sum; jnp.sum(above) says how many there are.
    spectrum = np.array([3.0, -1.0, 8.0, 0.5, -4.0, 7.0], dtype=np.float32)
    traced = counted(lambda energy, threshold: mean_above(energy, threshold))
    compiled = jax.jit(traced)

    for threshold, mean in ((2.0, 6.0), (7.5, 8.0), (-2.0, 3.5), (3.0, 7.5)):
        found = compiled(spectrum, threshold)
        message = f"above {threshold}: count only the energies that are above, in sum and number"
        assert_allclose(found, mean, rtol=1e-5, err_msg=message)
    assert traced.count == 1, f"{traced.count} traces for 4 thresholds: one size serves them all"
    rows = spectrum.reshape(2, 3)
    found = jax.vmap(mean_above, in_axes=(0, None))(rows, 0.0)
    assert_allclose(found, [5.5, 3.75], rtol=1e-5, err_msg="row by row, above 0")


def without_spikes(voltage, limit):
    """The voltages, with 0 where one lies above `limit` or below -limit."""
    # BEGIN PROMPT: choose for each element, in a way that jit can trace
    # return voltage.at[jnp.abs(voltage) > limit].set(0.0)
    # BEGIN SOLUTION
    return jnp.where(jnp.abs(voltage) > limit, 0.0, voltage)
    # END SOLUTION


def test_where_replaces_a_masked_update():
    """`.at[mask].set(...)` needs the same unknown number, of places to write to. Yet its result has
    a known shape: that of the array. So there is another way to say it.
    """
    # HINT: The error is that of the koan before. What is the new value of each single element?
    # HINT: An element becomes 0.0 where it is a spike, and stays as it is elsewhere.
    # HINT: jnp.where(spike, 0.0, voltage)
    signal = np.array([[0.5, -9.0, 2.0], [np.inf, -2.0, 6.0]], dtype=np.float32)
    traced = counted(lambda voltage, limit: without_spikes(voltage, limit))
    compiled = jax.jit(traced)

    clean = np.array([[0.5, 0.0, 2.0], [0.0, -2.0, 0.0]], dtype=np.float32)
    message = "limit 5: spikes of both signs go, an infinite one too, and the rest stays"
    assert_allclose(compiled(signal, 5.0), clean, strict=True, err_msg=message)
    clean = np.array([[0.5, 0.0, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32)
    assert_allclose(compiled(signal, 1.0), clean, strict=True, err_msg="limit 1, on both sides")
    clean = np.array([[0.5, 0.0, 2.0], [0.0, -2.0, 0.0]], dtype=np.float32)
    message = "limit 2: what lies just at the limit, 2 and -2, is no spike"
    assert_allclose(compiled(signal, 2.0), clean, strict=True, err_msg=message)
    with jax.disable_jit():  # compiled, a product with a mask may become a where; not so here
        found = without_spikes(jnp.array([np.inf, -3.0]), 5.0)
    assert_allclose(found, [0.0, -3.0], err_msg="inf * 0 is nan: choose, and do not multiply")
    assert traced.count == 1, f"{traced.count} traces for 3 limits: one trace serves all values"
    one = jax.jit(without_spikes)(signal[0], 8.0)
    assert_allclose(one, [0.5, 0.0, 2.0], err_msg="a row alone, with limit 8")


def events(signal, threshold, most):
    """Where the signal exceeds the threshold: the first `most` indices, in rising order.

    The answer always has length `most`; where there are fewer such indices, -1 fills the rest.
    """
    # BEGIN PROMPT: an answer of known size
    # BEGIN SOLUTION
    return jnp.nonzero(signal > threshold, size=most, fill_value=-1)[0]
    # END SOLUTION


def test_nonzero_takes_a_static_size():
    """Often one knows how many there can be at most. Functions whose result has an unknown size
    take it in JAX: `jnp.nonzero(mask, size=n, fill_value=v)` cuts, or fills up with v.
    """
    # HINT: As in NumPy, nonzero answers with a tuple: an array of indices for each axis.
    # HINT: The mask is signal > threshold, the size is `most`, and -1 is no index of the signal.
    # HINT: jnp.nonzero(signal > threshold, size=most, fill_value=-1)[0]
    traced = counted(lambda signal, threshold: events(signal, threshold, 3))
    three = jax.jit(traced)
    signal = np.array([0.1, 5.0, -7.0, 2.0, 9.0, 4.0], dtype=np.float32)

    cases = ((4.0, [1, 4, -1]), (1.0, [1, 3, 4]), (20.0, [-1, -1, -1]), (0.0, [0, 1, 3]))
    for threshold, expected in cases:
        found = three(signal, threshold).tolist()
        assert found == expected, f"the first three indices above {threshold}: {found}"
    assert traced.count == 1, f"{traced.count} traces for 4 thresholds: the size stays the same"
    found = jax.jit(lambda signal: events(signal, 3.0, 8))(signal).tolist()
    assert found == [1, 4, 5, -1, -1, -1, -1, -1], f"the indices above 3, room for eight: {found}"


def census(channel, most):
    """The different channels, the `most` smallest of them, rising, and how often each occurs.

    Two arrays of length `most`. Where there are fewer, -1 fills the first and 0 the second.
    """
    # BEGIN PROMPT: two answers of known size
    # BEGIN SOLUTION
    return jnp.unique(channel, return_counts=True, size=most, fill_value=-1)
    # END SOLUTION


def test_unique_with_a_size_pads_its_output():
    """`jnp.unique` has `size=` too. Left alone it pads with the smallest value, which looks real.

    So choose a fill value that cannot occur, or ask for the counts: those of the padding are 0.
    """
    # HINT: NumPy's unique has a switch that makes it count; jnp's has the same one.
    # HINT: return_counts=True answers with the pair of arrays that is wanted.
    # HINT: Add size=most and fill_value=-1.
    traced = counted(lambda channel: census(channel, 4))
    four = jax.jit(traced)

    cases = (
        ([7, 3, 7, 7, 12, 3], [3, 7, 12, -1], [2, 3, 1, 0]),
        ([5, 5, 5, 5, 5, 5], [5, -1, -1, -1], [6, 0, 0, 0]),
        ([9, 4, 0, 6, 0, 8], [0, 4, 6, 8], [2, 1, 1, 1]),
    )
    for channel, expected, times in cases:
        found, counts = four(np.array(channel))
        message = f"the smallest channels in {channel}, rising, filled up with -1: {found}"
        assert found.tolist() == expected, message
        assert counts.tolist() == times, f"how often each occurs in {channel}: {counts}"
    assert traced.count == 1, f"{traced.count} traces for 3 lists of 6: the size stays the same"
    found, counts = jax.jit(lambda channel: census(channel, 2))(np.array([2, 8, 2]))
    assert (found.tolist(), counts.tolist()) == ([2, 8], [2, 1]), f"room for two: {found}, {counts}"
    found, counts = four(np.array([8, 2]))
    message = f"room for four, and two numbers only: {found}, {counts}"
    assert (found.tolist(), counts.tolist()) == ([2, 8, -1, -1], [1, 1, 0, 0]), message


# A mask marks what counts, and the size stays. Next: pieces of an array, cut at a place that is
# only known when the program runs.
