"""One array in pieces on many devices, and one program that works on all of them at once.

A mesh is a grid of devices whose axes have names. `line(count)` below makes one of a single row.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax.sharding import AxisType, NamedSharding, PartitionSpec
from numpy.testing import assert_allclose

from jax_koans import __, primitives


def line(count, kind=AxisType.Auto):
    """The first `count` virtual CPU devices in a row, along an axis that is called "x".

    With `Auto` the compiler decides how intermediate results are split.
    """
    cpus = jax.devices("cpu")[:count]
    return jax.make_mesh((count,), ("x",), axis_types=(kind,), devices=cpus)


def shard_rows(table, mesh):
    """The table as one array whose rows are shared out over the axis "x" of the mesh."""
    # BEGIN PROMPT: each device gets its share of the rows, and whole rows
    # BEGIN SOLUTION
    return jax.device_put(table, NamedSharding(mesh, PartitionSpec("x")))
    # END SOLUTION


def test_a_sharded_array_is_one_array_on_many_devices():
    """device_put takes a sharding in place of a device: who holds which part of the array.

    `NamedSharding(mesh, PartitionSpec(...))` is one. A PartitionSpec has an entry for each axis of
    the array: the mesh axis that it is split over, or None; entries left out are None.
    """
    # HINT: Axis 0 of the table runs over its rows, and the mesh axis is called "x".
    # HINT: NamedSharding(mesh, PartitionSpec("x")) splits axis 0 and leaves axis 1 whole.
    # HINT: jax.device_put(table, NamedSharding(mesh, PartitionSpec("x")))
    table = np.arange(48, dtype=np.float32).reshape(16, 3) - 20

    for count in (8, 4):
        mesh, share = line(count), 16 // count
        shared = shard_rows(table, mesh)
        assert isinstance(shared, jax.Array), f"expected one jax.Array, got {type(shared)}"
        assert_allclose(shared, table, strict=True, err_msg="to you it is still one table")
        # The pieces of the table, and of what is computed from it; each piece has a device.
        for result, wanted in [(shared, table), (2 * shared[:, 0], 2 * table[:, 0])]:
            pieces = {piece.device: piece.data for piece in result.addressable_shards}
            for k, device in enumerate(jax.devices("cpu")[:count]):
                assert device in pieces, f"{device} has no piece; only {set(pieces)} have"
                rows = wanted[k * share : (k + 1) * share]
                held = f"{device} holds {len(pieces[device])} rows, wanted {share}, whole"
                why = f"{held}; an axis whose entry names no axis of the mesh is not split"
                assert pieces[device].shape == rows.shape, why
                assert_allclose(pieces[device], rows, err_msg=f"the rows of {device}")


def test_with_explicit_axes_the_sharding_is_part_of_the_type():
    """With `AxisType.Explicit` JAX works out how each result is split as it works out its shape,
    while tracing, and refuses where it would have to guess. With `Auto` no type tells: the compiler
    decides later. `jax.typeof(x)` is the type of an array or of a tracer.
    """
    # HINT: In a type, the length of a split axis is followed by @ and the name of the mesh axis.
    # HINT: Work out the shape as in NumPy. Which axis of it runs over the eight rows, if any does?
    # HINT: With Explicit: "float32[3,8@x]", then "float32[8@x]" and "float32[3]". With Auto:
    #   "float32[8]" and "float32[8,8]".
    rows = np.ones((8, 3), dtype=np.float32)
    split = jax.device_put(rows, NamedSharding(line(8, AxisType.Explicit), PartitionSpec("x")))

    assert str(jax.typeof(split)) == "float32[8@x,3]"
    assert str(jax.typeof(2 * split.T)) == __("float32[3,8@x]")
    assert str(jax.typeof(jnp.sum(split, axis=1))) == __("float32[8@x]")
    assert str(jax.typeof(jnp.sum(split, axis=0))) == __("float32[3]")

    # Both axes of this product run over the rows, and "x" can split only one of them: which?
    with pytest.raises(Exception) as met:
        split @ split.T
    assert met.type is not TypeError  # which would say that the lengths do not fit

    automatic = jax.device_put(rows, NamedSharding(line(8), PartitionSpec("x")))
    assert str(jax.typeof(jnp.sum(automatic, axis=1))) == __("float32[8]")
    assert str(jax.typeof(automatic @ automatic.T)) == __("float32[8,8]")


def occupation(weigh, energy, mesh):
    """weigh(energy) divided by its sum over all states: how likely each state is.

    Each device of the mesh weighs the states that it holds, and no others. The sums of the pieces
    are added up among the devices.
    """
    # BEGIN PROMPT: write what one device does with its piece, and map it over the mesh
    # BEGIN SOLUTION

    def piece(energy):
        weight = weigh(energy)
        return weight / lax.psum(jnp.sum(weight), "x")

    states = PartitionSpec("x")
    return jax.shard_map(piece, mesh=mesh, in_specs=states, out_specs=states)(energy)
    # END SOLUTION


def test_shard_map_runs_per_device_code_and_psum_adds_over_devices():
    """`jax.shard_map(f, mesh=..., in_specs=..., out_specs=...)` runs f on every device at once.

    f sees one piece; the specs, each a PartitionSpec, say how arguments are split and results put
    together. Inside f, `lax.psum(value, "x")` is the sum of the devices' values along "x".
    """
    # HINT: Write a function of a piece of the energies. What does it need from the other devices?
    # HINT: The total weight is lax.psum(jnp.sum(weight), "x"), the same on every device.
    # HINT: Both specs are PartitionSpec("x"). shard_map makes a function: call it with the energy.
    energy = np.linspace(-1.0, 2.0, 16, dtype=np.float32)
    wanted = np.exp(-energy) / np.exp(-energy).sum()

    for count in (8, 2):
        mesh, seen = line(count), []

        def weigh(energy, seen=seen):
            seen.append(energy.shape)
            return jnp.exp(-energy)

        found = occupation(weigh, energy, mesh)
        message = f"{count} devices: each weight, divided by the sum over all the pieces"
        assert_allclose(found, wanted, rtol=1e-5, err_msg=message)
        one = (16 // count,)
        assert set(seen) == {one}, f"weigh saw shapes {seen}; a device has a piece of {one}"
        assert len(found.devices()) == count, f"it lies on {found.devices()}, wanted {count}"
        used = primitives(lambda energy, mesh=mesh: occupation(weigh, energy, mesh), energy)
        assert "shard_map" in used, f"no shard_map in the trace, only {sorted(used)}"
        talk = {name for name in used if name.startswith(("psum", "all_gather"))}
        assert talk, f"nothing passes between the devices: {sorted(used)} holds no psum"


# The same lines serve one device or many: you say how the data is split, and JAX does the rest.
# Next, in chapter 13: whole problems, with all that you have learnt.
