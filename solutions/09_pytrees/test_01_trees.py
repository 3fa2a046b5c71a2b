"""Parameters come nested: dicts, lists, tuples of arrays. JAX calls such data a pytree."""

import jax
import jax.numpy as jnp
from numpy.testing import assert_allclose

from jax_koans import __


def test_leaves_follow_the_sorted_keys_of_a_dict():
    """A pytree is nested data; what stands at its ends, arrays and numbers, are the leaves.

    `jax.tree.leaves(tree)` lists them. Two equal dicts must give equal lists, whichever name was
    written first. So JAX goes by the names, sorted, not by who came first. `None` is a place where
    there is nothing.
    """
    # HINT: A list or a tuple keeps its own order. In which order come the names of the gearbox?
    # HINT: The sorted names are "axle", "gears", "power". An array is one leaf and is not cut up.
    # HINT: The axle's 1.5 comes first, the power's 90.0 last; None counts nowhere.
    gearbox = {"power": 90.0, "gears": [3.5, 2.0], "axle": (1.5, None)}

    assert jax.tree.leaves(gearbox) == __([1.5, 3.5, 2.0, 90.0])
    assert len(jax.tree.leaves({"time": 0.5, "field": jnp.ones((2, 3)), "noise": None})) == __(2)


def updated(parameters, slopes, rate):
    """parameter - rate * slope for each array of `parameters`, in the same nesting.

    `parameters` may be nested in any way, and `slopes` is nested in the same way.
    """
    # BEGIN PROMPT: one line for all nestings
    # BEGIN SOLUTION
    return jax.tree.map(lambda p, s: p - rate * s, parameters, slopes)
    # END SOLUTION


def test_tree_map_applies_a_function_to_every_leaf():
    """Nested dicts, lists and tuples of arrays are a pytree, the arrays in it are its leaves.

    `jax.tree.map(f, tree)` makes a new tree of f(leaf); `jax.tree.map(f, tree, other)` one of
    f(leaf, leaf of other). `jax.tree.structure(tree)` is the nesting alone, without the leaves.
    """
    # HINT: Which function makes one new parameter of one parameter and one slope?
    # HINT: It takes two leaves, so tree.map gets two trees after it.
    # HINT: jax.tree.map(lambda p, s: p - rate * s, parameters, slopes)
    spring = {"stiffness": jnp.array([4.0, -2.0]), "rest": jnp.array(1.0)}
    slopes = {"rest": jnp.array(-2.0), "stiffness": jnp.array([2.0, 6.0])}
    moved = updated(spring, slopes, 0.5)
    assert isinstance(moved, dict), f"the names should stay, found {moved}"
    assert_allclose(moved["stiffness"], [3.0, -5.0], rtol=1e-5, err_msg="down by 0.5 times 2 and 6")
    assert_allclose(moved["rest"], 2.0, rtol=1e-5, err_msg="up by 0.5 times 2")

    truss = [{"load": jnp.array([[1.0, 2.0]])}, (jnp.array(3.0), [jnp.array([5.0])])]
    moved = updated(truss, truss, 3.0)
    message = f"the nesting has changed: {moved}"
    assert jax.tree.structure(moved) == jax.tree.structure(truss), message
    assert_allclose(moved[0]["load"], [[-2.0, -4.0]], rtol=1e-5, err_msg="in a dict in a list")
    assert_allclose(moved[1][1][0], [-10.0], rtol=1e-5, err_msg="in a list in a tuple in a list")


def descend(slopes_at, position, turns):
    """The position after some turns updated, with momentum; `position` is any pytree.

    `slopes_at(position)` has a slope for each leaf. The velocity is zero before the first turn.
    """
    # BEGIN PROMPT: begin with a velocity for each leaf
    # velocity = 0.0
    # BEGIN SOLUTION
    velocity = jax.tree.map(jnp.zeros_like, position)
    # END SOLUTION
    for _ in range(turns):
        slopes = slopes_at(position)
        velocity = jax.tree.map(lambda s, v: 0.5 * v - 0.1 * s, slopes, velocity)
        position = jax.tree.map(jnp.add, position, velocity)
    return position


def test_the_first_tree_of_tree_map_is_a_prefix_of_the_others():
    """NumPy would broadcast a single number to many. tree.map pairs leaf with leaf."""
    # HINT: Read the error: which type has the first tree, which one the second?
    # HINT: The velocity needs the nesting of the position, and zeros at its leaves.
    # HINT: Map a function over the position that answers with zeros: jnp.zeros_like
    glider = {"height": jnp.array([1.0, -2.0]), "tilt": [jnp.array(10.0)]}

    def bowl(position):
        return jax.tree.map(lambda x: 2.0 * x, position)

    rolled = descend(bowl, glider, 3)
    assert_allclose(rolled["height"], [0.302, -0.604], rtol=1e-5, err_msg="three turns, from rest")
    assert_allclose(rolled["tilt"][0], 3.02, rtol=1e-5, err_msg="three turns, a leaf in a list")
    pair = descend(bowl, (jnp.array(1.0), jnp.array([[5.0, -1.0]])), 1)
    assert_allclose(pair[0], 0.8, rtol=1e-5, err_msg="one turn of a tuple, from rest")
    assert_allclose(pair[1], [[4.0, -0.8]], rtol=1e-5, err_msg="another shape, from rest")


def zeros_for(shapes):
    """An array of zeros for each shape in the pytree `shapes`; a shape is a tuple of ints."""
    # BEGIN PROMPT: let tree.map stop at a shape
    # return jax.tree.map(jnp.zeros, shapes)
    # BEGIN SOLUTION
    return jax.tree.map(jnp.zeros, shapes, is_leaf=lambda node: isinstance(node, tuple))
    # END SOLUTION


def test_is_leaf_makes_tree_map_stop_at_a_tuple():
    """A tuple is a branch to JAX, so tree.map goes into it, in silence, down to its numbers.

    `jax.tree.map(f, tree, is_leaf=test)` goes no deeper where test(node) is true.
    """
    # HINT: Print zeros_for({"weight": (3, 2)}): jnp.zeros was called with 3, and then with 2.
    # HINT: `is_leaf` is a function of a node: is this node a shape?
    # HINT: is_leaf=lambda node: isinstance(node, tuple)
    layer = zeros_for({"weight": (3, 2), "bias": (2,), "scale": ()})
    for name, shape in {"weight": (3, 2), "bias": (2,), "scale": ()}.items():
        made = layer[name]
        assert isinstance(made, jax.Array), f"{name}: {made}; one shape is one array"
        assert made.shape == shape, f"{name} has shape {made.shape}, asked for {shape}"
        assert not made.any(), f"{name} is not zero"
    [first, second] = zeros_for([{"field": (1, 4)}, (5,)])
    assert first["field"].shape == (1, 4), "a shape in a dict in a list"
    assert isinstance(second, jax.Array), f"{second}: a shape in a list is one array, too"
    assert second.shape == (5,), f"a shape in a list: {second.shape}"


# You can say what the leaves of a tree are, and treat them all at once.
# Next: trees go through grad, vmap and jit just as arrays do.
