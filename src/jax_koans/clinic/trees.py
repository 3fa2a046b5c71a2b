"""Containers where arrays belong, and the other way round: what pytree functions refuse."""

import ast

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.loops import arity
from jax_koans.clinic.nature import is_function
from jax_koans.clinic.scene import UNKNOWN, Scene
from jax_koans.clinic.words import code
from jax_koans.i18n import _

_MAPS = ("jax.tree.map", "jax.tree_util.tree_map")


def mapped(scene: Scene) -> Finding | None:
    """What jax.tree.map was given."""
    node = scene.node
    if not isinstance(node, ast.Call) or scene.called(node) not in _MAPS or not node.args:
        return None
    if not isinstance(scene.error, TypeError | ValueError):
        return None
    return (
        _first_is_no_function(scene, node)
        or _leaf_test(scene, node)
        or _number_of_trees(scene, node)
        or _leaves(scene, node)
    )


def _first_is_no_function(scene: Scene, node: ast.Call) -> Finding | None:
    first = node.args[0]
    value = scene.value(first)
    result = isinstance(first, ast.Call) and not scene.transformations(first)
    if scene.called(first).startswith("functools.") or not (
        result or (value is not UNKNOWN and not is_function(value) and not isinstance(value, type))
    ):
        return None
    return Finding(
        "tree-map-arguments",
        _("jax.tree.map wants a function first, and {code} is none.").format(code=code(first)),
        _("jax.tree.map(f, tree): f itself, not called, then the tree."),
    )


def _leaf_test(scene: Scene, node: ast.Call) -> Finding | None:
    for keyword in node.keywords:
        if keyword.arg != "is_leaf":
            continue
        value = scene.value(keyword.value)
        called = isinstance(keyword.value, ast.Call)
        if called or isinstance(value, bool | type) or isinstance(scene.error, ValueError):
            return Finding(
                "is-leaf-kind",
                _(
                    "is_leaf is a function of a node of the tree, called for each, that answers"
                    " True where the node is to be kept whole, and else False."
                ),
                _("is_leaf=lambda node: isinstance(node, tuple)"),
            )
    return None


def _number_of_trees(scene: Scene, node: ast.Call) -> Finding | None:
    function = scene.definition(node.args[0])
    if function is None or any(isinstance(each, ast.Starred) for each in node.args):
        return None
    few, most = arity(function)
    trees = len(node.args) - 1
    if few <= trees <= most:
        return None
    return Finding(
        "tree-map-arguments",
        _(
            "jax.tree.map calls the function with one leaf of each tree: {trees} here, and the"
            " function takes another number of arguments."
        ).format(trees=trees),
        _("Each further tree is an argument of its own: jax.tree.map(f, one, two)."),
    )


def _leaves(scene: Scene, node: ast.Call) -> Finding | None:
    if isinstance(scene.error, ValueError):
        return Finding(
            "tree-structures-differ",
            _(
                "Trees that are mapped together must have one structure: the same keys, lengths"
                " and kinds of containers. A list is not a tuple, and None has no leaf."
            ),
            _("jax.tree.structure(tree) shows each one's; is_leaf=... keeps a piece whole."),
        )
    return Finding(
        "tree-map-leaf",
        _(
            "{function} gets one leaf of the tree after the other, and cannot do with a leaf: a"
            " leaf is what is no dict, list or tuple, or what is_leaf calls one."
        ).format(function=code(node.args[0])),
        _("jax.tree.leaves(tree) shows the leaves. Is each an array, or a shape, as it should be?"),
    )


def computed_with(scene: Scene) -> Finding | None:
    """An operator, or a function of jnp, on a dict."""
    node = scene.node
    if not isinstance(scene.error, TypeError):
        return None
    sides: list[ast.expr] = []
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
    elif isinstance(node, ast.Call) and scene.called(node).startswith(("jnp.", "lax.")):
        sides = node.args
    for each in sides:
        if isinstance(each, ast.Dict) or type(scene.value(each)) is dict:
            return Finding(
                "tree-for-array",
                _("{code} is a dict: its leaves are arrays, it is none itself.").format(
                    code=code(each)
                ),
                _("jax.tree.map(f, tree) goes over the leaves; of two trees f takes two leaves."),
            )
    return None


def looked_up(scene: Scene) -> Finding | None:
    """A list or a tuple is asked for an entry by name."""
    node = scene.node
    if type(scene.error) is not TypeError or not isinstance(node, ast.Subscript):
        return None
    value = scene.value(node.value)
    if type(value) not in (list, tuple):
        return None
    if isinstance(scene.value(node.slice), int):
        return None
    return Finding(
        "list-looked-up-by-name",
        _("{code} is a {kind}: it has places 0, 1, ..., and no names.").format(
            code=code(node.value), kind=type(value).__name__
        ),
        _("A tree nests dicts, lists and tuples; jax.tree.map finds the leaves of all of them."),
    )


def registered(scene: Scene) -> Finding | None:
    """register_dataclass stands above a class that is no dataclass."""
    node = scene.node
    if node is None or not isinstance(scene.error, TypeError | ValueError):
        return None
    name = scene.called(node) or scene.known(node)
    if name != "jax.tree_util.register_dataclass":
        return None
    return Finding(
        "register-dataclass",
        _(
            "register_dataclass wants a dataclass, and learns from it which fields are leaves:"
            " those marked as static are not."
        ),
        _(
            "@jax.tree_util.register_dataclass stands above @dataclasses.dataclass; a static field"
            " is dataclasses.field(metadata=dict(static=True))."
        ),
    )


RULES = (mapped, computed_with, looked_up, registered)
