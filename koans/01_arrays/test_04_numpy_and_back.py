"""Converting between NumPy and JAX: who owns the memory, and on which device it is."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __


def without_outliers(temperature, limit):
    """Return a NumPy array: `temperature`, a jax.Array, with NaN where it is above `limit`."""
    # TODO: convert `temperature` to a NumPy array that you can write to
    reading = np.asarray(temperature)
    reading[reading > limit] = np.nan
    return reading


def test_asarray_of_a_jax_array_is_a_read_only_ndarray():
    """`np.asarray` converts a jax.Array to a NumPy array that is read-only.

    It may share memory with the jax.Array, so a write to it would change an immutable array. NumPy
    ufuncs, such as np.sqrt, and matplotlib accept a jax.Array: they convert it in this way.
    """
    temperature = jnp.array([290.5, 950.0, 278.25], dtype=jnp.float32)
    assert isinstance(np.sqrt(temperature), np.ndarray)

    for limit, expected in [(900.0, [290.5, np.nan, 278.25]), (278.25, [np.nan, np.nan, 278.25])]:
        result = without_outliers(temperature, limit)
        assert isinstance(result, np.ndarray), f"expected an np.ndarray, got {type(result)}"
        message = f"expected NaN where temperature > {limit}, no other change, dtype float32,"
        message += f" got {result}, dtype {result.dtype}"
        assert_allclose(result, np.float32(expected), strict=True, err_msg=message)
    message = "expected `temperature` to stay as it was"
    assert_allclose(temperature, [290.5, 950.0, 278.25], err_msg=message)


def test_jnp_array_copies_a_numpy_buffer():
    """`jnp.array` copies a NumPy array. A later write to the NumPy array does not change the copy.

    `jnp.asarray` may share the memory instead, so do not write to the NumPy array afterwards.
    """
    buffer = np.array([1.0, 2.0, 3.0], dtype=np.float32)
    view, frame = buffer[:], jnp.array(buffer)

    buffer[0] = -7.0  # a camera, for example, overwrites its buffer with the next frame

    assert view.tolist() == __
    assert frame.tolist() == __


def test_a_jax_array_is_stored_on_a_device():
    """A jax.Array is stored in the memory of a device: a CPU, a GPU or a TPU.

    `x.devices()` returns a set, because one array can be distributed over several devices. By
    default a new array is on the first device, and so is every result computed from it.
    """
    first = jax.devices()[0]
    field = jnp.array([0.5, -1.5])

    assert field.devices() == __
    assert (2.0 * field).devices() == __


# You can now convert arrays between JAX and NumPy.
# Next: what an operation does to dtypes and shapes.
