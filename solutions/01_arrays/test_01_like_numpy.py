"""Arrays that look like NumPy's, and the first places where they do not behave like them.

How koans work: replace each blank `__` by the value you expect, save, and run pytest again.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax_koans import __


def test_jnp_has_the_functions_of_np():
    """`jax.numpy`, called `jnp`, has the names of NumPy, and nearly all of them do the same."""
    # HINT: Put a number and a list in place of the two blanks, as NumPy would print them.
    # HINT: Add the three voltages for the first blank, order them for the second.
    # HINT: The sum is 3.0, and the smallest voltage is -2.0.
    voltage = jnp.array([1.5, -2.0, 3.5])

    assert jnp.sum(voltage) == __(3.0)
    assert jnp.sort(voltage).tolist() == __([-2.0, 1.5, 3.5])


def test_jnp_functions_return_jax_arrays():
    """The type of JAX's arrays is `jax.Array` (`DeviceArray` in old texts); NumPy keeps its own.

    A `jnp` function takes either kind. Each blank is True or False.
    """
    # HINT: Ask of each line who made the array: np or jnp?
    # HINT: jnp.sin was given NumPy's array, but it is jnp that made the answer.
    # HINT: Only one of the three is False.
    measured = np.array([0.0, 0.5, 1.0])

    assert isinstance(jnp.array([0.0, 0.5, 1.0]), jax.Array) is __(True)
    assert isinstance(jnp.array([0.0, 0.5, 1.0]), np.ndarray) is __(False)
    assert isinstance(jnp.sin(measured), jax.Array) is __(True)


def test_item_assignment_to_a_jax_array_raises():
    """A jax.Array never changes once it is made, so JAX may share, move and reuse it freely.

    `pytest.raises(Exception) as met` catches the error of the line in its block; `met.type` is
    the class of that error, `met.value` the error with its message.
    """
    # HINT: Type the two lines into a Python prompt and read the error's first word.
    # HINT: It is the error that Python raises for `(1.5, -2.0, 3.5)[1] = 2.0`, on a tuple.
    # HINT: The class is TypeError, and the array is as it was made.
    voltage = jnp.array([1.5, -2.0, 3.5])

    with pytest.raises(Exception) as met:
        voltage[1] *= -1
    assert met.type is __(TypeError)
    assert voltage.tolist() == __([1.5, -2.0, 3.5])


def test_most_jnp_functions_reject_lists():
    """NumPy turns a list into an array in silence. In JAX that would be slow, element by element,
    and hidden in each call: so it asks you to convert the list yourself, once.
    """
    # HINT: Functions that make arrays, such as jnp.array, take lists. Those that compute do not.
    # HINT: A list is the wrong type of argument; the error says just that, both times.
    # HINT: TypeError twice; after jnp.array the sum is what NumPy says.
    length = [2.0, 0.5, 4.0]
    assert np.sum(length) == 6.5

    with pytest.raises(Exception) as met:
        jnp.sum(length)
    assert met.type is __(TypeError)
    assert jnp.sum(jnp.array(length)) == __(6.5)

    with pytest.raises(Exception) as met:
        _ = jnp.array(length)[[0, 2]]  # a list as an index
    assert met.type is __(TypeError)


# Gained: what carries over from NumPy, and what is refused: changing an array in place.
# Next: how to change one all the same.
