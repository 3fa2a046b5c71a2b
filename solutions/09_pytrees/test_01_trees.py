"""Nested dicts, lists and tuples of arrays are pytrees; jax.tree has functions for all leaves."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __


def test_an_array_is_one_leaf_and_none_is_no_leaf():
    """A pytree is a nest of containers, and `jax.tree.leaves(tree)` lists its leaves.

    Dicts, lists and tuples are containers, and None counts as an empty container. An object of
    another type, such as an array, a number or a string, is one leaf.
    """
    # HINT: Go through the containers and count the objects that are no containers.
    # HINT: An array of any shape is one leaf.
    measurement = {"time": 0.5, "field": jnp.ones((2, 3)), "noise": None}
    assert len(jax.tree.leaves(measurement)) == __(2)
    # WHY: The number and the array are leaves; None has no leaves.
    # IF 3: 3 is the number of keys. None has no leaves.
    # IF 7: The array is one leaf, not six.
    # IF 8: The array is one leaf, not six, and None has no leaves.
    # IF 1: A Python number is a leaf, like an array.

    scan = [(1.0, 2.0), [], "volts", {"range": None}]
    assert len(jax.tree.leaves(scan)) == __(3)
    # WHY: The two numbers and the string are leaves; the empty list and None have no leaves.
    # IF 4: 4 is the length of the outer list; leaves are counted inside its elements.
    # IF 2: The string is a leaf too, like a number.
    # IF 5: An empty list and None are containers without leaves.


def test_leaves_follow_the_sorted_keys_of_a_dict():
    """`jax.tree.leaves` lists the leaves of a dict in the order of its sorted keys.

    So equal dicts give equal lists of leaves, in whatever order their keys were inserted. A list
    or a tuple keeps its order.
    """
    # HINT: The sorted keys are "axle", "gears", "power".
    # HINT: The keys are sorted, not the values.
    gearbox = {"power": 90.0, "gears": [3.5, 2.0], "axle": 1.5}

    assert jax.tree.leaves(gearbox) == __([1.5, 3.5, 2.0, 90.0])
    # WHY: The sorted keys are "axle", "gears", "power"; the list [3.5, 2.0] keeps its order.
    # IF [90.0, 3.5, 2.0, 1.5]: This is the order in which the keys were inserted.
    # IF [1.5, 2.0, 3.5, 90.0]: The keys are sorted, not the values; a list keeps its order.
    # IF [1.5, [3.5, 2.0], 90.0]: A list is a container; its two elements are the leaves.
    # IF (1.5, 3.5, 2.0, 90.0): `jax.tree.leaves` returns a list, and a list never equals a tuple.
    assert jax.tree.leaves([{"b": 1, "a": 2}, (4, 3)]) == __([2, 1, 4, 3])
    # WHY: The keys of the dict are sorted, "a" before "b"; the tuple keeps its order.
    # IF [1, 2, 4, 3]: The leaf of key "a" comes before the leaf of key "b".
    # IF [1, 2, 3, 4]: The keys of the dict are sorted, not the values; a tuple keeps its order.
    # IF [2, 1, 3, 4]: A tuple keeps its order.
    # IF [[2, 1], [4, 3]]: All leaves are in one list, without the containers.
    # IF [{"b": 1, "a": 2}, 4, 3]: A dict is a container; its two values are the leaves.
    # IF (2, 1, 4, 3): `jax.tree.leaves` returns a list, and a list never equals a tuple.


def updated(parameters, gradients, rate):
    """Return parameter - rate * gradient for each leaf, in the structure of `parameters`.

    `parameters` is any pytree of arrays, and `gradients` has the same structure.
    """
    # BEGIN PROMPT: use one call that works for every structure
    # BEGIN SOLUTION
    return jax.tree.map(lambda p, g: p - rate * g, parameters, gradients)
    # END SOLUTION


def test_tree_map_applies_a_function_to_every_leaf():
    """`jax.tree.map(f, tree)` returns a pytree of the same structure with f(leaf) at each leaf.

    `jax.tree.map(f, tree, other)` calls f with a leaf of `tree` and the corresponding leaf of
    `other`. `jax.tree.leaves(tree)` lists the leaves, here arrays. `jax.tree.structure(tree)`
    returns the structure: the containers and their keys, without the leaves.
    """
    # HINT: Which function returns one new parameter for one parameter and one gradient?
    # HINT: The function has two parameters, so tree.map needs two trees.
    # HINT: jax.tree.map(lambda p, g: ..., parameters, gradients)
    spring = {"stiffness": jnp.array([4.0, -2.0]), "length": jnp.array(1.0)}
    gradients = {"length": jnp.array(-2.0), "stiffness": jnp.array([0.0, 6.0])}
    truss = [{"load": jnp.array([[1.0, 2.0]])}, (jnp.array(3.0), [jnp.array([5.0])])]

    for parameters, gradient, rate in [(spring, gradients, 0.5), (truss, truss, 3.0)]:
        before = jax.tree.leaves(parameters)
        got = updated(parameters, gradient, rate)
        expected = jax.tree.structure(parameters)
        message = f"expected the structure {expected}, got {jax.tree.structure(got)}"
        assert jax.tree.structure(got) == expected, message
        after = jax.tree.leaves(got)
        for p, g, new in zip(before, jax.tree.leaves(gradient), after, strict=True):
            message = f"expected parameter - {rate} * gradient: parameter {p}, gradient {g}"
            assert_allclose(new, p - rate * g, rtol=1e-5, strict=True, err_msg=message)


def descend(gradient, position, steps):
    """Return the position after `steps` steps of gradient descent with momentum.

    In each step, velocity = 0.5 * velocity - 0.1 * gradient(position), and the velocity is added to
    the position. The velocity is 0 before the first step. `position` is any pytree of arrays, and
    gradient(position) has the same structure.
    """
    # BEGIN PROMPT: start with a velocity that has the structure of `position`
    # velocity = 0.0
    # BEGIN SOLUTION
    velocity = jax.tree.map(jnp.zeros_like, position)
    # END SOLUTION
    for _ in range(steps):
        slope = gradient(position)
        velocity = jax.tree.map(lambda g, v: 0.5 * v - 0.1 * g, slope, velocity)
        position = jax.tree.map(jnp.add, position, velocity)
    return position


def test_the_first_tree_of_tree_map_is_a_prefix_of_the_others():
    """`jax.tree.map(f, tree, *rest)` requires that the structure of `tree` is a prefix of the rest.

    That is, where `tree` has a container, each tree of `rest` has the same container with the same
    keys or length. A scalar is not broadcast to a dict: the mismatch raises ValueError.
    """
    # HINT: Read the error. What are the structures of the first tree, `slope`, and of `velocity`?
    # HINT: The velocity needs the structure of the position, with zeros as leaves.
    # HINT: jnp.zeros_like(x) returns zeros in the shape of x. Map it over the position.
    glider = {"height": jnp.array([1.0, -2.0]), "tilt": [jnp.array(10.0)]}
    pair = (jnp.array(1.0), jnp.array([[5.0, -1.0]]))

    def double(tree):
        return jax.tree.map(lambda x: 2.0 * x, tree)

    for position, steps, factor in [(glider, 3, 0.302), (pair, 1, 0.8), (pair, 0, 1.0)]:
        got = descend(double, position, steps)
        expected = jax.tree.structure(position)
        message = f"expected the structure {expected}, got {jax.tree.structure(got)}"
        assert jax.tree.structure(got) == expected, message
        for x, new in zip(jax.tree.leaves(position), jax.tree.leaves(got), strict=True):
            message = f"the leaf that starts at {x}, after {steps} steps from velocity 0"
            assert_allclose(new, factor * x, rtol=1e-5, strict=True, err_msg=message)


def zeros_for(shapes):
    """Return a pytree like `shapes`, with an array of zeros in place of each shape.

    `shapes` nests dicts and lists; a shape is a tuple of ints.
    """
    # BEGIN PROMPT: make tree.map call jnp.zeros with a whole shape
    # return jax.tree.map(jnp.zeros, shapes)
    # BEGIN SOLUTION
    return jax.tree.map(jnp.zeros, shapes, is_leaf=lambda node: isinstance(node, tuple))
    # END SOLUTION


def test_is_leaf_makes_tree_map_stop_at_a_tuple():
    """A tuple is a container, so tree.map calls its function with each int of a shape.

    `jax.tree.map(f, tree, is_leaf=test)` calls test for each container and leaf. Where it returns
    True, f gets the whole object.
    """
    # HINT: Print zeros_for({"weight": (3, 2)}): jnp.zeros was called with 3, and then with 2.
    # HINT: `is_leaf` is a function of one object, and returns whether this object is a shape.
    # HINT: is_leaf=lambda node: isinstance(node, tuple)
    layer = {"weight": (3, 2), "bias": (2,), "scale": ()}
    zeros = zeros_for(layer)
    for name, shape in layer.items():
        got = zeros[name]
        assert isinstance(got, jax.Array), f"{name}: expected one array of shape {shape}, got {got}"
        assert got.shape == shape, f"{name}: expected shape {shape}, got {got.shape}"
        assert not got.any(), f"{name}: expected zeros, got {got}"
    nested = zeros_for([{"field": (1, 4)}, (5,), [(2, 3)]])
    zeros = {(1, 4): nested[0]["field"], (5,): nested[1], (2, 3): nested[2][0]}
    for shape, got in zeros.items():
        message = f"a shape in a list: expected one array of shape {shape}, got {got}"
        assert isinstance(got, jax.Array), message
        assert got.shape == shape, message


def same(tree, other):
    """Return True if two pytrees of arrays are equal, else False.

    They are equal if their structures are equal and if corresponding leaves have the same shape and
    the same elements.
    """
    # BEGIN PROMPT: compare the structures, then the leaves
    # return tree == other
    # BEGIN SOLUTION
    if jax.tree.structure(tree) != jax.tree.structure(other):
        return False
    leaves = zip(jax.tree.leaves(tree), jax.tree.leaves(other), strict=True)
    return all(jnp.array_equal(x, y) for x, y in leaves)
    # END SOLUTION


def test_pytrees_are_compared_by_structure_and_by_leaves():
    """`==` of two dicts or lists of arrays uses the truth value of x == y for each pair of arrays.

    An array of several elements has no truth value, so `==` raises ValueError. Arrays of one
    element count as equal even if their shapes differ. So compare the structures with `==`, and
    then each pair of leaves with `jnp.array_equal(x, y)`, which is true if shapes and elements are
    equal.
    """
    # HINT: jax.tree.structure(tree) == jax.tree.structure(other) is True or False.
    # HINT: If the structures are equal, both trees have equally many leaves, in the same order.
    # HINT: Compare the leaves of jax.tree.leaves pairwise, and combine the results with all(...).
    x, y = jnp.array([1.0, 2.0]), jnp.array(3.0)
    sensor = {"gain": [x, y], "offset": None}

    for difference, other, expected in [
        ("a copy", {"gain": [x + 0.0, y + 0.0], "offset": None}, True),
        ("another order of the keys", {"offset": None, "gain": [x, y]}, True),
        ("the same object", sensor, True),
        ("another element", {"gain": [jnp.array([1.0, 5.0]), y], "offset": None}, False),
        ("0.00001 in one element", {"gain": [jnp.array([1.0, 2.00001]), y], "offset": None}, False),
        ("another last leaf", {"gain": [x, y + 1.0], "offset": None}, False),
        ("shape (1,) for ()", {"gain": [x, jnp.array([3.0])], "offset": None}, False),
        ("shape (3,) for (2,)", {"gain": [jnp.ones(3), y], "offset": None}, False),
        ("a tuple for a list", {"gain": (x, y), "offset": None}, False),
        ("a list of scalars for an array", {"gain": [list(x), y], "offset": None}, False),
        ("an array for None", {"gain": [x, y], "offset": y}, False),
        ("another key", {"gain": [x, y], "shift": None}, False),
        ("a missing leaf", {"gain": [x], "offset": None}, False),
    ]:
        for got in (same(sensor, other), same(other, sensor)):
            message = f"{difference}: expected {expected}, got {got}"
            assert np.shape(got) == (), message
            assert bool(got) is expected, message


# You can list, map and compare the leaves of a pytree.
# Next: grad, vmap and jit accept pytrees wherever they accept arrays.
