"""Arrays of keys: how to draw with them, how to pad them, and what dropout does with them."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import equations


def walks(keys, steps):
    """Return the steps of one random walk per key: normal noise, shape (len(keys), steps).

    Row i is jax.random.normal(keys[i], (steps,)).
    """
    # BEGIN PROMPT: draw with each key of the array, in one batch
    # return jax.random.normal(keys, (steps,))
    # BEGIN SOLUTION
    return jax.vmap(lambda key: jax.random.normal(key, (steps,)))(keys)
    # END SOLUTION


def test_a_random_function_accepts_a_single_key():
    """jax.random.normal accepts a single key, and raises ValueError for an array of keys.

    The same is true of the other draws, of `split` and of `fold_in`. jax.vmap maps each of them
    over an array of keys.
    """
    # HINT: Read the error: it names the transformation to use.
    # HINT: Which function of one key returns one row?
    # HINT: jax.vmap(lambda key: jax.random.normal(key, (steps,)))(keys)
    for count, steps in ((3, 4), (1, 6)):
        keys = jax.random.split(jax.random.key(71), count)
        got = jax.jit(lambda keys, steps=steps: walks(keys, steps))(keys)
        expected = np.stack([jax.random.normal(key, (steps,)) for key in keys])
        message = f"{count} keys, {steps} steps: expected row i to be the draw with keys[i]"
        assert_allclose(got, expected, rtol=1e-5, atol=1e-6, strict=True, err_msg=message)
    few, many = (jax.random.split(jax.random.key(71), count) for count in (3, 30))
    short, long = (equations(lambda keys: walks(keys, 4), keys) for keys in (few, many))
    message = f"expected equal equation counts for 3 and 30 keys, got {short} and {long}"
    assert short == long, message


def pad_keys(keys, size):
    """Return an array of `size` keys: `keys`, and after them copies of the last one.

    `size` is an int, at least len(keys).
    """
    # BEGIN PROMPT: pad with copies of the last key
    # return jnp.pad(keys, (0, size - len(keys)))
    # BEGIN SOLUTION
    return jnp.append(keys, jnp.repeat(keys[-1:], size - len(keys)))
    # END SOLUTION


def test_keys_are_padded_with_keys():
    """jnp.pad pads with 0 by default, and raises ValueError for keys: 0 is not a key.

    A batch is padded to a fixed size so that jit does not trace again, and its keys must be padded
    too. The padding repeats a key, so the caller must ignore the draws with it.
    """
    # HINT: Join two arrays of keys: `keys`, and as many copies as are missing.
    # HINT: jnp.repeat(keys[-1:], n) is an array of n copies of the last key.
    # HINT: jnp.append(keys, jnp.repeat(keys[-1:], size - len(keys)))
    for count, size in ((3, 5), (1, 4), (2, 2)):
        keys = jax.random.split(jax.random.key(81), count)
        got = jax.jit(pad_keys, static_argnums=1)(keys, size)
        message = f"{count} keys, size {size}: expected shape ({size},), got {got.shape}"
        assert got.shape == (size,), message
        assert got.dtype == keys.dtype, f"expected keys, dtype {keys.dtype}, got {got.dtype}"
        message = f"{count} keys, size {size}: expected the first {count} to be `keys`"
        assert jnp.all(got[:count] == keys), message
        message = f"{count} keys, size {size}: expected copies of the last key after them"
        assert jnp.all(got[count:] == keys[-1]), message


def dropout(key, x, rate):
    """Return x with each element dropped (set to 0) with probability `rate`, independently.

    The elements that are kept are divided by 1 - rate. `rate` is at least 0 and less than 1.
    """
    # BEGIN PROMPT: draw which elements to keep, with the key
    # BEGIN SOLUTION
    kept = jax.random.bernoulli(key, 1 - rate, x.shape)
    return jnp.where(kept, x / (1 - rate), 0.0)
    # END SOLUTION


def test_dropout_needs_a_key_for_each_call():
    """`jax.random.bernoulli(key, p, shape)` draws booleans that are True with probability p.

    Dropout sets random elements of an array to 0 while a network is trained. The division by
    1 - rate keeps the mean. The key is an argument: a new one for each training step, and under
    vmap one for each example.
    """
    # HINT: Draw one boolean for each element: which shape does x have?
    # HINT: An element is kept with probability 1 - rate.
    # HINT: kept = jax.random.bernoulli(key, 1 - rate, x.shape); then use jnp.where(kept, ..., 0.0)
    x = jnp.asarray(np.linspace(-3, 3, 2000).reshape(40, 50), dtype=jnp.float32)
    key, other = jax.random.split(jax.random.key(91))
    drop = jax.jit(dropout)

    for rate in (0.25, 0.6):
        got = drop(key, x, rate)
        assert got.shape == x.shape, f"expected shape {x.shape}, got {got.shape}"
        kept = np.asarray(got != 0)
        message = f"rate {rate}: expected each element to be 0, or divided by {1 - rate}"
        assert_allclose(got, np.where(kept, x, 0) / (1 - rate), rtol=1e-5, err_msg=message)
        rows, columns = len(np.unique(kept, axis=0)), len(np.unique(kept, axis=1).T)
        message = (
            f"expected independent elements: 40 different rows, 50 columns; got {rows}, {columns}"
        )
        assert (rows, columns) == (40, 50), message
        share = 1 - np.mean(kept)
        message = f"rate {rate}: expected a share of about {rate} dropped, got {share:.2f}"
        assert abs(share - rate) < 0.05, message
        gradient = jax.grad(lambda x, rate=rate: jnp.sum(drop(key, x, rate)))(x)
        message = f"rate {rate}: expected the gradient 1 / (1 - rate) where x is kept, 0 elsewhere"
        assert_allclose(gradient, kept / (1 - rate), rtol=1e-5, err_msg=message)
    again, changed = drop(key, x, 0.6), drop(other, x, 0.6)
    assert jnp.all(again == got), "the same key again: expected the same elements dropped"
    message = "another key: expected other elements dropped, got the same"
    assert not jnp.all((changed == 0) == (got == 0)), message
    assert_allclose(drop(key, x, 0.0), x, rtol=1e-5, err_msg="rate 0: expected x unchanged")
    keys, example = jax.random.split(key, 8), x[0]
    batch = jax.vmap(dropout, in_axes=(0, None, None))(keys, example, 0.5)
    masks = np.unique(np.asarray(batch == 0), axis=0)
    message = f"vmap over 8 keys: expected 8 different sets of dropped elements, got {len(masks)}"
    assert len(masks) == 8, message
    counts = np.sum(masks, axis=1)
    message = f"independent elements: expected sets of different sizes, got the sizes {counts}"
    assert len(set(counts.tolist())) > 1, message


# Next: data in many arrays, in dicts, lists and classes.
