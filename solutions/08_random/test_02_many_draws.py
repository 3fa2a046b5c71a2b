"""One key comes in and many draws are needed: in a loop, in a state, in a batch."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import counted, equations


def kick(key, log):
    """A turn that writes down its key, and the two keys that a split of its key would give."""
    turn, used, born = log
    data, pair = jax.random.key_data(key), jax.random.key_data(jax.random.split(key))
    return turn + 1, used.at[turn].set(data), born.at[turn].set(pair)


def empty_log():
    """A log with room for nine turns, before the first of them."""
    return jnp.array(0), jnp.zeros((9, 2), jnp.uint32), jnp.zeros((9, 2, 2), jnp.uint32)


def names(keys):
    """The integers inside each of some keys, as a list of pairs."""
    return [tuple(pair) for pair in np.reshape(keys, (-1, 2)).tolist()]


def diffuse(kick, key, state, steps):
    """`steps` turns of state = kick(key, state), each with a key of its own made from `key`.

    `kick` draws from the key that it gets; `key` itself is not drawn from.
    """
    # BEGIN PROMPT: one compiled loop, and a fresh key in every turn
    # BEGIN SOLUTION
    return lax.fori_loop(0, steps, lambda i, s: kick(jax.random.fold_in(key, i), s), state)
    # END SOLUTION


def test_fold_in_makes_a_key_for_each_iteration():
    """The body of a loop is written once, so a key from outside would be the same in every turn.

    `jax.random.fold_in(key, number)` makes a new key from a key and an integer; the integer may be
    traced, and `key` is not used up. Here the keys that come to `kick` are written down while the
    loop runs: `jax.random.key_data(key)` are the integers inside a key.
    """
    # HINT: What differs from turn to turn in a fori_loop? Its body gets it as first argument.
    # HINT: A key for turn i: jax.random.fold_in(key, i). Or split n keys before the loop.
    # HINT: lax.fori_loop(0, steps, body, state); body(i, s) is kick(jax.random.fold_in(key, i), s)
    turn = counted(kick)
    six, four = (jax.jit(lambda key, n=n: diffuse(turn, key, empty_log(), n)) for n in (6, 4))
    log = six(jax.random.key(41))

    assert log[0] == 6, "6 steps: kick should run once in each"
    assert turn.count == 1, f"kick was traced {turn.count} times for 6 steps: keep one loop"
    keys = names(log[1][:6])
    assert len(set(keys)) == 6, f"only {len(set(keys))} different keys in 6 turns"
    parent = names(jax.random.key_data(jax.random.key(41)))
    assert not {*parent} & {*keys}, "a turn drew from the key that the others are made from"
    assert not {*names(log[2][:6])} & {*keys}, "a key was drawn from, and split as well"

    again = six(jax.random.key(41))[1]
    assert names(again[:6]) == keys, "the same key again, and other keys in the loop"
    other = six(jax.random.key(42))[1]
    assert not {*names(other[:6])} & {*keys}, "another key, yet the same keys in the loop"
    turns = four(jax.random.key(42))[0]
    assert turns == 4, "4 steps: kick should run once in each"


def simulate(kick, key, state, steps):
    """`steps` turns of state = kick(fresh_key, state): answers with the pair (key, state).

    It can go on from that pair: 3 steps and then 3 more give the state that 6 steps give. No key is
    used twice, in both parts together.
    """
    # BEGIN PROMPT: carry the key through one compiled loop
    # BEGIN SOLUTION

    def turn(carry, _):
        key, state = carry
        key, fresh = jax.random.split(key)
        return (key, kick(fresh, state)), None

    (key, state), _ = lax.scan(turn, (key, state), length=steps)
    return key, state
    # END SOLUTION


def test_a_key_can_be_part_of_the_carry():
    """A simulation that is saved and continued must save where its random numbers stand.

    With `fold_in(key, i)` a second run would count i from 0 again, and meet the old keys.
    """
    # HINT: The carry holds two things: the key and the state.
    # HINT: Each turn splits the key in two: one to go on with, one for kick.
    # HINT: In the body: key, fresh = jax.random.split(key); the next carry is key, kick(fresh, s)
    start, log = jax.random.key(52), empty_log()
    three, six = (jax.jit(lambda key, log, n=n: simulate(kick, key, log, n)) for n in (3, 6))
    last, whole = six(start, log)
    _, parts = three(*three(start, log))

    assert whole[0] == 6, "6 steps: kick should run once in each"
    keys = names(whole[1][:6])
    assert len(set(keys)) == 6, f"only {len(set(keys))} different keys in 6 turns"
    assert names(parts[1][:6]) == keys, "3 steps and then 3 more meet other keys than 6 steps"
    for which, key in (("first", start), ("last", last)):
        data = names(jax.random.key_data(key))
        assert not {*data} & {*keys}, f"the {which} key was drawn from: it is there to be split"
    assert not {*names(whole[2][:6])} & {*keys}, "a key was drawn from, and split as well"
    _, other = six(jax.random.key(53), log)
    assert not {*names(other[1][:6])} & {*keys}, "another key, yet the same draws"
    short, long = (equations(lambda n=n: simulate(kick, start, log, n)) for n in (5, 50))
    assert short == long, f"5 steps make {short} equations, 50 make {long}: unrolled"


def simulate_all(fly, key, places):
    """fly(key, place) for each row of `places`, each with a key of its own, in one batch."""
    # BEGIN PROMPT: as many keys as places
    # return jax.vmap(fly)(key, places)
    # BEGIN SOLUTION
    return jax.vmap(fly)(jax.random.split(key, len(places)), places)
    # END SOLUTION


def test_a_batch_needs_a_batch_of_keys():
    """vmap maps a key as it maps any array, and one key has no axis to map.

    To hand one key to all, by `in_axes`, runs: every particle then gets the same noise.
    """

    # HINT: Read the error: which rank has the argument, and which should it have?
    # HINT: An array of keys has an axis. How many keys are needed?
    # HINT: jax.random.split(key, len(places))
    @counted
    def fly(key, place):
        return jnp.sum(place), jax.random.key_data(key)

    seen = set()
    for seed, places in ((61, np.arange(10.0).reshape(5, 2)), (62, -np.arange(9.0).reshape(3, 3))):
        before, key = fly.count, jax.random.key(seed)
        total, used = simulate_all(fly, key, jnp.array(places))

        assert_allclose(total, places.sum(axis=1), rtol=1e-5, err_msg="each row flies once")
        assert fly.count == before + 1, "Python ran fly for each row: vmap does it in one batch"
        keys = names(used)
        assert len(set(keys)) == len(places), f"{len(set(keys))} keys for {len(places)} places"
        assert names(jax.random.key_data(key))[0] not in keys, "one place got the key to be split"
        again = simulate_all(fly, key, jnp.array(places))[1]
        assert names(again) == keys, "the same key again, and other keys for the simulate_all"
        assert not seen & set(keys), "another key, yet the same keys for the simulate_all"
        seen |= set(keys)


def lagrangian(box):
    """Volume minus multiplier * (surface - 24) of box = (x, y, z, multiplier)."""
    x, y, z, multiplier = box
    return x * y * z - multiplier * (2 * (x * y + y * z + z * x) - 24)


def newton(start, steps):
    """`steps` of Newton's method on the gradient; answers with all boxes and their gradients."""

    def step(box, _):
        box = box - jnp.linalg.solve(jax.hessian(lagrangian)(box), jax.grad(lagrangian)(box))
        return box, (box, jax.grad(lagrangian)(box))

    return lax.scan(step, start, length=steps)[1]


