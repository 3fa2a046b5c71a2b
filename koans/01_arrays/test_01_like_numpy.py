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
    voltage = jnp.array([1.5, -2.0, 3.5])

    assert jnp.sum(voltage) == __
    assert jnp.sort(voltage).tolist() == __


def test_jnp_answers_with_a_jax_array():
    """The type of JAX's arrays is `jax.Array` (`DeviceArray` in old texts); NumPy keeps its own.

    A `jnp` function takes either kind. Each blank is True or False.
    """
    measured = np.array([0.0, 0.5, 1.0])

    assert isinstance(jnp.array([0.0, 0.5, 1.0]), jax.Array) is __
    assert isinstance(jnp.array([0.0, 0.5, 1.0]), np.ndarray) is __
    assert isinstance(jnp.sin(measured), jax.Array) is __


def test_a_jax_array_refuses_item_assignment():
    """A jax.Array never changes once it is made, so JAX may share, move and reuse it freely.

    `pytest.raises(Exception) as met` catches the error of the line in its block; `met.type` is
    the class of that error, `met.value` the error with its message.
    """
    voltage = jnp.array([1.5, -2.0, 3.5])

    with pytest.raises(Exception) as met:
        voltage[1] *= -1
    assert met.type is __
    assert voltage.tolist() == __


def test_most_jnp_functions_refuse_a_list():
    """NumPy turns a list into an array in silence. In JAX that would be slow, element by element,
    and hidden in each call: so it asks you to convert the list yourself, once.
    """
    length = [2.0, 0.5, 4.0]
    assert np.sum(length) == 6.5

    with pytest.raises(Exception) as met:
        jnp.sum(length)
    assert met.type is __
    assert jnp.sum(jnp.array(length)) == __

    with pytest.raises(Exception) as met:
        _ = jnp.array(length)[[0, 2]]  # a list as an index
    assert met.type is __


# Gained: what carries over from NumPy, and what is refused: changing an array in place.
# Next: how to change one all the same.
