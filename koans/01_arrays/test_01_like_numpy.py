"""JAX arrays look like NumPy arrays. These koans show the first differences.

How koans work: replace each blank `__` with the value that you expect. Where a function says TODO,
write or fix its body. Then save the file and run pytest again.
"""

import jax
import jax.numpy as jnp
import numpy as np

from jax_koans import __


def test_jnp_has_the_functions_of_np():
    """`jax.numpy`, imported as `jnp`, has most functions of NumPy, under the same names.

    `.tolist()` converts an array to a Python list.
    """
    voltage = jnp.array([1.5, -2.0, 3.5])

    assert jnp.sum(voltage) == __
    assert jnp.sort(voltage).tolist() == __


def test_jnp_functions_return_jax_arrays():
    """JAX arrays have the type `jax.Array`. A NumPy array has the type `np.ndarray`.

    Functions of `jnp` accept both types. Replace each blank with True or False.
    """
    measured = np.array([0.0, 0.5, 1.0])

    assert isinstance(jnp.array([0.0, 0.5, 1.0]), jax.Array) is __
    assert isinstance(jnp.array([0.0, 0.5, 1.0]), np.ndarray) is __
    assert isinstance(jnp.sin(measured), jax.Array) is __


def grounded(voltage, i):
    """Return a new jax.Array: `voltage` with the element at index i set to 0."""
    # TODO: replace the item assignment with an `.at` update
    voltage[i] = 0.0
    return voltage


def test_item_assignment_to_a_jax_array_raises():
    """A jax.Array is immutable: `x[i] = v` raises TypeError.

    `x.at[i].set(v)` returns a new array instead, with v at index i. JAX relies on immutable arrays
    when it compiles and differentiates your code.
    """
    voltage = jnp.array([1.5, -2.0, 1.5])

    for i, expected in [(0, [0.0, -2.0, 1.5]), (1, [1.5, 0.0, 1.5]), (-1, [1.5, -2.0, 0.0])]:
        result = grounded(voltage, i)
        assert isinstance(result, jax.Array), f"expected a jax.Array, got {type(result)}"
        message = f"element {i} set to 0: expected {expected}, got {result.tolist()}"
        assert result.tolist() == expected, message


def deviation(reading, chosen):
    """Return the readings at the indices `chosen`, each minus the mean of all readings.

    `reading` and `chosen` are Python lists. Return a jax.Array of shape (len(chosen),).
    """
    # TODO: convert each list to an array with jnp.array
    return jnp.array(reading)[chosen] - jnp.mean(reading)


def test_most_jnp_functions_reject_lists():
    """`jnp.array` converts a Python list. Most other `jnp` functions raise TypeError for a list.

    A list as an index raises TypeError too. NumPy converts both silently. In JAX this conversion
    can be slow, so JAX leaves it to you.
    """
    cases = [
        ([2.0, 0.5, 5.0], [0, 2], [-0.5, 2.5]),
        ([4.0, 1.0, -2.0, 9.0], [3, 0, 3], [6.0, 1.0, 6.0]),
    ]

    for reading, chosen, expected in cases:
        result = deviation(reading, chosen)
        assert isinstance(result, jax.Array), f"expected a jax.Array, got {type(result)}"
        message = (
            f"{reading} at {chosen}, minus the mean: expected {expected}, got {result.tolist()}"
        )
        assert result.tolist() == expected, message


# You can now use what you know of NumPy, except for item assignment and lists as arguments.
# Next: more updates with `.at`.
