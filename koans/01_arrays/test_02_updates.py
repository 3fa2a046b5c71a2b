"""Updates of immutable arrays: `x.at[index]` and its methods return a new array."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, equations


def flipped(charge, i):
    """Return a new array: `charge` with the sign of element i changed."""
    # TODO: return the updated array
    charge.at[i].mul(-1)
    return charge


def test_an_at_update_returns_a_new_array():
    """`charge.at[i].mul(-1)` returns a new array. It does not change `charge`.

    It replaces NumPy's `charge[i] *= -1`. JAX does not warn if you never use the new array.
    """
    charge = jnp.array([1.0, -2.0, 1.0])

    for i, expected in [(0, [-1.0, -2.0, 1.0]), (1, [1.0, 2.0, 1.0]), (2, [1.0, -2.0, -1.0])]:
        result = flipped(charge, i)
        assert isinstance(result, jax.Array), f"expected a jax.Array, got {type(result)}"
        message = f"only the sign of element {i}: expected {expected}, got {result.tolist()}"
        assert result.tolist() == expected, message


def test_plus_equals_rebinds_the_name_to_a_new_array():
    """`position += 0.5` changes a NumPy array in place. With a jax.Array it creates a new array.

    The name `position` then refers to the new array. Other names still refer to the old one.
    """
    start = np.array([1.0, -2.0])
    position = start
    position += 0.5
    assert position.tolist() == [1.5, -1.5]
    assert start.tolist() == __

    start = jnp.array([1.0, -2.0])
    position = start
    position += 0.5
    assert position.tolist() == __
    assert start.tolist() == __


def corrected(reading, broken, shaded):
    """Return a new array: the readings of a row of light sensors after four corrections.

    1. Set the readings where the boolean mask `broken` is True to 0.
    2. Multiply the first two readings by 10.
    3. Add 5 to the readings at the indices `shaded`.
    4. From index 3 on, replace each reading below 2 with 2.
    """
    # TODO: apply the four corrections in this order, each to the result of the one before
    raise NotImplementedError


def test_at_accepts_slices_masks_and_index_arrays():
    """`x.at[index]` accepts every kind of index that NumPy accepts, except lists.

    Its methods return a new array: `.set(v)`, `.add(v)`, `.mul(v)`, and `.max(v)`, which keeps the
    larger of v and the element.
    """
    reading = jnp.array([4.0, -1.0, -3.0, 7.0, -6.0, 1.0], dtype=jnp.float32)
    broken = jnp.array([False, False, False, True, True, False])
    result = corrected(reading, broken, jnp.array([0, 4]))

    expected = np.array([45.0, -10.0, -3.0, 2.0, 5.0, 2.0], dtype=np.float32)
    assert isinstance(result, jax.Array), f"expected a jax.Array, got {type(result)}"
    steps = (
        "four corrections in order: broken set to 0, first two times 10, 5 added at `shaded`, "
        "and from index 3 on at least 2"
    )
    assert_allclose(result, expected, strict=True, err_msg=steps)

    result = corrected(reading[2:], jnp.array([True, False, False, False]), jnp.array([1, 3]))
    expected = np.array([0.0, 75.0, -6.0, 6.0], dtype=np.float32)
    message = "other arguments: four sensors, broken = [True, False, False, False], shaded = [1, 3]"
    assert_allclose(result, expected, strict=True, err_msg=message)


def test_out_of_bounds_reads_and_updates_do_not_raise():
    """NumPy raises IndexError for an out-of-bounds index. JAX does not.

    Code that runs on a GPU cannot easily stop with an error. By default, an out-of-bounds read
    clamps the index to the nearest valid one, and an out-of-bounds `.at` update is dropped.
    Negative indices count from the end, as in NumPy.
    """
    charge = jnp.array([10.0, 20.0, 30.0])

    assert charge[7] == __
    assert charge[-7] == __
    assert charge.at[7].set(-1.0).tolist() == __


def reading_at(temperature, i):
    """Return temperature[i], but NaN where the index i is out of bounds.

    `temperature` is a float array of shape (n,). `i` is an index or an array of indices, which may
    be negative. The result has the shape of i.
    """
    # TODO: return NaN for an out-of-bounds index
    return temperature[i]


def test_mode_fill_returns_nan_for_out_of_bounds_reads():
    """A clamped read returns a plausible but wrong value. NaN makes the wrong index visible.

    `x.at[i].get(mode=...)` reads x[i]. The mode "clip" clamps an out-of-bounds index, and "fill"
    returns NaN for a float array. Updates such as `.set` have a `mode` argument too.
    """
    temperature = jnp.array([290.5, 301.0, 278.25, 285.0], dtype=jnp.float32)
    index = jnp.array([2, 3, 4, 9, -1, -4, -5])

    expected = np.array([278.25, 285, np.nan, np.nan, 285, 290.5, np.nan], dtype=np.float32)
    result = reading_at(temperature, index)
    assert isinstance(result, jax.Array), f"expected a jax.Array, got {type(result)}"
    message = f"indices {index.tolist()}: expected NaN where the index is < -4 or > 3"
    assert_allclose(result, expected, strict=True, err_msg=message)
    result = reading_at(temperature, 1)
    assert result == 301.0, f"index 1 of four elements: expected 301.0, got {result}"
    result = reading_at(temperature[:1], 1)
    assert jnp.isnan(result), f"index 1 of one element: expected NaN, got {result}"


def test_mode_fill_returns_an_extreme_value_for_integers():
    """An integer dtype has no NaN. There `mode="fill"` returns an extreme value of the dtype.

    That is the smallest value of a signed dtype, and the largest of an unsigned one. Pass
    `fill_value=` to choose another value, such as one that never occurs in your data.
    """
    depth = jnp.array([40, 7, 96], dtype=jnp.int8)
    brightness = jnp.array([40, 7, 96], dtype=jnp.uint8)

    assert int(depth.at[5].get(mode="fill")) == __
    assert int(brightness.at[5].get(mode="fill")) == __
    assert int(depth.at[5].get(mode="fill", fill_value=-1)) == __


def spectrum(channel, energy, channels):
    """Return the total energy per channel of a detector, shape (channels,).

    Event k deposits energy[k] in channel[k], which is 0 or larger. Ignore the events whose channel
    is `channels` or larger. `channels` is a Python int.
    """
    # TODO: add up the events without a Python loop
    raise NotImplementedError


def test_at_add_accumulates_repeated_indices():
    """`x.at[index].add(v)` adds every element of v, even if an index occurs twice.

    For a repeated index, NumPy's `x[index] += v` adds only the last element. `.at[index].add` drops
    out-of-bounds updates. The test also counts operations: `equations(f, *args)` is the number of
    JAX operations in `f(*args)`.
    """
    channel, energy = np.array([2, 0, 2, 9, 2, 4]), jnp.array([1.0, 2.5, 4.0, 8.0, 16.0, 32.0])

    # Channel 9 is out of bounds for four channels, and valid for eleven.
    eleven = [2.5, 0.0, 21.0, 0.0, 32.0, 0.0, 0.0, 0.0, 0.0, 8.0, 0.0]
    for channels, expected in [(4, [2.5, 0.0, 21.0, 0.0]), (11, eleven)]:
        total = spectrum(channel, energy, channels)
        assert isinstance(total, jax.Array), f"expected a jax.Array, got {type(total)}"
        message = f"{channels} channels: expected {expected}, got {total.tolist()}"
        assert total.tolist() == expected, message

    # With a Python loop over the events, the number of operations grows with the number of events.
    few, many = [equations(lambda e, n=n: spectrum(channel[:n], e, 4), energy[:n]) for n in (2, 6)]
    message = f"expected as many operations for 6 events as for 2, got {few} for 2 and {many} for 6"
    assert few == many, message


# You can now write every NumPy assignment with `.at`, and you know what happens out of bounds.
# Next: how many digits a number has.
