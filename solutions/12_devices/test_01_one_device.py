"""Which device an array lies on, and what crosses from one to another.

This chapter runs on eight virtual devices, all of them made of your CPU: `jax.devices("cpu")`.
"""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __


def place(model, device):
    """The model, a tree of arrays, with each of them on `device`, to stay there."""
    # BEGIN PROMPT: put the whole tree on the device
    # BEGIN SOLUTION
    return jax.device_put(model, device)
    # END SOLUTION


def test_device_put_commits_an_array_to_a_device():
    """Left alone, an array goes to the first device, and JAX may move it to where it is needed.

    `jax.device_put(x, device)` puts x, an array or a tree of them, where you say, and commits it:
    from then on JAX will not move it. `.committed` says so.
    """
    # HINT: jax.device_put goes into a tree by itself.
    # HINT: return jax.device_put(model, device)
    cpus = jax.devices("cpu")
    model = {"gain": np.array([2.0, -1.0], np.float32), "window": (np.array([3, 4], np.int32), 0.5)}

    for device in (cpus[5], cpus[0], cpus[7]):
        placed = place(model, device)
        assert jax.tree.structure(placed) == jax.tree.structure(model), "the nesting has changed"
        for leaf, was in zip(jax.tree.leaves(placed), jax.tree.leaves(model), strict=True):
            assert isinstance(leaf, jax.Array), f"{leaf!r} is on no device of JAX"
            assert leaf.devices() == {device}, f"wanted {device}, found {leaf.devices()}"
            assert leaf.committed, f"{leaf!r} lies on {device}, uncommitted: JAX may move it"
            assert_allclose(leaf, was, err_msg="only the place changes, not the numbers")
        assert placed["window"][0].dtype == jnp.int32, "the dtype stays"


def test_computation_runs_on_the_device_of_committed_arrays():
    """You do not tell a function where to run: computation follows the data, step by step.

    An array that you did not place is not committed, so it may follow too.
    """
    # HINT: Of `field` and `fresh`, only one has been told where to be.
    # HINT: JAX moves what is free to the array that is bound, and the result stays there, bound.
    # HINT: The blanks, in order: {site}, {site}, {site}, and (True, False).
    site = jax.devices("cpu")[3]
    field = jax.device_put(np.array([1.0, -2.0], np.float32), site)
    fresh = jnp.array([0.5, 4.0], jnp.float32)

    assert jnp.sin(field).devices() == __({site})
    assert (field + fresh).devices() == __({site})
    assert jax.jit(jnp.dot)(fresh, 2 * field).devices() == __({site})
    assert ((field + fresh).committed, fresh.committed) == __((True, False))


def drifted(position, velocity, time):
    """position + time * velocity, on the device of `position`, wherever `velocity` lies."""
    # BEGIN PROMPT: bring both to one device
    # return position + time * velocity
    # BEGIN SOLUTION
    return position + time * jax.device_put(velocity, position.device)
    # END SOLUTION


def test_arrays_committed_to_different_devices_cannot_be_combined():
    """Moving data between devices takes time, so JAX will not do it behind your back.

    `x.device` is the device of an array that lies on one. A detour over the host, as a NumPy array,
    would pass here in silence; the next koan guards against that.
    """
    # HINT: Read the error: it names the devices. Which of the two arrays should move?
    # HINT: device_put takes an array of JAX too, and copies it to another device.
    # HINT: jax.device_put(velocity, position.device)
    cpus = jax.devices("cpu")
    for here, there in [(cpus[1], cpus[6]), (cpus[6], cpus[1]), (cpus[2], cpus[2])]:
        position = jax.device_put(np.array([1.0, -3.0], np.float32), here)
        velocity = jax.device_put(np.array([0.5, 2.0], np.float32), there)
        moved = drifted(position, velocity, 4.0)
        assert isinstance(moved, jax.Array), f"expected a jax.Array, got {type(moved)}"
        assert_allclose(moved, [3.0, 5.0], rtol=1e-5, err_msg="after 4 seconds")
        assert moved.devices() == {here}, f"wanted {here}, found {moved.devices()}"
        assert velocity.devices() == {there}, "device_put copies: the velocity itself stays"


def settle(relax, field, target, turns):
    """`field` after some turns of relax(field, target), guarded; `target` is a NumPy array."""
    # BEGIN PROMPT: send `target` over yourself, once, before the guarded turns
    # with jax.transfer_guard("disallow"):
    #     for _ in range(turns):
    #         field = relax(field, target)
    # return field
    # BEGIN SOLUTION
    target = jax.device_put(target, field.device)
    with jax.transfer_guard("disallow"):
        for _ in range(turns):
            field = relax(field, target)
    return field
    # END SOLUTION


def test_transfer_guard_rejects_implicit_transfers():
    """A NumPy array lies with the host. A compiled function has it sent over, at every call.

    Inside `with jax.transfer_guard("disallow"):` that is an error. What you ask for by
    `jax.device_put` still goes through.
    """
    # HINT: Which of the two arguments of relax does not lie on a device?
    # HINT: device_put, one time, above the guard. jnp.asarray would put it on the first device.
    # HINT: target = jax.device_put(target, field.device)
    seen = []
    compiled = jax.jit(lambda field, target: field + 0.5 * (target - field))

    def relax(field, target):
        seen.append(target)
        with jax.transfer_guard("disallow"):
            return compiled(field, target)

    target = np.array([8.0, -4.0], np.float32)
    for turns, wanted in [(2, [6.0, -2.0]), (3, [7.0, -3.0])]:
        seen.clear()
        field = jax.device_put(np.array([0.0, 4.0], np.float32), jax.devices("cpu")[turns])
        settled = settle(relax, field, target, turns)
        message = f"after {turns} turns, not one more or less"
        assert_allclose(settled, wanted, rtol=1e-5, err_msg=message)
        assert len(seen) == turns, f"relax was called {len(seen)} times in {turns} turns"
        once = all(given is seen[0] for given in seen)
        assert once, "each turn brought a target of its own: send it over once, before the turns"


# Arrays stay where you put them, and nothing crosses without your knowledge.
# Next: one array that lies on all eight devices.
