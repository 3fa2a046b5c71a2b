"""One array on many devices, and functions that run on all of them.

A mesh is a grid of devices with named axes. `line(count)` below makes a mesh with one axis, "x".
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import AxisType, NamedSharding, PartitionSpec
from numpy.testing import assert_allclose

from jax_koans import __, primitives


def line(count, kind=AxisType.Auto):
    """Return a mesh of the first `count` virtual CPU devices, with the single axis "x".

    With `AxisType.Auto`, the compiler decides how intermediate values are sharded.
    """
    cpus = jax.devices("cpu")[:count]
    return jax.make_mesh((count,), ("x",), axis_types=(kind,), devices=cpus)


def shard_rows(table, mesh):
    """Return the table as one jax.Array whose rows are split over the mesh axis "x".

    Each device holds len(table) // mesh.size whole rows, in order.
    """
    # TODO: split axis 0 of the table over the mesh, and do not split axis 1
    raise NotImplementedError


def test_a_sharded_array_is_one_array_on_many_devices():
    """`jax.device_put(x, sharding)` distributes one array over the devices of a mesh.

    `NamedSharding(mesh, PartitionSpec(...))` is a sharding. The PartitionSpec has one entry per
    axis of x: the name of a mesh axis, or None for an axis that is not split. Missing entries are
    None. Each device then computes with its own shard.
    """
    table = np.arange(48, dtype=np.float32).reshape(16, 3) - 20

    for count in (8, 4):
        mesh, share = line(count), 16 // count
        sharded = shard_rows(table, mesh)
        assert isinstance(sharded, jax.Array), f"expected one jax.Array, got {type(sharded)}"
        assert_allclose(sharded, table, strict=True, err_msg="expected the values of the table")
        # The shards of the table, and of a value computed from it.
        for result, expected in [(sharded, table), (2 * sharded[:, 0], 2 * table[:, 0])]:
            shards = {shard.device: shard.data for shard in result.addressable_shards}
            for k, device in enumerate(jax.devices("cpu")[:count]):
                assert device in shards, f"expected a shard on {device}, got {set(shards)}"
                rows = expected[k * share : (k + 1) * share]
                got = shards[device].shape
                message = f"{device}: expected a shard of shape {rows.shape}, got {got}"
                assert got == rows.shape, message
                assert_allclose(shards[device], rows, err_msg=f"the rows on {device}")


def test_with_explicit_axes_the_sharding_is_part_of_the_type():
    """With `AxisType.Explicit`, JAX infers the sharding of each result while it traces.

    The sharding is then part of the array's type, as its shape is. `jax.typeof(x)` returns the
    type of an array or a tracer: in "float32[8@x,3]", axis 0 has length 8 and is split over the
    mesh axis "x". With `AxisType.Auto` the type does not show the sharding.
    """
    rows = np.ones((8, 3), dtype=np.float32)
    split = jax.device_put(rows, NamedSharding(line(8, AxisType.Explicit), PartitionSpec("x")))

    assert str(jax.typeof(split)) == "float32[8@x,3]"
    assert str(jax.typeof(2 * split.T)) == __
    assert str(jax.typeof(jnp.sum(split, axis=1))) == __
    assert str(jax.typeof(jnp.sum(split, axis=0))) == __

    automatic = jax.device_put(rows, NamedSharding(line(8), PartitionSpec("x")))
    assert str(jax.typeof(jnp.sum(automatic, axis=1))) == __


def occupation(weigh, energy, mesh):
    """Return weigh(energy) divided by its sum: the probability of each state, shape (states,).

    `energy` has shape (states,). Each device of the mesh calls `weigh` on its own shard only, and
    the devices add up the sums of their shards.
    """
    # TODO: write the function of one shard, and map it over the mesh
    raise NotImplementedError


def test_shard_map_runs_per_device_code_and_psum_adds_over_devices():
    """`jax.shard_map(f, mesh=..., in_specs=..., out_specs=...)` returns a function that runs f on
    every device.

    f gets one shard of each argument and returns one shard of the result. The specs are
    PartitionSpecs of the arguments and the result. Inside f, `lax.psum(v, "x")` returns the sum of
    the values v of all devices along "x".
    """
    energy = np.linspace(-1.0, 2.0, 16, dtype=np.float32)
    expected = np.exp(-energy) / np.exp(-energy).sum()

    for count in (8, 2):
        mesh, shapes = line(count), []

        def weigh(energy, shapes=shapes):
            shapes.append(energy.shape)
            return jnp.exp(-energy)

        result = occupation(weigh, energy, mesh)
        assert isinstance(result, jax.Array), f"expected a jax.Array, got {type(result)}"
        assert result.shape == (16,), f"expected shape (16,), got {result.shape}"
        message = f"{count} devices: expected probabilities with the sum 1, got {jnp.sum(result)}"
        assert_allclose(jnp.sum(result), 1.0, rtol=1e-5, err_msg=message)
        message = f"{count} devices: expected {expected}, got {result}"
        assert_allclose(result, expected, rtol=1e-5, err_msg=message)
        shard = (16 // count,)
        message = f"{count} devices: expected weigh to get shards of shape {shard}, got {shapes}"
        assert set(shapes) == {shard}, message
        message = f"expected the result on {count} devices, got {result.devices()}"
        assert len(result.devices()) == count, message
        used = primitives(lambda energy, mesh=mesh: occupation(weigh, energy, mesh), energy)
        assert "shard_map" in used, f"expected a shard_map in the jaxpr, got {sorted(used)}"
        sums = {name for name in used if name.startswith(("psum", "all_gather"))}
        assert sums, f"expected a psum (or all_gather) in the jaxpr, got {sorted(used)}"


# The same code runs on one device or on many: you choose how its data is distributed.
# Next, in chapter 13: whole problems.