def best_box(boxes, slopes):
    """The row (x, y, z, multiplier) of `boxes` with the largest volume x * y * z that is allowed.

    `slopes` holds the gradient of the Lagrangian at each row. Allowed: all four slopes lie between
    -1e-3 and 1e-3, and all three sides are positive. At least one row is allowed.
    """
    # BEGIN PROMPT: compare the volumes of the allowed rows alone
    # BEGIN SOLUTION
    flat = jnp.all(jnp.abs(slopes) < 1e-3, axis=1)
    real = jnp.all(boxes[:, :3] > 0, axis=1)
    volume = jnp.prod(boxes[:, :3], axis=1)
    return boxes[jnp.argmax(jnp.where(flat & real, volume, -jnp.inf))]
    # END SOLUTION


def test_the_best_of_a_hundred_starts_must_satisfy_the_constraint(figure):
    """The largest box with surface 24, by Newton from 100 random starts, all in one batch.

    `jax.random.uniform` draws evenly from `minval` to `maxval`. Some starts run astray, so the
    largest volume of all may be that of a box with another surface, or with negative sides: first
    see which ends satisfy the equations, then compare volumes.
    """
    # HINT: Make a mask of the allowed rows: slopes between -1e-3 and 1e-3, sides above 0.
    # HINT: Give the other rows a volume that cannot win: jnp.where(allowed, volume, ...)
    # HINT: -jnp.inf never wins. jnp.argmax then answers with the number of the best row.
    boxes, slopes = np.ones((2, 100, 4), dtype=np.float32)  # most rows are not allowed
    boxes[:4] = [[30, 20, -3, 9], [3, 1, 2.5, -7], [2, 2, 2, 0.5], [-3, -4, 5, 1]]
    boxes[4:7] = [[9, 9, 9, 2], [30, 20, 25, 9], [np.inf, 2, 2, 1]]
    slopes[:4] = [[0, 0, 0, 5], [0, 0, 0, 0], [9e-4, 0, -9e-4, 0], [0, 0, 0, 0]]
    slopes[4:7] = [[0, -0.5, 0, 0], [0, 0, 0, 9], [np.nan] * 4]
    boxes[7:9], slopes[7:9] = [[9, 9, 9, 2], [1, 1, 2, 9]], [[9, 0, 0, -9], [0, 0, 0, 0]]
    best = best_box(jnp.array(boxes), jnp.array(slopes)).tolist()
    assert best == [2, 2, 2, 0.5], f"{best}: the row with slopes near 0, sides above 0, most volume"
    with jax.disable_jit():  # compiled, a product with a mask may become a where; not so here
        best = best_box(jnp.array(boxes), jnp.array(slopes)).tolist()
    assert best == [2, 2, 2, 0.5], f"{best}: inf * 0 is nan, and argmax picks it: use a where"
    slopes[2, 0] = 0.5  # (2, 2, 2) is no longer allowed
    best = best_box(jnp.array(boxes), jnp.array(slopes)).tolist()
    message = f"{best}: the largest volume that is allowed is now 7.5, whatever the multiplier"
    assert best == [3, 1, 2.5, -7], message

    starts = jax.random.uniform(jax.random.key(0), (100, 4), jnp.float32, minval=-1.0, maxval=3.0)
    boxes, slopes = jax.jit(jax.vmap(lambda start: newton(start, 20)))(starts)
    best = best_box(boxes[:, -1], slopes[:, -1])
    assert_allclose(best, [2, 2, 2, 0.5], rtol=1e-4, err_msg="a cube: surface 24, volume 8")

    @figure("hundred_starts", xlabel="Newton step", ylabel="largest |slope| of L", yscale="log")
    def draw(axes):
        size = np.max(np.abs(slopes), axis=2) + 1e-9
        settled, real = size[:, -1] < 1e-3, np.all(boxes[:, -1, :3] > 0, axis=1)
        kinds = {"box": settled & real, "negative sides": settled & ~real, "astray": ~settled}
        for (label, lanes), look in zip(kinds.items(), ("C0-", "C1--", "C2:"), strict=True):
            for number, lane in enumerate(size[lanes]):
                axes.plot(range(1, 21), lane, look, lw=1, label=None if number else label)


# One key leads to as many independent draws as you need, in loops, states and batches. Next: data
# that is not one array but many, in dicts and lists.
