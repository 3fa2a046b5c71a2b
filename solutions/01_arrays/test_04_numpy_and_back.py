"""From NumPy and back again: who owns the memory, and on which device it lies."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax_koans import __


def test_asarray_of_a_jax_array_is_a_read_only_ndarray():
    """NumPy and matplotlib make an ndarray of what they get, as `np.asarray` does, so they take a
    jax.Array as it is. That ndarray may share its memory, and a jax.Array never changes.
    """
    # HINT: np.sqrt is NumPy's, so whose array does it make?
    # HINT: NumPy refuses to write into a read-only array. Try it in a prompt: which error is it?
    # HINT: The error is ValueError. np.array makes a copy that is yours to change.
    temperature = jnp.array([290.5, 301.0, 278.25])

    assert type(np.sqrt(temperature)) is __(np.ndarray)
    with pytest.raises(Exception) as met:
        np.asarray(temperature)[0] = 0.0
    assert met.type is __(ValueError)

    copy = np.array(temperature)
    copy[0] = 0.0
    assert copy.tolist() == __([0.0, 301.0, 278.25])
    assert temperature.tolist() == __([290.5, 301.0, 278.25])


def test_jnp_array_copies_a_numpy_buffer():
    """A camera writes each frame into one buffer. What `jnp.array` made of it is a copy of its own.

    `jnp.asarray` copies only where it must: never write to a buffer that you gave to it.
    """
    # HINT: One of the two arrays below looks into the camera's memory, the other has its own.
    # HINT: A NumPy slice shows a later write. A copy does not.
    # HINT: Only `view` shows the -7.
    buffer = np.array([1.0, 2.0, 3.0], dtype=np.float32)
    view, frame = buffer[:], jnp.array(buffer)

    buffer[0] = -7.0  # the next frame comes in

    assert view.tolist() == __([-7.0, 2.0, 3.0])
    assert frame.tolist() == __([1.0, 2.0, 3.0])


def test_a_jax_array_is_stored_on_a_device():
    """Each array lies in the memory of a device: a CPU, a GPU, a TPU. `.devices()` answers with a
    set, since one array may be spread over several. A result is made where its inputs lie.
    """
    # HINT: jax.devices() lists all devices. A new array goes to the first of them.
    # HINT: A set with one element is written in braces.
    # HINT: The set is {first}, both times.
    first = jax.devices()[0]
    field = jnp.array([0.5, -1.5])

    assert field.devices() == __({first})
    assert (2.0 * field).devices() == __({first})


# Gained: arrays cross between NumPy and JAX without surprises.
# Next: what JAX sees of a function, and what it can do with that.
