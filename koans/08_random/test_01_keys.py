"""A random draw in JAX is a function of a key: what a key is, and why it is used only once."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted


def test_the_same_key_draws_the_same_number():
    """`jax.random.key(seed)` makes a key from an int, and `jax.random.normal(key)` draws with it.

    Draws of one shape and dtype depend on the key alone. A NumPy generator has a state that each
    draw changes; a JAX function has no such side effect. Each blank is a list of indices: which of
    the three draws equal draw 0?
    """
    generator = np.random.default_rng(7)
    draws = [generator.normal() for _ in range(3)]
    assert [i for i in range(3) if draws[i] == draws[0]] == __

    keys = [jax.random.key(7), jax.random.key(8), jax.random.key(7)]
    draws = [jax.random.normal(key) for key in keys]
    assert [i for i in range(3) if draws[i] == draws[0]] == __


def test_a_key_is_an_array_with_a_dtype_of_its_own():
    """A key is a jax.Array of shape (), and its dtype is a special one for keys.

    `jax.random.split(key, num)` makes `num` new keys from a key and returns them as one array. Keys
    can be compared with == and !=, which return booleans.
    """
    key = jax.random.key(7)
    keys = jax.random.split(key, 3)

    assert key.shape == __
    assert keys.shape == __
    assert (keys == key).tolist() == __


def station_keys(key, count):
    """Return an array of `count` new keys, all different, made from `key`: one for each station."""
    # TODO: make the new keys without arithmetic
    return jnp.stack([key + station for station in range(count)])


def test_new_keys_come_from_split_and_not_from_arithmetic():
    """Adding to a key raises TypeError.

    In NumPy it is common to use consecutive seeds: seed, seed + 1, ... Two simulations that start
    at nearby seeds then use some seeds twice. `jax.random.split(key, num)` returns `num` new keys
    instead, independent of those made from other keys.
    """
    key, other = jax.random.key(7), jax.random.key(8)
    for count in (1, 4):
        keys = station_keys(key, count)
        message = f"one key for each station: expected shape ({count},), got {keys.shape}"
        assert keys.shape == (count,), message
        assert keys.dtype == key.dtype, f"expected keys, dtype {key.dtype}, got dtype {keys.dtype}"
        equal_pairs = int(jnp.sum(keys[:, None] == keys)) - count
        assert equal_pairs == 0, f"expected {count} different keys, got some of them twice"
        assert not jnp.any(keys == key), "expected new keys, got `key` among them"
        message = "the same `key` again: expected the same new keys"
        assert jnp.all(station_keys(key, count) == keys), message
        message = "another `key`: expected other new keys, got some of the same"
        assert not jnp.any(station_keys(other, count)[:, None] == keys), message


def launches(key, spread, shots):
    """Return the speeds and the angles of `shots` launches: two arrays of shape (shots,).

    The speeds are 10, and the angles are 1, each plus `spread` times normal noise. Speeds and
    angles are independent.
    """
    # TODO: use no key twice
    speed = 10.0 + spread * jax.random.normal(key, (shots,))
    angle = 1.0 + spread * jax.random.normal(key, (shots,))
    return speed, angle


def test_each_draw_needs_its_own_key():
    """Two draws of the same shape with the same key return the same values.

    Then every fast launch would also be a steep one. Use each key once: for one draw, or for
    one split. `normal(key, shape)` draws an array. Inside `with jax.debug_key_reuse(True):` JAX
    raises KeyReuseError for a key that is used again.
    """
    with jax.debug_key_reuse(True):  # off by default
        speed, angle = launches(jax.random.key(3), 0.5, 20)
        again = launches(jax.random.key(3), 0.5, 20)
        other = launches(jax.random.key(4), 0.5, 20)
        exact = launches(jax.random.key(3), 0.0, 2)

    message = f"20 launches: expected two shapes (20,), got {speed.shape} and {angle.shape}"
    assert speed.shape == angle.shape == (20,), message
    message = "speeds and angles: expected independent noise, got the same noise"
    assert not np.allclose(speed - 9.0, angle, atol=1e-3), message
    message = "2 launches with spread 0: expected the speed 10 and the angle 1"
    assert_allclose(exact, [[10.0, 10.0], [1.0, 1.0]], rtol=1e-5, err_msg=message)
    message = "the same key again: expected the same launches"
    assert_allclose(again, (speed, angle), rtol=1e-5, err_msg=message)
    for name, now, then in zip(("speeds", "angles"), other, again, strict=True):
        message = f"another key: expected other {name}, got the same {name}"
        assert not np.allclose(now, then, atol=1e-3), message
    # With a huge spread, 10 + noise loses hardly any digits of the noise.
    noise = np.subtract(launches(jax.random.key(5), 1000.0, 300), [[10.0], [1.0]]) / 1000.0
    few = np.subtract(launches(jax.random.key(5), 1000.0, 20), [[10.0], [1.0]]) / 1000.0
    gaps = np.diff(np.sort(np.abs(few), axis=None))
    assert np.all(gaps > 1e-6), "expected a draw for each speed and angle, got some draws twice"
    size = np.std(noise)
    message = f"standard deviation of the noise: expected about 1 times `spread`, got {size:.2f}"
    assert abs(size - 1.0) < 0.2, message


def test_a_raw_key_is_not_checked_for_reuse():
    """`jax.random.PRNGKey(seed)`, in older code, makes a raw key: an array of two uint32 integers.

    It gives the same draws as the typed key `key(seed)`. JAX cannot distinguish a raw key from
    other arrays, so arithmetic works on it, and `jax.debug_key_reuse` does not check it.
    """
    key, raw = jax.random.key(7), jax.random.PRNGKey(7)

    def second_draw_raises(key):
        """Return whether JAX raises KeyReuseError when `key` is used twice."""
        with jax.debug_key_reuse(True):
            jax.random.normal(key)
            try:
                jax.random.normal(key)
            except jax.errors.KeyReuseError:
                return True
        return False

    assert jax.random.normal(raw) == jax.random.normal(key)
    assert raw.dtype == jnp.uint32
    assert (raw + 1).shape == __
    assert second_draw_raises(key) is __
    assert second_draw_raises(raw) is __


def noisy_detector(response):
    """Return a compiled function of key and signal: response(signal) plus normal noise.

    Each sample of the signal has its own noise of standard deviation 1. Another key gives other
    noise, and the same key the same noise.
    """

    # TODO: draw the noise with the key
    @jax.jit
    def detect(key, signal):
        return response(signal) + np.random.normal(size=signal.shape)

    return detect


def test_numpy_noise_is_a_constant_under_jit():
    """np.random runs in Python while jit traces, so only once per trace.

    Its draw becomes a constant of the compiled function, and every later call adds the same noise.
    A key is an argument, so it can differ in each call.
    """
    response = counted(lambda signal: 3.0 * signal)
    detect = noisy_detector(response)
    signal = jnp.array([1.0, -2.0, 0.0, 4.0], dtype=jnp.float32)
    key, other = jax.random.split(jax.random.key(1))

    first, second = detect(key, signal), detect(other, signal)
    assert first.shape == (4,), f"a signal of shape (4,): expected shape (4,), got {first.shape}"
    message = "another key: expected other noise, got the same"
    assert not np.allclose(first, second, atol=1e-3), message
    gaps = np.diff(np.sort(first - 3 * signal))
    message = "expected separate noise for each sample, got the same noise for some samples"
    assert np.all(gaps > 1e-4), message
    message = "the same key again: expected the same noise"
    assert_allclose(detect(key, signal), first, rtol=1e-5, err_msg=message)
    message = "the same key, the signal + 10: expected the response to rise by 30"
    louder = detect(key, signal + 10.0) - first
    assert_allclose(louder, [30.0] * 4, rtol=1e-4, err_msg=message)
    count = response.count
    assert count == 1, f"four calls of one shape: expected 1 trace of `response`, got {count}"
    pair = detect(key, jnp.zeros(2, dtype=jnp.float32))
    assert pair.shape == (2,), f"a signal of shape (2,): expected shape (2,), got {pair.shape}"
    size = np.std(detect(key, jnp.zeros(500, dtype=jnp.float32)))
    message = f"standard deviation of the noise: expected about 1, got {size:.2f}"
    assert abs(size - 1.0) < 0.2, message


def test_the_draw_depends_on_the_dtype():
    """`jax.random.normal(key, shape, dtype)` draws the default float dtype unless you give one.

    That is float32, or float64 if x64 is on. The float64 draw is another draw, not the float32
    draw with more digits. So give the dtype if results must not depend on x64.
    """
    key = jax.random.key(3)

    def draws():
        default = jax.random.normal(key, (4,))
        return {"default": default, "explicit": jax.random.normal(key, (4,), dtype=jnp.float32)}

    with jax.enable_x64(False):
        narrow = draws()
        assert [str(draw.dtype) for draw in narrow.values()] == __
    with jax.enable_x64(True):
        wide = draws()
        assert [str(draw.dtype) for draw in wide.values()] == __

    assert [name for name in narrow if np.allclose(narrow[name], wide[name])] == __


# Next: one key for a whole loop, or for a whole batch.
