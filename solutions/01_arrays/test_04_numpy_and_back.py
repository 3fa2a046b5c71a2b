"""Converting between NumPy and JAX: who owns the memory, and on which device it is."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __


def without_outliers(temperature, limit):
    """Return a NumPy array: `temperature`, a jax.Array, with NaN where it is above `limit`."""
    # BEGIN PROMPT: convert `temperature` to a NumPy array that you can write to
    # reading = np.asarray(temperature)
    # reading[reading > limit] = np.nan
    # return reading
    # BEGIN SOLUTION
    reading = np.array(temperature)
    reading[reading > limit] = np.nan
    return reading
    # END SOLUTION


def test_asarray_of_a_jax_array_is_a_read_only_ndarray():
    """`np.asarray` converts a jax.Array to a NumPy array that is read-only.

    It may share memory with the jax.Array, so a write to it would change an immutable array. NumPy
    ufuncs, such as np.sqrt, and matplotlib accept a jax.Array: they convert it in this way.
    """
    # HINT: Run the koan as it is, and read the error. NumPy raises it, not JAX.
    # HINT: Which function of NumPy always makes a copy?
    # HINT: reading = np.array(temperature)
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
    # HINT: `view` is a NumPy slice. Does it have its own memory?
    # HINT: A NumPy slice shares memory with `buffer`. jnp.array makes a copy.
    # HINT: Only `view` shows the -7.
    buffer = np.array([1.0, 2.0, 3.0], dtype=np.float32)
    view, frame = buffer[:], jnp.array(buffer)

    buffer[0] = -7.0  # a camera, for example, overwrites its buffer with the next frame

    assert view.tolist() == __([-7.0, 2.0, 3.0])
    # WHY: A NumPy slice is a view: it shares memory with `buffer`.
    # IF [1.0, 2.0, 3.0]: A slice of a Python list is a copy. A slice of a NumPy array is a view.
    # IF None: Writing to `buffer` is allowed, and `view` shows the new value.
    assert frame.tolist() == __([1.0, 2.0, 3.0])
    # WHY: jnp.array made a copy before the write.
    # IF [-7.0, 2.0, 3.0]: jnp.array does not share memory with `buffer`; it makes a copy.
    # IF (1.0, 2.0, 3.0): .tolist() returns a list, and a list never equals a tuple.


def test_a_jax_array_is_stored_on_a_device():
    """A jax.Array is stored in the memory of a device: a CPU, a GPU or a TPU.

    `x.devices()` returns a set, because one array can be distributed over several devices. By
    default a new array is on the first device, and so is every result computed from it.
    """
    # HINT: jax.devices() lists all devices; `first` is the first one.
    # HINT: Write a set in braces: {element}
    # HINT: The set is {first}, both times.
    first = jax.devices()[0]
    field = jnp.array([0.5, -1.5])

    assert field.devices() == __({first})
    # WHY: A new array is on the first device by default, and devices() returns a set.
    # IF 'cpu': 'cpu' is the name of a platform. The set contains device objects.
    # IF 'gpu': 'gpu' is the name of a platform. The set contains device objects.
    # IF {}: {} is an empty dict. The array is on one device.
    assert (2.0 * field).devices() == __({first})
    # WHY: The result is on the first device too, as `field` is; devices() returns a set.
    # IF {}: {} is an empty dict. The result is on one device.
    # IF {'cpu'}: 'cpu' is the name of a platform. The set contains device objects.
    # IF None: Every jax.Array is on at least one device.


# You can now convert arrays between JAX and NumPy.
# Next: what an operation does to dtypes and shapes.
