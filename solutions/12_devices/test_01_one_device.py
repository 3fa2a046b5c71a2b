"""Which device an array is on, what JAX transfers, and the precision of matrix products.

This chapter uses eight virtual devices, all on your CPU: `jax.devices("cpu")`.
"""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __


def place(model, device):
    """Return the pytree `model` with every leaf as a jax.Array committed to `device`."""
    # BEGIN PROMPT: put the whole pytree on the device
    # BEGIN SOLUTION
    return jax.device_put(model, device)
    # END SOLUTION


def test_device_put_commits_an_array_to_a_device():
    """`jax.device_put(x, device)` puts x, an array or a pytree of arrays, on a device.

    It also commits the arrays to this device: JAX will not move them to another one. Other new
    arrays are on the first device and uncommitted: JAX may move them. `x.committed` is True if x is
    committed.
    """
    # HINT: jax.device_put handles a whole pytree in one call.
    # HINT: return jax.device_put(model, device)
    cpus = jax.devices("cpu")
    model = {"gain": np.array([2.0, -1.0], np.float32), "window": (np.array([3, 4], np.int32), 0.5)}

    for device in (cpus[5], cpus[0], cpus[7]):
        placed = place(model, device)
        structure, expected = jax.tree.structure(placed), jax.tree.structure(model)
        assert structure == expected, f"expected the structure {expected}, got {structure}"
        for leaf, original in zip(jax.tree.leaves(placed), jax.tree.leaves(model), strict=True):
            assert isinstance(leaf, jax.Array), f"expected a jax.Array, got {leaf!r}"
            only = {device}
            assert leaf.devices() == only, f"expected devices {only}, got {leaf.devices()}"
            assert leaf.committed, f"expected {leaf!r} to be committed to {device}"
            assert leaf.shape == np.shape(original), f"expected {original}, got {leaf}"
            assert_allclose(leaf, original, err_msg="expected the values of the model")
        dtypes = placed["gain"].dtype, placed["window"][0].dtype
        assert dtypes == (np.float32, np.int32), f"expected float32 and int32, got {dtypes}"


def test_computation_runs_on_the_device_of_committed_arrays():
    """A function runs on the device of its arguments. You place data, not functions.

    If one argument is committed and another is not, JAX copies the uncommitted one to the device of
    the other. The result is then committed too. `x.device.id` is the number of the device of x.
    """
    # HINT: `field` is committed to device 3. Is `fresh` committed?
    # HINT: JAX copies `fresh` to device 3, and each result is there. `fresh` does not change.
    # HINT: The first three blanks are 3, then True and False.
    field = jax.device_put(np.array([1.0, -2.0], np.float32), jax.devices("cpu")[3])
    fresh = jax.device_put(np.array([0.5, 4.0], np.float32))  # no device: not committed

    assert jnp.sin(field).device.id == __(3)
    # WHY: The only argument is committed to device 3, so the function runs there.
    # IF 0: Device 0 is the default for new arrays. A function runs where its arguments are.
    # IF 'cpu:3': `device.id` is an int, not the name of the device.
    assert (field + fresh).device.id == __(3)
    # WHY: `fresh` is not committed, so JAX copies it to the device of `field`.
    # IF 0: `field` is committed to device 3, so JAX does not move it to device 0.
    # IF ValueError: JAX raises ValueError only if both arrays are committed.
    assert jax.jit(jnp.dot)(fresh, 2 * field).device.id == __(3)
    # WHY: `2 * field` is committed to device 3. The order of the arguments does not matter.
    # IF 0: The first argument, `fresh`, is not committed, so JAX copies it to device 3.
    assert (field + fresh).committed is __(True)
    # WHY: A result is committed if any of its arguments is.
    # IF False: `field` is committed, so the result is committed too.
    assert fresh.committed is __(False)
    # WHY: `fresh` was created without a device, and using it does not commit it.
    # IF True: JAX copies `fresh` for the addition. `fresh` itself stays uncommitted.


def drifted(position, velocity, time):
    """Return position + time * velocity, on the device of `position`, a jax.Array.

    Both arrays are committed, each to one device. `time` is a float.
    """
    # BEGIN PROMPT: copy one of the arrays to the device of the other
    # return position + time * velocity
    # BEGIN SOLUTION
    return position + time * jax.device_put(velocity, position.device)
    # END SOLUTION


