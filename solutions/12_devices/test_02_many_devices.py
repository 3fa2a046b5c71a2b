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
    # BEGIN PROMPT: split axis 0 of the table over the mesh, and do not split axis 1
    # BEGIN SOLUTION
    return jax.device_put(table, NamedSharding(mesh, PartitionSpec("x")))
    # END SOLUTION


def test_a_sharded_array_is_one_array_on_many_devices():
    """`jax.device_put(x, sharding)` distributes one array over the devices of a mesh.

    `NamedSharding(mesh, PartitionSpec(...))` is a sharding. The PartitionSpec has one entry per
    axis of x: the name of a mesh axis, or None for an axis that is not split. Missing entries are
    None. Each device then computes with its own shard.
    """
    # HINT: Axis 0 of the table is the rows. The mesh axis is called "x".
    # HINT: PartitionSpec("x") splits axis 0 over "x", and does not split axis 1.
    # HINT: jax.device_put(table, NamedSharding(mesh, PartitionSpec("x")))
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
    # HINT: Find the shape first, as in NumPy. Then find the axis that contains the 8 rows.
    # HINT: Write @x after the length of the split axis. A sum over this axis removes it.
    # HINT: "float32[3,8@x]", "float32[8@x]" and "float32[3]"; with Auto "float32[8]".
    rows = np.ones((8, 3), dtype=np.float32)
    split = jax.device_put(rows, NamedSharding(line(8, AxisType.Explicit), PartitionSpec("x")))

    assert str(jax.typeof(split)) == "float32[8@x,3]"
    assert str(jax.typeof(2 * split.T)) == __("float32[3,8@x]")
    # WHY: The transpose moves the split axis to position 1.
    # IF "float32[3@x,8]": The axis of length 8 is the split one. It keeps its sharding.
    # IF "float32[8@x,3]": This is the type of `split`. The transpose has shape (3, 8).
    # IF "float32[3,8]": With explicit axes the result keeps the sharding of its operand.
    # IF "float32[3, 8@x]": The type is printed without spaces.
    assert str(jax.typeof(jnp.sum(split, axis=1))) == __("float32[8@x]")
    # WHY: The sum removes axis 1. Axis 0 keeps its sharding.
    # IF "float32[8]": With explicit axes, axis 0 keeps its sharding.
    # IF "float32[8@x,3]": The sum removes axis 1.
    # IF "float32[3]": This is the type of the sum over axis 0.
    assert str(jax.typeof(jnp.sum(split, axis=0))) == __("float32[3]")
    # WHY: The sum removes axis 0, the split one, so the result is not split.
    # IF "float32[3@x]": Axis 1 was not split, and it stays so.
    # IF "float32[8@x]": This is the type of the sum over axis 1.

    automatic = jax.device_put(rows, NamedSharding(line(8), PartitionSpec("x")))
    assert str(jax.typeof(jnp.sum(automatic, axis=1))) == __("float32[8]")
    # WHY: With AxisType.Auto the type does not show the sharding.
    # IF "float32[8@x]": This is the type with AxisType.Explicit. `line(8)` uses AxisType.Auto.
    # IF "float64[8]": The dtype of `rows` is float32.


def occupation(weigh, energy, mesh):
    """Return weigh(energy) divided by its sum: the probability of each state, shape (states,).

    `energy` has shape (states,). Each device of the mesh calls `weigh` on its own shard only, and
    the devices add up the sums of their shards.
    """
    # BEGIN PROMPT: write the function of one shard, and map it over the mesh
    # BEGIN SOLUTION

    def shard(energy):
        weight = weigh(energy)
        return weight / lax.psum(jnp.sum(weight), "x")

    states = PartitionSpec("x")
    return jax.shard_map(shard, mesh=mesh, in_specs=states, out_specs=states)(energy)
    # END SOLUTION


def test_shard_map_runs_per_device_code_and_psum_adds_over_devices():
    """`jax.shard_map(f, mesh=..., in_specs=..., out_specs=...)` returns a function that runs f on
    every device.

    f gets one shard of each argument and returns one shard of the result. The specs are
    PartitionSpecs of the arguments and the result. Inside f, `lax.psum(v, "x")` returns the sum of
    the values v of all devices along "x".
    """
    # HINT: Write a function of one shard of the energies. Which sum needs the other devices?
    # HINT: The sum over all states is lax.psum(jnp.sum(weight), "x"), equal on every device.
    # HINT: Both specs are PartitionSpec("x"). Call the function that shard_map returns.
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
