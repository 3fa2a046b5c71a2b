"""Updates of immutable arrays: `x.at[index]` and its methods return a new array."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, equations


def flipped(charge, i):
    """Return a new array: `charge` with the sign of element i changed."""
    # BEGIN PROMPT: return the updated array
    # charge.at[i].mul(-1)
    # return charge
    # BEGIN SOLUTION
    return charge.at[i].mul(-1)
    # END SOLUTION


def test_an_at_update_returns_a_new_array():
    """`charge.at[i].mul(-1)` returns a new array. It does not change `charge`.

    It replaces NumPy's `charge[i] *= -1`. JAX does not warn if you never use the new array.
    """
    # HINT: What happens to the array that the first line of `flipped` creates?
    # HINT: Return the new array, or assign it to a name and return that.
    # HINT: return charge.at[i].mul(-1)
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
    # HINT: `start` and `position` are two names. Which array does each refer to after `+=`?
    # HINT: With NumPy both names still refer to one array, and that array has changed.
    # HINT: With JAX `position` refers to a new array, and `start` to the old one.
    start = np.array([1.0, -2.0])
    position = start
    position += 0.5
    assert position.tolist() == [1.5, -1.5]
    assert start.tolist() == __([1.5, -1.5])
    # WHY: Both names refer to the same NumPy array, which `+=` has changed in place.
    # IF [1.0, -2.0]: `position = start` does not copy; both names refer to one array.
    # IF [1.5, -2.5]: -2.0 + 0.5 is -1.5.

    start = jnp.array([1.0, -2.0])
    position = start
    position += 0.5
    assert position.tolist() == __([1.5, -1.5])
    # WHY: `position` refers to the new array, `start + 0.5`.
    # IF [1.0, -2.0]: `+=` assigns the new array to `position`.
    # IF [1.5, -2.5]: -2.0 + 0.5 is -1.5.
    # IF [1.5, -2.0]: 0.5 is added to both elements.
    # IF TypeError: Item assignment raises TypeError. `+=` creates a new array instead.
    assert start.tolist() == __([1.0, -2.0])
    # WHY: A jax.Array never changes, and `start` still refers to the first array.
    # IF [1.5, -1.5]: These are the values of the new array, which only `position` refers to.


def corrected(reading, broken, shaded):
    """Return a new array: the readings of a row of light sensors after four corrections.

    1. Set the readings where the boolean mask `broken` is True to 0.
    2. Multiply the first two readings by 10.
    3. Add 5 to the readings at the indices `shaded`.
    4. From index 3 on, replace each reading below 2 with 2.
    """
    # BEGIN PROMPT: apply the four corrections in this order, each to the result of the one before
    # BEGIN SOLUTION
    reading = reading.at[broken].set(0)
    reading = reading.at[:2].mul(10)
    reading = reading.at[shaded].add(5)
    return reading.at[3:].max(2)
    # END SOLUTION


def test_at_accepts_slices_masks_and_index_arrays():
    """`x.at[index]` accepts every kind of index that NumPy accepts, except lists.

    Its methods return a new array: `.set(v)`, `.add(v)`, `.mul(v)`, and `.max(v)`, which keeps the
    larger of v and the element.
    """
    # HINT: Write one line per correction: `reading = reading.at[...]...(...)`.
    # HINT: Use the mask and the index array as indices: reading.at[broken], reading.at[shaded]
    # HINT: The slices are [:2] and [3:]. The methods are set(0), mul(10), add(5) and max(2).
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
    # HINT: `charge` has three elements. Which is nearest to index 7? Which to index -7?
    # HINT: Index 7 reads the last element, index -7 the first.
    # HINT: The dropped update returns an array that equals `charge`.
    charge = jnp.array([10.0, 20.0, 30.0])

    assert charge[7] == __(30.0)
    # WHY: Index 7 is clamped to 2, the last valid index.
    # IF 20.0: Wrapping would give index 7 % 3 == 1; JAX clamps instead.
    # IF jnp.nan: A read returns NaN only with `mode="fill"`; by default it clamps.
    # IF IndexError: NumPy would raise IndexError. JAX clamps the index.
    # IF 0.0: A read clamps the index, so it returns an element of the array.
    # IF 10.0: 10.0 is the element nearest to an index below -3.
    assert charge[-7] == __(10.0)
    # WHY: Index -7 is below -3, the lowest valid index, and is clamped to it.
    # IF 30.0: Wrapping would give index -7 % 3 == 2; JAX clamps instead.
    # IF 0.0: A read clamps the index, so it returns an element of the array.
    # IF IndexError: NumPy would raise IndexError. JAX clamps the index.
    # IF jnp.nan: A read returns NaN only with `mode="fill"`; by default it clamps.
    assert charge.at[7].set(-1.0).tolist() == __([10.0, 20.0, 30.0])
    # WHY: The update is dropped, so the new array equals `charge`.
    # IF [10.0, 20.0, -1.0]: Only reads clamp the index; an out-of-bounds update is dropped.
    # IF [10.0, 20.0, 30.0, -1.0]: An update returns an array of the same shape.
    # IF IndexError: NumPy would raise IndexError. JAX drops the update.
    # IF [10.0, -1.0, 30.0]: Index 7 does not wrap around to 1; the update is dropped.
    # IF None: An `.at` update always returns an array.


def reading_at(temperature, i):
    """Return temperature[i], but NaN where the index i is out of bounds.

    `temperature` is a float array of shape (n,). `i` is an index or an array of indices, which may
    be negative. The result has the shape of i.
    """
    # BEGIN PROMPT: return NaN for an out-of-bounds index
    # return temperature[i]
    # BEGIN SOLUTION
    return temperature.at[i].get(mode="fill")
    # END SOLUTION


def test_mode_fill_returns_nan_for_out_of_bounds_reads():
    """A clamped read returns a plausible but wrong value. NaN makes the wrong index visible.

    `x.at[i].get(mode=...)` reads x[i]. The mode "clip" clamps an out-of-bounds index, and "fill"
    returns NaN for a float array. Updates such as `.set` have a `mode` argument too.
    """
    # HINT: Use `.at[i].get` with a mode in place of the plain read.
    # HINT: The mode is "fill". Pass it by keyword: mode="fill"
    # HINT: return temperature.at[i].get(mode="fill")
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
    # HINT: How many values does an 8-bit integer have? int8 is signed, uint8 is unsigned.
    # HINT: int8 holds -128 to 127, uint8 holds 0 to 255.
    # HINT: -128, then 255. The third line passes its own fill value.
    depth = jnp.array([40, 7, 96], dtype=jnp.int8)
    brightness = jnp.array([40, 7, 96], dtype=jnp.uint8)

    assert int(depth.at[5].get(mode="fill")) == __(-128)
    # WHY: int8 is signed, and its smallest value is -128.
    # IF jnp.nan: NaN is a floating-point value; an int8 array cannot hold it.
    # IF 0: 0 would be an ordinary depth. The default fill value of int8 is its smallest value.
    # IF 127: 127 is the largest int8. The fill value of a signed dtype is its smallest value.
    # IF 96: The default mode clamps and would return 96. The mode "fill" does not clamp.
    # IF -127: int8 has 256 values, from -128 to 127.
    # IF -1: -1 is an ordinary int8. The default fill value is the smallest value of the dtype.
    assert int(brightness.at[5].get(mode="fill")) == __(255)
    # WHY: uint8 is unsigned, and its largest value is 255.
    # IF 0: 0 is the smallest uint8. The fill value of an unsigned dtype is its largest value.
    # IF -128: uint8 is unsigned, so it cannot hold a negative value.
    # IF jnp.nan: NaN is a floating-point value; a uint8 array cannot hold it.
    # IF 256: uint8 has 256 values, from 0 to 255.
    # IF 127: 127 is the largest int8. `brightness` has dtype uint8.
    # IF -1: uint8 is unsigned, so it cannot hold a negative value.
    # IF 96: The default mode clamps and would return 96. The mode "fill" does not clamp.
    assert int(depth.at[5].get(mode="fill", fill_value=-1)) == __(-1)
    # WHY: `fill_value` replaces the default fill value.
    # IF -128: -128 is the default fill value; this line passes `fill_value=-1`.
    # IF 96: The mode "fill" does not clamp; it returns `fill_value`.
    # IF 255: `depth` has the signed dtype int8, which holds -1 itself.


def spectrum(channel, energy, channels):
    """Return the total energy per channel of a detector, shape (channels,).

    Event k deposits energy[k] in channel[k], which is 0 or larger. Ignore the events whose channel
    is `channels` or larger. `channels` is a Python int.
    """
    # BEGIN PROMPT: add up the events without a Python loop
    # BEGIN SOLUTION
    return jnp.zeros(channels).at[channel].add(energy)
    # END SOLUTION


def test_at_add_accumulates_repeated_indices():
    """`x.at[index].add(v)` adds every element of v, even if an index occurs twice.

    For a repeated index, NumPy's `x[index] += v` adds only the last element. `.at[index].add` drops
    out-of-bounds updates. The test also counts operations: `equations(f, *args)` is the number of
    JAX operations in `f(*args)`.
    """
    # HINT: Start from an array of zeros with one element per channel.
    # HINT: Use the array of channels as the index, and add the array of energies.
    # HINT: jnp.zeros(channels).at[channel].add(energy)
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
