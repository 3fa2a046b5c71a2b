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
    # HINT: Draw 0 equals itself, so 0 is in both lists.
    # HINT: The generator changes its state with each draw.
    # HINT: Which two of the three keys were made from the same seed?
    generator = np.random.default_rng(7)
    draws = [generator.normal() for _ in range(3)]
    assert [i for i in range(3) if draws[i] == draws[0]] == __([0])
    # WHY: Each draw changes the generator's state, so the next draw is another number.
    # IF [0, 1, 2]: The seed sets the state only once. Each draw changes it.
    # IF []: Draw 0 equals itself, so index 0 belongs to the list.
    # IF [True, False, False]: The list holds the indices i at which the condition is True.
    # IF True: The left side is a list of indices.

    keys = [jax.random.key(7), jax.random.key(8), jax.random.key(7)]
    draws = [jax.random.normal(key) for key in keys]
    assert [i for i in range(3) if draws[i] == draws[0]] == __([0, 2])
    # WHY: Keys 0 and 2 were made from the seed 7, and equal keys give equal draws.
    # IF [0]: Key 2 was made from the same seed as key 0, so its draw is the same.
    # IF [0, 1]: Key 1 was made from the seed 8.
    # IF [0, 1, 2]: Key 1 was made from another seed, 8.
    # IF [2]: Draw 0 equals itself, so index 0 belongs to the list.
    # IF [1, 3]: Indices start at 0.
    # IF [7, 7]: 7 is the seed. The list holds indices of draws.
    # IF [True, False, True]: The list holds the indices i at which the condition is True.
    # IF (0, 2): The left side is a list, not a tuple.
    # IF 2: 2 is the number of equal draws. The left side is a list of indices.


def test_a_key_is_an_array_with_a_dtype_of_its_own():
    """A key is a jax.Array of shape (), and its dtype is a special one for keys.

    `jax.random.split(key, num)` makes `num` new keys from a key and returns them as one array. Keys
    can be compared with == and !=, which return booleans.
    """
    # HINT: An array with shape () has no axes. What is the shape of an array of three keys?
    # HINT: Indexing an array of keys removes an axis, as for any array.
    # HINT: The new keys are different from each other, and from the key they are made from.
    key = jax.random.key(7)
    keys = jax.random.split(key, 3)

    assert key.shape == __(())
    # WHY: A key is a single element: an array without axes.
    # IF (2,): (2,) is the shape of the integers inside a key. The key itself is one element.
    # IF (1,): An array of shape (1,) has one axis. A single key has none.
    # IF 0: 0 is the number of axes. The shape is a tuple.
    # IF None: An array without axes has an empty tuple as its shape.
    assert keys.shape == __((3,))
    # WHY: Three keys along one axis.
    # IF (3, 2): The integers inside a key are not an axis of its shape.
    # IF (): () is the shape of a single key. `keys` has an axis of three.
    # IF 3: 3 is the number of keys. The shape is a tuple.
    # IF [3]: A shape is a tuple, not a list.
    # IF (2,): 2 is the default number of new keys. Here split is asked for 3.
    assert (keys == key).tolist() == __([False, False, False])
    # WHY: split makes new keys; none of them is the key that it was given.
    # IF [True, False, False]: The first of the new keys is a new one too.
    # IF [True, True, True]: Each of the new keys is different from `key`.
    # IF False: == compares elementwise, so the left side is a list of three booleans.


def station_keys(key, count):
    """Return an array of `count` new keys, all different, made from `key`: one for each station."""
    # BEGIN PROMPT: make the new keys without arithmetic
    # return jnp.stack([key + station for station in range(count)])
    # BEGIN SOLUTION
    return jax.random.split(key, count)
    # END SOLUTION


def test_new_keys_come_from_split_and_not_from_arithmetic():
    """Adding to a key raises TypeError.

    In NumPy it is common to use consecutive seeds: seed, seed + 1, ... Two simulations that start
    at nearby seeds then use some seeds twice. `jax.random.split(key, num)` returns `num` new keys
    instead, independent of those made from other keys.
    """
    # HINT: Read the error: which operation does the dtype of a key not accept?
    # HINT: jax.random.split returns an array of new keys.
    # HINT: jax.random.split(key, count)
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
    # BEGIN PROMPT: use no key twice
    # speed = 10.0 + spread * jax.random.normal(key, (shots,))
    # angle = 1.0 + spread * jax.random.normal(key, (shots,))
    # return speed, angle
    # BEGIN SOLUTION
    speed_key, angle_key = jax.random.split(key)
    speed = 10.0 + spread * jax.random.normal(speed_key, (shots,))
    angle = 1.0 + spread * jax.random.normal(angle_key, (shots,))
    return speed, angle
    # END SOLUTION


