"""Under jit, the length of x[mask] is unknown: keep all elements, or choose a fixed size."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import counted


def mean_above(energy, threshold):
    """Return the mean of the energies above `threshold`, a scalar. At least one is above it."""
    # TODO: compute the same mean, but create no array whose shape depends on values
    return jnp.mean(energy[energy > threshold])


def test_jit_rejects_boolean_mask_indexing():
    """`x[mask]` raises NonConcreteBooleanIndexError under jit if the mask is a tracer.

    Every shape must be known while JAX traces, but `x[mask]` has as many elements as the mask has
    True values. Keep all elements of x instead, and let only those where the mask is True
    contribute to the result.
    """
    spectrum = np.array([3.0, -1.0, 8.0, 0.0, -4.0, 7.0], dtype=np.float32)
    traced = counted(lambda energy, threshold: mean_above(energy, threshold))
    compiled = jax.jit(traced)

    for threshold, mean in ((2.0, 6.0), (7.5, 8.0), (-2.0, 3.4), (3.0, 7.5)):
        result = compiled(spectrum, threshold)
        message = f"mean of {spectrum} above {threshold}: expected the scalar {mean}, got {result}"
        assert result.shape == (), message
        assert_allclose(result, mean, rtol=1e-5, err_msg=message)
    assert traced.count == 1, f"expected one trace for four thresholds, got {traced.count}"
    rows = spectrum.reshape(2, 3)
    result = jax.vmap(mean_above, in_axes=(0, None))(rows, 0.0)
    assert_allclose(result, [5.5, 7.0], rtol=1e-5, err_msg=f"vmap over the rows {rows}, above 0")


def without_spikes(voltage, limit):
    """Return the voltages, with 0 in place of each one above `limit` or below -limit.

    `voltage` is an array of any shape. It may contain infinite values.
    """
    # TODO: select the value of each element, in a way that jit can trace
    return voltage.at[jnp.abs(voltage) > limit].set(0.0)


def test_where_replaces_a_masked_update():
    """Under jit, `x.at[mask].set(v)` raises NonConcreteBooleanIndexError too.

    `jnp.where(mask, v, x)` returns the same array. A product with the mask is no replacement:
    inf * 0 is NaN.
    """
    signal = np.array([[0.5, -9.0, 2.0], [np.inf, -2.0, 6.0]], dtype=np.float32)
    traced = counted(lambda voltage, limit: without_spikes(voltage, limit))
    compiled = jax.jit(traced)

    cases = (
        (5.0, [[0.5, 0.0, 2.0], [0.0, -2.0, 0.0]]),
        (1.0, [[0.5, 0.0, 0.0], [0.0, 0.0, 0.0]]),
        (2.0, [[0.5, 0.0, 2.0], [0.0, -2.0, 0.0]]),  # 2 and -2 are at the limit, not above it
    )
    for limit, expected in cases:
        result = compiled(signal, limit)
        message = f"limit {limit}: expected 0 where |voltage| > {limit}, and no other change,"
        message += f" got {result}"
        assert_allclose(result, np.float32(expected), strict=True, err_msg=message)
    assert traced.count == 1, f"expected one trace for three limits, got {traced.count}"
    row = jax.jit(without_spikes)(signal[0], 8.0)
    assert_allclose(row, [0.5, 0.0, 2.0], err_msg="a voltage of shape (3,), limit 8")
    # A compiler may turn `x * mask` into a selection. Without jit it does not.
    with jax.disable_jit():
        result = without_spikes(jnp.array([np.inf, -3.0]), 5.0)
    message = f"voltage [inf, -3], limit 5, without jit: expected [0, -3], got {result}"
    assert_allclose(result, [0.0, -3.0], err_msg=message)


def events(signal, threshold, most):
    """Return the first indices at which the signal is above the threshold, in ascending order.

    The result has the shape (most,). If there are fewer such indices, the rest is -1. `most` is a
    Python int.
    """
    # TODO: return an array whose shape does not depend on values
    raise NotImplementedError


def test_nonzero_takes_a_static_size():
    """`jnp.nonzero(mask, size=n, fill_value=v)` returns n indices per axis, also under jit.

    It drops the indices after the first n. If there are fewer than n, it pads them with v. As in
    NumPy, it returns a tuple with one array per axis. Other functions whose output shape depends on
    values have the argument `size` too.
    """
    traced = counted(lambda signal, threshold: events(signal, threshold, 3))
    three = jax.jit(traced)
    signal = np.array([0.1, 5.0, -7.0, 2.0, 9.0, 4.0], dtype=np.float32)

    cases = ((4.0, [1, 4, -1]), (1.0, [1, 3, 4]), (20.0, [-1, -1, -1]), (0.0, [0, 1, 3]))
    for threshold, expected in cases:
        result = three(signal, threshold)
        message = f"most=3, signal above {threshold}: expected indices {expected}, got {result}"
        kind = type(result).__name__
        assert isinstance(result, jax.Array), f"expected one array, got a {kind}: {result}"
        assert result.tolist() == expected, message
    assert traced.count == 1, f"expected one trace for four thresholds, got {traced.count}"
    result = jax.jit(lambda signal: events(signal, 3.0, 8))(signal).tolist()
    expected = [1, 4, 5, -1, -1, -1, -1, -1]
    assert result == expected, f"most=8, signal above 3: expected indices {expected}, got {result}"


def census(channel, most):
    """Return the smallest distinct channels in ascending order, and the count of each.

    The result is a pair of arrays of shape (most,). If there are fewer distinct channels, the rest
    is -1 in the first array and 0 in the second. `channel` is an array of integers, 0 or larger.
    """
    # TODO: return two arrays whose shapes do not depend on values
    raise NotImplementedError


def test_unique_with_a_size_pads_its_output():
    """`jnp.unique` has the arguments `size` and `fill_value` too.

    By default it pads with the smallest element, which looks like data. Pass a fill value that
    never occurs in the data, or use the counts, which are 0 for padding.
    """
    traced = counted(lambda channel: census(channel, 4))
    four = jax.jit(traced)

    cases = (
        ([7, 3, 7, 7, 12, 3], [3, 7, 12, -1], [2, 3, 1, 0]),
        ([5, 5, 5, 5, 5, 5], [5, -1, -1, -1], [6, 0, 0, 0]),
        ([9, 4, 0, 6, 0, 8], [0, 4, 6, 8], [2, 1, 1, 1]),
    )
    for channel, distinct, times in cases:
        result = four(np.array(channel))
        message = f"most 4, channels {channel}: expected the pair (values, counts), got {result}"
        assert len(result) == 2, message
        values, counts = result
        message = f"most 4, channels {channel}: expected values {distinct}, got {values}"
        assert values.tolist() == distinct, message
        message = f"most 4, channels {channel}: expected counts {times}, got {counts}"
        assert counts.tolist() == times, message
    assert traced.count == 1, f"expected one trace for three arrays, got {traced.count}"
    for channel, most, expected in (
        ([2, 8, 2], 2, ([2, 8], [2, 1])),
        ([8, 2], 4, ([2, 8, -1, -1], [1, 1, 0, 0])),
    ):
        values, counts = jax.jit(lambda c, most=most: census(c, most))(np.array(channel))
        message = f"most {most}, channels {channel}: expected {expected}, got {values}, {counts}"
        assert (values.tolist(), counts.tolist()) == expected, message


# You can now replace shapes that depend on values with a fixed size, a mask or padding.
# Next: slices whose start is a traced value.
