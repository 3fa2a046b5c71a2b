"""A random number in JAX is a function of a key: what a key is, and how to use it only once."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted


def test_the_same_key_draws_the_same_number():
    """A NumPy generator changes with every draw. A JAX function may have no such side effect: what
    `jax.random.normal(key)` draws depends on the key alone.

    `jax.random.key(seed)` makes a key of an integer.
    """
    # HINT: Each blank lists which of the three draws, 0, 1, 2, equal the first one.
    # HINT: The first draw equals itself, so 0 is in both lists. NumPy's generator moves on.
    # HINT: Two of the three keys were made of one seed: [0] for NumPy, [0, 2] for JAX.
    generator = np.random.default_rng(7)
    drawn = [generator.normal() for _ in range(3)]
    assert [i for i in range(3) if drawn[i] == drawn[0]] == __([0])

    keys = [jax.random.key(7), jax.random.key(8), jax.random.key(7)]
    drawn = [jax.random.normal(key) for key in keys]
    assert [i for i in range(3) if drawn[i] == drawn[0]] == __([0, 2])


def test_new_keys_come_from_split_and_not_from_arithmetic():
    """With NumPy one counts seeds up: seed, seed + 1. Two programs that do so soon meet on the same
    seeds.

    In JAX new keys come from a key by `jax.random.split(key, n)`, which scrambles: an array of n
    keys. A key itself is an array of no axes, with a dtype of its own that no operator takes.
    """
    # HINT: The shape of an array without axes is the empty tuple.
    # HINT: A key plus 1: the operands have the wrong type, and the error is Python's own for that.
    # HINT: TypeError. Then three keys along one axis: a shape of one number.
    key = jax.random.key(7)

    assert key.shape == __(())
    with pytest.raises(Exception) as met:
        key + 1
    assert met.type is __(TypeError)
    assert jax.random.split(key, 3).shape == __((3,))


def launches(key, spread, shots):
    """The speeds and the angles of `shots` launches, as two arrays.

    The speeds lie around 10, the angles around 1, each off by `spread` times normal noise. Speeds
    and angles have nothing to do with each other.
    """
    # BEGIN PROMPT: no key is used twice
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
    """One key drawn from twice gives the same noise twice: the fast shots would all fly steeply.

    `normal(key, shape)` draws an array of that shape. Inside `with jax.debug_key_reuse(True):` JAX
    notices a key that is used again, and raises its KeyReuseError.
    """
    # HINT: Run it as it is. Which line uses a key that an earlier line has used?
    # HINT: jax.random.split(key) gives two new keys, and uses up the old one.
    # HINT: speed_key, angle_key = jax.random.split(key)
    with jax.debug_key_reuse(True):  # off by default, for it costs time
        speed, angle = launches(jax.random.key(3), 0.5, 20)
        again = launches(jax.random.key(3), 0.5, 20)
        other = launches(jax.random.key(4), 0.5, 20)
        exact = launches(jax.random.key(3), 0.0, 2)

    assert speed.shape == angle.shape == (20,), f"20 launches; got {speed.shape}, {angle.shape}"
    assert not np.allclose(speed - 9.0, angle, atol=1e-3), "speeds and angles have the same noise"
    assert_allclose(
        exact, [[10.0, 10.0], [1.0, 1.0]], rtol=1e-5, err_msg="2 launches without spread"
    )
    message = "the same key, other launches: draw from the key alone"
    assert_allclose(again, (speed, angle), rtol=1e-5, err_msg=message)
    for name, now, then in zip(("speeds", "angles"), other, again, strict=True):
        assert not np.allclose(now, then, atol=1e-3), (
            f"another key, yet the same {name}: draw them from it"
        )
    # A huge spread: next to it the middles, 10 and 1, round nothing away.
    noise = np.subtract(launches(jax.random.key(5), 1000.0, 300), [[10.0], [1.0]]) / 1000.0
    few = np.subtract(launches(jax.random.key(5), 1000.0, 20), [[10.0], [1.0]]) / 1000.0
    gaps = np.diff(np.sort(np.abs(few), axis=None))
    assert np.all(gaps > 1e-6), "noise in common: each speed and each angle needs its own"
    size = np.std(noise)
    message = f"off by {size:.2f} times `spread`, on the average; by normal noise it is 1"
    assert abs(size - 1.0) < 0.2, message


def test_a_raw_key_is_not_checked_for_reuse():
    """`jax.random.PRNGKey(seed)`, in older code, draws what `key(seed)` draws.

    But it is a bare array of two unsigned 32-bit integers. JAX cannot tell it from any other array,
    so it takes part in arithmetic and is used twice without a word.
    """
    # HINT: What does NumPy make of an array of two integers, plus 1? JAX sees no key here.
    # HINT: Two integers plus 1 are two integers again, along one axis.
    # HINT: The error for the typed key was named in the koan before; it lives in jax.errors.
    key, raw = jax.random.key(7), jax.random.PRNGKey(7)

    assert jax.random.normal(raw) == jax.random.normal(key)
    assert raw.dtype == jnp.uint32
    assert (raw + 1).shape == __((2,))

    with jax.debug_key_reuse(True):
        jax.random.normal(raw), jax.random.normal(raw)  # wrong, and nobody notices
        with pytest.raises(Exception) as met:
            jax.random.normal(key), jax.random.normal(key)
        assert met.type is __(jax.errors.KeyReuseError)


def noisy_detector(response):
    """A compiled function of key and signal: response(signal) plus normal noise for each sample.

    Another key brings other noise, the same key the same noise.
    """

    # BEGIN PROMPT: let the compiled program draw, from the key
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
    """np.random runs in Python, while jit traces: once. Its numbers become part of the program."""
    # HINT: What do three calls of the compiled function have in common? Print their noise.
    # HINT: Only what comes in as an argument can change. The key is one.
    # HINT: response(signal) + jax.random.normal(key, signal.shape)
    response = counted(lambda signal: 3.0 * signal)
    detect = noisy_detector(response)
    signal = jnp.array([1.0, -2.0, 0.0, 4.0], dtype=jnp.float32)
    key, other = jax.random.split(jax.random.key(1))

    first, second = detect(key, signal), detect(other, signal)
    assert first.shape == (4,), f"one reading for each of the four samples; got {first.shape}"
    assert not np.allclose(first, second, atol=1e-3), (
        "another key, same noise: draw it from the key"
    )
    gaps = np.diff(np.sort(first - 3 * signal))
    assert np.all(gaps > 1e-4), "samples have one noise in common: each one needs its own"
    assert_allclose(detect(key, signal), first, rtol=1e-5, err_msg="the same key, other noise")
    louder = detect(key, signal + 10.0) - first
    assert_allclose(louder, [30.0] * 4, rtol=1e-4, err_msg="the same noise on another signal")
    assert response.count == 1, f"Python ran the response {response.count} times: keep it compiled"
    pair = detect(key, jnp.zeros(2, dtype=jnp.float32))
    assert pair.shape == (2,), f"two samples want two readings; got {pair.shape}"
    size = np.std(detect(key, jnp.zeros(500, dtype=jnp.float32)))
    assert abs(size - 1.0) < 0.2, f"noise of {size:.2f} on the average; normal noise has 1"


def test_the_draw_depends_on_the_dtype():
    """With x64 on, `normal` draws float64 unless told otherwise. That is not the float32 draw with
    more digits but another draw, so a program that must repeat itself asks for its dtype.

    Each blank is a list of words; the first two name dtypes, such as "int32".
    """
    # HINT: What is the default dtype of a new array with x64 off, and with x64 on?
    # HINT: `asked` gets a float32 draw both times: the same key, the same dtype.
    # HINT: The last blank is a list of names: ["default"], ["asked"], both or none.
    key = jax.random.key(3)

    def draws():
        default = jax.random.normal(key, (4,))
        return {"default": default, "asked": jax.random.normal(key, (4,), dtype=jnp.float32)}

    with jax.enable_x64(False):
        narrow = draws()
        assert [str(draw.dtype) for draw in narrow.values()] == __(["float32", "float32"])
    with jax.enable_x64(True):
        wide = draws()
        assert [str(draw.dtype) for draw in wide.values()] == __(["float64", "float32"])

    assert [name for name in narrow if np.allclose(narrow[name], wide[name])] == __(["asked"])


# A key goes in, a number comes out, and each key is used once. Next: one key for a whole loop,
# or for a whole batch.
