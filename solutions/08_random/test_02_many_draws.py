"""How one key serves many draws: in a loop, in a state that is saved, and in a batch."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import counted, equations


def kick(key, log):
    """Return the log with one more step: `key`, and the two keys of jax.random.split(key)."""
    step, used, children = log
    data, pair = jax.random.key_data(key), jax.random.key_data(jax.random.split(key))
    return step + 1, used.at[step].set(data), children.at[step].set(pair)


def empty_log():
    """Return a log with space for nine steps."""
    return jnp.array(0), jnp.zeros((9, 2), jnp.uint32), jnp.zeros((9, 2, 2), jnp.uint32)


def names(keys):
    """Return the two integers of each key in an array of key data, as a list of pairs."""
    return [tuple(pair) for pair in np.reshape(keys, (-1, 2)).tolist()]


def diffuse(kick, key, state, steps):
    """Return the state after `steps` iterations of state = kick(new_key, state).

    Each iteration has its own new key, made from `key`. `kick` draws with it. `key` itself is
    never passed to `kick`.
    """
    # BEGIN PROMPT: use one compiled loop, with a new key in each iteration
    # BEGIN SOLUTION
    return lax.fori_loop(0, steps, lambda i, s: kick(jax.random.fold_in(key, i), s), state)
    # END SOLUTION


def test_fold_in_makes_a_key_for_each_iteration():
    """`jax.random.fold_in(key, data)` makes a new key from a key and an integer.

    One trace of a compiled loop's body serves all iterations, so a key from the enclosing scope is
    the same in every iteration. The integer may be traced: fold in the index of the iteration.
    `jax.random.key_data(key)` returns the integers inside a key; here `kick` records them.
    """
    # HINT: What differs from iteration to iteration of a fori_loop? The body's first argument.
    # HINT: The key of iteration i is jax.random.fold_in(key, i).
    # HINT: lax.fori_loop(0, steps, body, state); body(i, s) is kick(jax.random.fold_in(key, i), s)
    step = counted(kick)
    six, four = (jax.jit(lambda key, n=n: diffuse(step, key, empty_log(), n)) for n in (6, 4))
    log = six(jax.random.key(41))

    assert log[0] == 6, f"6 steps: expected 6 calls of kick, got {log[0]}"
    message = f"6 steps in one compiled loop: expected 1 trace of kick, got {step.count}"
    assert step.count == 1, message
    keys = names(log[1][:6])
    assert len(set(keys)) == 6, f"6 steps: expected 6 different keys, got {len(set(keys))}"
    parent = names(jax.random.key_data(jax.random.key(41)))
    message = "expected new keys in kick, got `key` itself"
    assert not {*parent} & {*keys}, message
    message = "expected each key to be used once, got one used for a draw and for a split"
    assert not {*names(log[2][:6])} & {*keys}, message

    again = six(jax.random.key(41))[1]
    assert names(again[:6]) == keys, "the same key again: expected the same keys in kick"
    other = six(jax.random.key(42))[1]
    message = "another key: expected other keys in kick, got some of the same"
    assert not {*names(other[:6])} & {*keys}, message
    calls = four(jax.random.key(42))[0]
    assert calls == 4, f"4 steps: expected 4 calls of kick, got {calls}"


def simulate(kick, key, state, steps):
    """Return (key, state) after `steps` iterations of state = kick(new_key, state).

    A second call can continue from that pair: 3 steps and then 3 more give the state of 6 steps.
    Both calls together use no key twice.
    """
    # BEGIN PROMPT: carry the key through one compiled loop
    # BEGIN SOLUTION

    def step(carry, _):
        key, state = carry
        key, new_key = jax.random.split(key)
        return (key, kick(new_key, state)), None

    (key, state), _ = lax.scan(step, (key, state), length=steps)
    return key, state
    # END SOLUTION


def test_a_key_can_be_part_of_the_carry():
    """A simulation that is saved and continued must save its key with its state.

    A loop that splits the key in its carry can continue with the key it returns. With
    `fold_in(key, i)`, a second call would count i from 0 again and use the same keys again.
    """
    # HINT: The carry is the pair of the key and the state.
    # HINT: Each iteration splits the key in two: one for the next carry, one for kick.
    # HINT: key, new_key = jax.random.split(key); the next carry is (key, kick(new_key, state)).
    start, log = jax.random.key(52), empty_log()
    three, six = (jax.jit(lambda key, log, n=n: simulate(kick, key, log, n)) for n in (3, 6))
    last, whole = six(start, log)
    _, parts = three(*three(start, log))

    assert whole[0] == 6, f"6 steps: expected 6 calls of kick, got {whole[0]}"
    keys = names(whole[1][:6])
    assert len(set(keys)) == 6, f"6 steps: expected 6 different keys, got {len(set(keys))}"
    message = "3 steps and then 3 more: expected the same keys in kick as with 6 steps"
    assert names(parts[1][:6]) == keys, message
    for which, key in (("first", start), ("last", last)):
        data = names(jax.random.key_data(key))
        message = f"the {which} key: expected it to be split only, but kick draws with it"
        assert not {*data} & {*keys}, message
    message = "expected each key to be used once, got one used for a draw and for a split"
    assert not {*names(whole[2][:6])} & {*keys}, message
    _, other = six(jax.random.key(53), log)
    message = "another key: expected other keys in kick, got some of the same"
    assert not {*names(other[1][:6])} & {*keys}, message
    short, long = (equations(lambda n=n: simulate(kick, start, log, n)) for n in (5, 50))
    message = f"expected equal equation counts for 5 and 50 steps, got {short} and {long}"
    assert short == long, message


def simulate_all(fly, key, positions):
    """Return fly(new_key, position) for each row of `positions`, as one batch.

    Each row has its own new key, made from `key`.
    """
    # BEGIN PROMPT: make as many keys as there are rows
    # return jax.vmap(fly)(key, positions)
    # BEGIN SOLUTION
    return jax.vmap(fly)(jax.random.split(key, len(positions)), positions)
    # END SOLUTION


def test_a_batch_needs_a_batch_of_keys():
    """vmap maps an array of keys like any other array. A single key has no axis to map.

    With in_axes=None for the key, all examples would share it and get the same noise.
    """

    # HINT: Read the error: which rank does the argument have, and which should it have?
    # HINT: jax.random.split returns an array of keys. How many are needed?
    # HINT: jax.random.split(key, len(positions))
    @counted
    def fly(key, position):
        return jnp.sum(position), jax.random.key_data(key)

    seen = set()
    for seed, positions in (
        (61, np.arange(10.0).reshape(5, 2)),
        (62, -np.arange(9.0).reshape(3, 3)),
        (63, np.ones((1, 2))),
    ):
        before, key, rows = fly.count, jax.random.key(seed), len(positions)
        total, used = simulate_all(fly, key, jnp.array(positions))
        traces = fly.count - before

        message = f"{rows} rows: expected fly's first output for each row"
        assert_allclose(total, positions.sum(axis=1), rtol=1e-5, err_msg=message)
        assert traces == 1, f"{rows} rows: expected 1 call of fly for the whole batch, got {traces}"
        keys = names(used)
        message = f"{rows} rows: expected {rows} different keys, got {len(set(keys))}"
        assert len(set(keys)) == rows, message
        message = "expected new keys in fly, got `key` itself"
        assert names(jax.random.key_data(key))[0] not in keys, message
        again = simulate_all(fly, key, jnp.array(positions))[1]
        assert names(again) == keys, "the same key again: expected the same keys in fly"
        message = "another key: expected other keys in fly, got some of the same"
        assert not seen & set(keys), message
        seen |= set(keys)


def lagrangian(box):
    """Return volume - multiplier * (surface - 24), where box is (x, y, z, multiplier)."""
    x, y, z, multiplier = box
    return x * y * z - multiplier * (2 * (x * y + y * z + z * x) - 24)


def newton(start, steps):
    """Return the boxes of `steps` Newton steps, and the gradient of the Lagrangian at each."""

    def step(box, _):
        box = box - jnp.linalg.solve(jax.hessian(lagrangian)(box), jax.grad(lagrangian)(box))
        return box, (box, jax.grad(lagrangian)(box))

    return lax.scan(step, start, length=steps)[1]


def best_box(boxes, gradients):
    """Return the allowed row (x, y, z, multiplier) of `boxes` with the largest volume x * y * z.

    `gradients` has the gradient of the Lagrangian at each row. A row is allowed if all four
    entries of its gradient lie between -1e-3 and 1e-3, and x, y and z are positive. At least one
    row is allowed.
    """
    # BEGIN PROMPT: compare only the volumes of the allowed rows
    # BEGIN SOLUTION
    stationary = jnp.all(jnp.abs(gradients) < 1e-3, axis=1)
    positive = jnp.all(boxes[:, :3] > 0, axis=1)
    volume = jnp.prod(boxes[:, :3], axis=1)
    return boxes[jnp.argmax(jnp.where(stationary & positive, volume, -jnp.inf))]
    # END SOLUTION


def test_the_best_of_a_hundred_starts_must_satisfy_the_constraint(figure):
    """Newton's method from 100 random starts finds the largest box of surface 24.

    `jax.random.uniform(key, shape, dtype, minval, maxval)` draws uniformly between `minval` and
    `maxval`. Newton's method does not converge from every start, so the largest volume of all may
    belong to a box with another surface, or with negative sides. Only the stationary points with
    positive sides count.
    """
    # HINT: Make a mask of the allowed rows: gradients between -1e-3 and 1e-3, sides above 0.
    # HINT: Give the other rows a volume that cannot be the largest: jnp.where(allowed, volume, ...)
    # HINT: Use -jnp.inf for the others, then jnp.argmax. A product with the mask fails: inf * 0.
    boxes, gradients = np.ones((2, 100, 4), dtype=np.float32)  # most rows are not allowed
    boxes[:4] = [[30, 20, -3, 9], [3, 1, 2.5, -7], [2, 2, 2, 0.5], [-3, -4, 5, 1]]
    boxes[4:7] = [[9, 9, 9, 2], [30, 20, 25, 9], [np.inf, 2, 2, 1]]
    gradients[:4] = [[0, 0, 0, 5], [0, 0, 0, 0], [9e-4, 0, -9e-4, 0], [0, 0, 0, 0]]
    gradients[4:7] = [[0, -0.5, 0, 0], [0, 0, 0, 9], [np.nan] * 4]
    boxes[7:9], gradients[7:9] = [[9, 9, 9, 2], [1, 1, 2, 9]], [[9, 0, 0, -9], [0, 0, 0, 0]]
    best = best_box(jnp.array(boxes), jnp.array(gradients)).tolist()
    message = f"expected the allowed row of largest volume, [2, 2, 2, 0.5], got {best}"
    assert best == [2, 2, 2, 0.5], message
    # A compiler may remove the product inf * 0. Without jit it is NaN on every device.
    with jax.disable_jit():
        best = best_box(jnp.array(boxes), jnp.array(gradients)).tolist()
    message = f"a row of infinite volume is not allowed: expected [2, 2, 2, 0.5], got {best}"
    assert best == [2, 2, 2, 0.5], message
    gradients[2, 0] = 0.5  # (2, 2, 2) is no longer allowed
    best = best_box(jnp.array(boxes), jnp.array(gradients)).tolist()
    message = f"(2, 2, 2) no longer allowed: expected the row [3, 1, 2.5, -7], got {best}"
    assert best == [3, 1, 2.5, -7], message

    starts = jax.random.uniform(jax.random.key(0), (100, 4), jnp.float32, minval=-1.0, maxval=3.0)
    boxes, gradients = jax.jit(jax.vmap(lambda start: newton(start, 20)))(starts)
    best = best_box(boxes[:, -1], gradients[:, -1])
    message = "100 random starts: expected the cube of surface 24 and volume 8"
    assert_allclose(best, [2, 2, 2, 0.5], rtol=1e-4, err_msg=message)

    @figure("hundred_starts", xlabel="Newton step", ylabel="largest |gradient|", yscale="log")
    def draw(axes):
        size = np.max(np.abs(gradients), axis=2) + 1e-9
        stationary, positive = size[:, -1] < 1e-3, np.all(boxes[:, -1, :3] > 0, axis=1)
        kinds = {
            "box": stationary & positive,
            "negative sides": stationary & ~positive,
            "not converged": ~stationary,
        }
        for (label, rows), look in zip(kinds.items(), ("C0-", "C1--", "C2:"), strict=True):
            for number, row in enumerate(size[rows]):
                axes.plot(range(1, 21), row, look, lw=1, label=None if number else label)


# Next: random functions on arrays of keys.
