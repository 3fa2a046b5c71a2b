"""Updates without assignment: `x.at[...]` answers with a new array.

Where the function above a koan says TODO, the koan asks for code: write or mend its body.
"""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, equations


def flipped(charge, i):
    """The charges with the sign of element i turned."""
    # BEGIN PROMPT: answer with the new array
    # charge.at[i].mul(-1)
    # return charge
    # BEGIN SOLUTION
    return charge.at[i].mul(-1)
    # END SOLUTION


def test_an_at_update_returns_a_new_array():
    """`charge.at[i].mul(-1)` stands for `charge[i] *= -1`, but `charge` itself stays as it is."""
    # HINT: What becomes of the array that the first line makes?
    # HINT: JAX does not warn when nobody keeps a new array. Keep it, or return it.
    # HINT: return charge.at[i].mul(-1)
    charge = jnp.array([1.0, -2.0, 3.0])

    for i, expected in [(0, [-1.0, -2.0, 3.0]), (1, [1.0, 2.0, 3.0]), (2, [1.0, -2.0, -3.0])]:
        turned = flipped(charge, i)
        assert isinstance(turned, jax.Array), f"expected a jax.Array, got {type(turned)}"
        assert turned.tolist() == expected, f"a new array, where only element {i} changed its sign"
    assert charge.tolist() == [1.0, -2.0, 3.0], "the argument must stay as it is"


def test_plus_equals_rebinds_the_name_to_a_new_array():
    """NumPy's `+=` writes into the array, JAX's makes another array and moves the name to it."""
    # HINT: `start` and `position` are two names. Which array does each of them mean after `+=`?
    # HINT: With np both names still mean one array, and it changed.
    # HINT: With jnp `position` means a new array; `start` still means the old one.
    start = np.array([1.0, -2.0])
    position = start
    position += 0.5
    assert position.tolist() == [1.5, -1.5]
    assert start.tolist() == __([1.5, -1.5])

    start = jnp.array([1.0, -2.0])
    position = start
    position += 0.5
    assert position.tolist() == __([1.5, -1.5])
    assert start.tolist() == __([1.0, -2.0])


def corrected(reading, broken, shaded):
    """The readings of a row of light sensors, corrected in four steps, as a new array.

    1. Where the mask `broken` is True: set to 0.
    2. The first two sensors: multiplied by 10.
    3. At the indices `shaded`: 5 added.
    4. From index 3 on: a reading below 2 becomes 2.
    """
    # BEGIN PROMPT: the four steps, in this order
    # BEGIN SOLUTION
    reading = reading.at[broken].set(0)
    reading = reading.at[:2].mul(10)
    reading = reading.at[shaded].add(5)
    return reading.at[3:].max(2)
    # END SOLUTION


def test_at_accepts_slices_masks_and_index_arrays():
    """`x.at[where]` takes what NumPy takes in brackets; then comes what to do there: `.set(v)`,
    `.add(v)`, `.mul(v)`, or `.max(v)`, which keeps the larger one. Each makes a new array.
    """
    # HINT: Write `reading = reading.at[...]...(...)` once for each step.
    # HINT: The mask and the index array go between the brackets as they are: .at[broken]
    # HINT: The slices are [:2] and [3:]. The steps are set(0), mul(10), add(5) and max(2).
    reading = jnp.array([4.0, -1.0, -3.0, 7.0, -6.0, 1.0], dtype=jnp.float32)
    broken = jnp.array([False, False, False, True, True, False])
    result = corrected(reading, broken, jnp.array([0, 4]))

    expected = np.array([45.0, -10.0, -3.0, 2.0, 5.0, 2.0], dtype=np.float32)
    assert isinstance(result, jax.Array), f"expected a jax.Array, got {type(result)}"
    steps = (
        "each step goes on from what the step before made: 0 where broken, the first two times 10, "
        "5 more at the shaded ones, and from index 3 on what is below 2 becomes 2"
    )
    assert_allclose(result, expected, strict=True, err_msg=steps)

    result = corrected(reading[2:], jnp.array([True, False, False, False]), jnp.array([1, 3]))
    expected = np.array([0.0, 75.0, -6.0, 6.0], dtype=np.float32)
    assert_allclose(result, expected, strict=True, err_msg="four sensors, with their own arguments")