def test_arrays_committed_to_different_devices_cannot_be_combined():
    """JAX raises ValueError for arguments that are committed to different devices.

    A transfer takes time, so you must request it. `x.device` is the device that x is on.
    """
    # HINT: The error message names both devices. On which one must the result be?
    # HINT: jax.device_put also copies a jax.Array from one device to another.
    # HINT: jax.device_put(velocity, position.device)
    cpus = jax.devices("cpu")
    cases = (
        (cpus[1], cpus[6], 4.0, [3.0, 5.0]),
        (cpus[6], cpus[1], 2.0, [2.0, 1.0]),
        (cpus[2], cpus[2], 0.0, [1.0, -3.0]),
    )
    for here, there, time, expected in cases:
        position = jax.device_put(np.array([1.0, -3.0], np.float32), here)
        velocity = jax.device_put(np.array([0.5, 2.0], np.float32), there)
        result = drifted(position, velocity, time)
        assert isinstance(result, jax.Array), f"expected a jax.Array, got {type(result)}"
        message = f"time {time}: expected {expected}, got {result}"
        assert_allclose(result, expected, rtol=1e-5, err_msg=message)
        message = f"position on {here}, velocity on {there}: expected the result on {here}"
        assert result.device == here, f"{message}, got {result.device}"


def settle(relax, field, target, steps):
    """Return `field` after `steps` iterations of field = relax(field, target).

    `field` is a jax.Array, committed to one device. `target` is a NumPy array.
    """
    # BEGIN PROMPT: transfer `target` to the device of `field` once, before the loop
    # for _ in range(steps):
    #     field = relax(field, target)
    # return field
    # BEGIN SOLUTION
    target = jax.device_put(target, field.device)
    for _ in range(steps):
        field = relax(field, target)
    return field
    # END SOLUTION


def test_transfer_guard_rejects_implicit_transfers():
    """A jitted function transfers a NumPy argument to its device at every call, silently.

    Inside `with jax.transfer_guard("disallow"):` such an implicit transfer raises an error. An
    explicit transfer with `jax.device_put` is allowed.
    """
    # HINT: Which of the two arguments of relax is not on a device?
    # HINT: Use jax.device_put once, before the loop. jnp.asarray would use the first device.
    # HINT: target = jax.device_put(target, field.device)
    targets = []
    compiled = jax.jit(lambda field, target: field + 0.5 * (target - field))

    def relax(field, target):
        targets.append(target)
        with jax.transfer_guard("disallow"):
            return compiled(field, target)

    target = np.array([8.0, -4.0], np.float32)
    for steps, expected in [(2, [6.0, -2.0]), (3, [7.0, -3.0]), (0, [0.0, 4.0])]:
        targets.clear()
        field = jax.device_put(np.array([0.0, 4.0], np.float32), jax.devices("cpu")[steps])
        result = settle(relax, field, target, steps)
        message = f"steps = {steps}: expected {expected}, got {result}"
        assert_allclose(result, expected, rtol=1e-5, err_msg=message)
        message = f"expected {steps} calls of relax for {steps} steps, got {len(targets)}"
        assert len(targets) == steps, message
        copies = len({id(each) for each in targets})
        assert copies <= 1, f"expected one copy of target for {steps} steps, got {copies}"


def overlap(modes):
    """Return modes @ modes.T at full float32 precision, whatever the default precision is.

    `modes` is a float32 array of shape (n, points). The result has shape (n, n).
    """
    # BEGIN PROMPT: request the precision "highest" for this product
    # return modes @ modes.T
    # BEGIN SOLUTION
    return jnp.matmul(modes, modes.T, precision="highest")
    # END SOLUTION


def test_a_matrix_product_has_a_precision():
    """On a GPU or TPU, JAX may by default round the float32 inputs of a matrix product.

    `jnp.matmul(a, b, precision="highest")` requests full float32 precision, and
    `with jax.default_matmul_precision("highest"):` requests it for all products traced inside. The
    jaxpr records the precision on every device, also on a CPU, which rounds no inputs.
    """
    # HINT: The operator @ takes no arguments. Which function takes the argument `precision`?
    # HINT: Or keep the operator, inside `with jax.default_matmul_precision(...)`.
    # HINT: jnp.matmul(modes, modes.T, precision="highest")
    modes = np.sin(np.outer([1.0, 2.0, 5.0], np.linspace(0.0, 3.0, 16))).astype(np.float32)
    exact = modes.astype(np.float64) @ modes.astype(np.float64).T

    with jax.default_matmul_precision("default"):
        jaxpr = str(jax.make_jaxpr(overlap)(jnp.asarray(modes)))
        result = overlap(jnp.asarray(modes))
    assert_allclose(
        result, np.float32(exact), rtol=1e-5, atol=1e-5, strict=True, err_msg="modes @ modes.T"
    )
    full = ("(Precision.HIGHEST, Precision.HIGHEST)", "F32_F32_F32")
    message = f"expected only Precision.HIGHEST in the jaxpr, got {jaxpr}"
    assert all(value.startswith(full) for value in jaxpr.split("precision=")[1:]), message


# You now know where your arrays are, and what moves them.
# Next: one array on eight devices.
