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
    # HINT: Replace the first blank with a number and the second blank with a list.
    # HINT: jnp.sum adds the elements; jnp.sort returns them in ascending order.
    # HINT: The sum is 3.0, and the smallest voltage is -2.0.
    voltage = jnp.array([1.5, -2.0, 3.5])

    assert jnp.sum(voltage) == __(3.0)
    # WHY: 1.5 - 2.0 + 3.5 is 3.0.
    # IF 7.0: 7.0 is the sum of the absolute values; the second voltage is negative.
    # IF -10.5: -10.5 is the product of the elements.
    # IF 1.0: 1.0 is the mean of the elements.
    # IF [3.0]: jnp.sum adds all elements; the result is a scalar, not a list.
    assert jnp.sort(voltage).tolist() == __([-2.0, 1.5, 3.5])
    # WHY: jnp.sort returns the elements in ascending order, as np.sort does.
    # IF [1.5, -2.0, 3.5]: This is the original order. jnp.sort returns a sorted array.
    # IF [3.5, 1.5, -2.0]: This is the descending order. jnp.sort sorts in ascending order.
    # IF [1.5, 2.0, 3.5]: The smallest voltage is -2.0, not 2.0.
    # IF (-2.0, 1.5, 3.5): .tolist() returns a list, and a list never equals a tuple.


def test_jnp_functions_return_jax_arrays():
    """JAX arrays have the type `jax.Array`. A NumPy array has the type `np.ndarray`.

    Functions of `jnp` accept both types. Replace each blank with True or False.
    """
    # HINT: For each line: which library returned the array, NumPy or JAX?
    # HINT: jnp.sin accepts a NumPy array, but it is a function of JAX.
    # HINT: Only the second of the three is False.
    measured = np.array([0.0, 0.5, 1.0])

    assert isinstance(jnp.array([0.0, 0.5, 1.0]), jax.Array) is __(True)
    # WHY: jnp.array returns a jax.Array.
    # IF False: jnp.array returns a jax.Array; np.array would return an np.ndarray.
    # IF 1: 1 == True, but the line compares with `is`, which requires True itself.
    assert isinstance(jnp.array([0.0, 0.5, 1.0]), np.ndarray) is __(False)
    # WHY: jax.Array is a separate type, not a subclass of np.ndarray.
    # IF True: A jax.Array behaves like an np.ndarray, but it is not a subclass.
    # IF 'False': 'False' in quotes is a string.
    # IF jax.Array: isinstance returns True or False, not a type.
    assert isinstance(jnp.sin(measured), jax.Array) is __(True)
    # WHY: jnp.sin converts its argument to a jax.Array and returns a jax.Array.
    # IF False: The argument is an np.ndarray, but the result of a jnp function is a jax.Array.
    # IF jax.Array: isinstance returns True or False, not a type.


def grounded(voltage, i):
    """Return a new jax.Array: `voltage` with the element at index i set to 0."""
    # BEGIN PROMPT: replace the item assignment with an `.at` update
    # voltage[i] = 0.0
    # return voltage
    # BEGIN SOLUTION
    return voltage.at[i].set(0.0)
    # END SOLUTION


def test_item_assignment_to_a_jax_array_raises():
    """A jax.Array is immutable: `x[i] = v` raises TypeError.

    `x.at[i].set(v)` returns a new array instead, with v at index i. JAX relies on immutable arrays
    when it compiles and differentiates your code.
    """
    # HINT: Run the koan as it is, and read the error message. It names the replacement.
    # HINT: Return the array that voltage.at[i].set(...) returns.
    # HINT: return voltage.at[i].set(0.0)
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
    # BEGIN PROMPT: convert each list to an array with jnp.array
    # return jnp.array(reading)[chosen] - jnp.mean(reading)
    # BEGIN SOLUTION
    reading = jnp.array(reading)
    return reading[jnp.array(chosen)] - jnp.mean(reading)
    # END SOLUTION


def test_most_jnp_functions_reject_lists():
    """`jnp.array` converts a Python list. Most other `jnp` functions raise TypeError for a list.

    A list as an index raises TypeError too. NumPy converts both silently. In JAX this conversion
    can be slow, so JAX leaves it to you.
    """
    # HINT: Run the koan, fix the error that its message describes, and run it again: there is a
    #   second error.
    # HINT: Both `reading` and `chosen` are lists. Convert each before you use it.
    # HINT: reading = jnp.array(reading), and then reading[jnp.array(chosen)]
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