def test_out_of_bounds_reads_and_updates_do_not_raise():
    """NumPy raises IndexError here. A program compiled for a GPU cannot stop to raise: it goes on.

    Negative indices count from the end, as in NumPy, until they too lie outside.
    """
    # HINT: A read outside the array moves to the nearest element.
    # HINT: A write outside the array goes nowhere, and nobody says so.
    # HINT: Index 7 reads the last element, index -7 the first one.
    charge = jnp.array([10.0, 20.0, 30.0])

    assert charge[7] == __(30.0)
    assert charge[-7] == __(10.0)
    assert charge.at[7].set(-1.0).tolist() == __([10.0, 20.0, 30.0])


def reading_at(temperature, i):
    """temperature[i], but NaN where the index i lies outside the array."""
    # BEGIN PROMPT: let a read outside the array show
    # return temperature[i]
    # BEGIN SOLUTION
    return temperature.at[i].get(mode="fill")
    # END SOLUTION


def test_mode_fill_returns_nan_for_out_of_bounds_reads():
    """A wrong index that clamps gives a number that looks right. A NaN cannot be overlooked.

    `x.at[i].get(mode=...)` reads x[i] too, and its `mode` says what happens outside: "clip",
    "fill", "drop" or "promise_in_bounds". Updates such as `.set` take a `mode` as well.
    """
    # HINT: "clip" clamps, and "promise_in_bounds" is your word that no index lies outside.
    # HINT: "fill" fills in NaN for floating-point numbers; fill_value= chooses another value.
    # HINT: return temperature.at[i].get(mode="fill")
    temperature = jnp.array([290.5, 301.0, 278.25, 285.0], dtype=jnp.float32)
    index = jnp.array([2, 3, 4, 9, -1, -4, -5])

    expected = np.array([278.25, 285, np.nan, np.nan, 285, 290.5, np.nan], dtype=np.float32)
    reading = reading_at(temperature, index)
    assert isinstance(reading, jax.Array), f"expected a jax.Array, got {type(reading)}"
    assert_allclose(reading, expected, strict=True, err_msg="NaN where index is < -4 or > 3")
    assert reading_at(temperature, 1) == 301.0, "a single index inside the array"
    assert jnp.isnan(reading_at(temperature[:1], 1)), "a single index just outside the array"


def spectrum(channel, energy, channels):
    """The energy that each of the channels 0, 1, ..., channels - 1 of a detector received.

    Event k brought energy[k] into channel[k], a number from 0 on. An event in a channel from
    `channels` on is not counted.
    """
    # BEGIN PROMPT: no Python loop over the events
    # BEGIN SOLUTION
    return jnp.zeros(channels).at[channel].add(energy)
    # END SOLUTION


def test_at_add_accumulates_repeated_indices():
    """NumPy's `total[channel] += energy` loses events where a channel repeats: it reads, adds and
    writes only once. `.at[...].add` adds every event, and drops those outside.
    """
    # HINT: Start from an array of zeros, one for each channel.
    # HINT: Index it by the array of channels, and add the array of energies there.
    # HINT: jnp.zeros(channels).at[channel].add(energy), or jnp.bincount with length=channels.
    channel, energy = np.array([2, 0, 2, 9, 2, 4]), jnp.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])

    # The event in channel 9 lies outside of four channels, and within eleven.
    eleven = [2.0, 0.0, 21.0, 0.0, 32.0, 0.0, 0.0, 0.0, 0.0, 8.0, 0.0]
    for channels, expected in [(4, [2.0, 0.0, 21.0, 0.0]), (11, eleven)]:
        total = spectrum(channel, energy, channels)
        assert isinstance(total, jax.Array), f"expected a jax.Array, got {type(total)}"
        assert total.tolist() == expected, (
            "every event adds to its channel, also where one repeats; none counts outside"
        )

    # `equations` counts the operations that JAX is asked for: a loop asks again for each event.
    few, many = [equations(lambda e, n=n: spectrum(channel[:n], e, 4), energy[:n]) for n in (2, 6)]
    assert few == many, f"2 events: {few} operations, 6 events: {many}; a loop over the events?"


# Gained: every NumPy assignment has its `.at` form, and an index outside no longer surprises you.
# Next: how many digits a number has.