def test_each_draw_needs_its_own_key():
    """Two draws of the same shape with the same key return the same values.

    Then every fast launch would also be a steep one. Use each key once: for one draw, or for
    one split. `normal(key, shape)` draws an array. Inside `with jax.debug_key_reuse(True):` JAX
    raises KeyReuseError for a key that is used again.
    """
    # HINT: Run it as it is. Which line uses a key that an earlier line has used?
    # HINT: jax.random.split(key) returns two new keys; do not draw with `key` after it.
    # HINT: speed_key, angle_key = jax.random.split(key)
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
    # HINT: What is the shape of an array of two integers, plus 1?
    # HINT: KeyReuseError is raised for the typed key only.
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
    assert (raw + 1).shape == __((2,))
    # WHY: A raw key is an array of two integers, and adding 1 keeps its shape.
    # IF (): () is the shape of a typed key.
    # IF (1,): (1,) is the shape of an array of one element. A raw key has two.
    # IF (3,): + adds 1 to each element; it does not append one.
    # IF 2: 2 is the number of elements. The shape is a tuple.
    # IF jnp.uint32: uint32 is the dtype. This line asks for the shape.
    # IF TypeError: Only a typed key rejects arithmetic; a raw key is an array of integers.
    assert second_draw_raises(key) is __(True)
    # WHY: A typed key is recognized by its dtype, so its second use is noticed.
    # IF False: The context manager checks typed keys, and this one is typed.
    assert second_draw_raises(raw) is __(False)
    # WHY: JAX sees two integers, and an array of integers may be used twice.
    # IF True: Only typed keys are checked, and this one is raw.


def noisy_detector(response):
    """Return a compiled function of key and signal: response(signal) plus normal noise.

    Each sample of the signal has its own noise of standard deviation 1. Another key gives other
    noise, and the same key the same noise.
    """

    # BEGIN PROMPT: draw the noise with the key
    # @jax.jit
    # def detect(key, signal):
    #     return response(signal) + np.random.normal(size=signal.shape)
    #
    # return detect
    # BEGIN SOLUTION
    @jax.jit
    def detect(key, signal):
        return response(signal) + jax.random.normal(key, signal.shape)

    return detect
    # END SOLUTION


def test_numpy_noise_is_a_constant_under_jit():
    """np.random runs in Python while jit traces, so only once per trace.

    Its draw becomes a constant of the compiled function, and every later call adds the same noise.
    A key is an argument, so it can differ in each call.
    """
    # HINT: Call the compiled function three times, and compare the noise.
    # HINT: The key is an argument of `detect`: draw with it.
    # HINT: response(signal) + jax.random.normal(key, signal.shape)
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
    # HINT: What is the default dtype of a new float array with x64 off, and with x64 on?
    # HINT: `explicit` is a float32 draw with the same key both times.
    # HINT: The last blank is a list of names: ["default"], ["explicit"], both or none.
    key = jax.random.key(3)

    def draws():
        default = jax.random.normal(key, (4,))
        return {"default": default, "explicit": jax.random.normal(key, (4,), dtype=jnp.float32)}

    with jax.enable_x64(False):
        narrow = draws()
        assert [str(draw.dtype) for draw in narrow.values()] == __(["float32", "float32"])
        # WHY: With x64 off, the default float dtype is float32.
        # IF ["float64", "float32"]: float64 is the default only if x64 is on.
        # IF ["float64", "float64"]: With x64 off, JAX makes no float64 arrays.
        # IF "float32": The left side is a list with one name per draw.
    with jax.enable_x64(True):
        wide = draws()
        assert [str(draw.dtype) for draw in wide.values()] == __(["float64", "float32"])
        # WHY: With x64 on, the default is float64; a dtype that you give is kept.
        # IF ["float32", "float32"]: With x64 on, the default float dtype is float64.
        # IF ["float32", "float64"]: `default` is the first draw, and `explicit` the second.
        # IF ["float64", "float64"]: The second draw gives dtype=jnp.float32, which x64 keeps.

    assert [name for name in narrow if np.allclose(narrow[name], wide[name])] == __(["explicit"])
    # WHY: The same key, shape and dtype give the same draw; another dtype gives another one.
    # IF ["default", "explicit"]: float64 is another draw, not the float32 draw with more digits.
    # IF ["default"]: The default draws have different dtypes, so they are different draws.
    # IF []: The explicit draws have the same key, shape and dtype.
    # IF "explicit": The left side is a list of names.


# Next: one key for a whole loop, or for a whole batch.
