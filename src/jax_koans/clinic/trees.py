"""Containers where arrays belong, and the other way round: what pytree functions refuse."""

import ast

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.fitting import JOINS
from jax_koans.clinic.loops import arity
from jax_koans.clinic.nature import is_function, is_shaped
from jax_koans.clinic.scene import UNKNOWN, Scene
from jax_koans.clinic.words import code, listed
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
        _("jax.tree.map wants a function first, and {code} is not one.").format(code=code(first)),
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
                _("For example is_leaf=lambda node: node is None: each None becomes a leaf."),
            )
    return None


def _number_of_trees(scene: Scene, node: ast.Call) -> Finding | None:
    function = scene.definition(node.args[0])
    if function is None:
        return None
    few, most = arity(function)
    trees = 0
    for each in node.args[1:]:
        starred = scene.value(each.value) if isinstance(each, ast.Starred) else [each]
        if not isinstance(starred, list | tuple):
            return None
        trees += len(starred)
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
        trees = [(each, _kind(scene, each)) for each in node.args[1:]]
        function = next((each for each, kind in trees if kind == "function"), None)
        if function is not None:
            return Finding(
                "function-for-value",
                _("{code} is a function, and its value, a tree, is meant.").format(
                    code=code(function)
                ),
                _("Call it: f(x). And jax.vmap(f), jax.grad(f), jax.jit(f) are functions too."),
            )
        here = ""
        if len({kind for _each, kind in trees if kind}) > 1:
            here = " " + _("Here: {kinds}.").format(
                kinds=listed(f"{code(each)} {kind}" for each, kind in trees if kind)
            )
        return Finding(
            "tree-structures-differ",
            _(
                "Trees that are mapped together must have one structure: the same keys, lengths"
                " and kinds of containers. A list is not a tuple, and None has no leaf."
            )
            + here,
            _("jax.tree.structure(tree) shows each one's; is_leaf=... keeps a piece whole."),
        )
    name = scene.called(ast.Call(node.args[0], [], []))
    if name.startswith("jnp.") and name.rpartition(".")[2] in JOINS:
        return Finding(
            "arrays-not-in-a-list",
            _(
                "jax.tree.map hands the leaves over as separate arguments, one of each tree, and"
                " {name} takes its arrays in one list."
            ).format(name=name),
            _("A function of your own can collect them: `*leaves` is all arguments, as a tuple."),
        )
    return Finding(
        "tree-map-leaf",
        _(
            "{function} gets one leaf of the tree after the other, and cannot do with a leaf: a"
            " leaf is what is no dict, list or tuple, or what is_leaf calls one."
        ).format(function=code(node.args[0])),
        _("jax.tree.leaves(tree) shows the leaves. Is each an array, or a shape, as it should be?"),
    )


def _kind(scene: Scene, node: ast.expr) -> str:
    """What one tree of several is, in a word; empty where that is unknown."""
    if isinstance(node, ast.Lambda) or scene.transformations(node):
        return "function"
    value = scene.value(node)
    if value is UNKNOWN:
        return {ast.Dict: "dict", ast.List: "list", ast.Tuple: "tuple"}.get(type(node), "")
    if is_function(value):
        return "function"
    return "array" if is_shaped(value) else type(value).__name__


def computed_with(scene: Scene) -> Finding | None:
    """An operator, or a function of jnp, on a dict."""
    node = scene.node
    into_one = isinstance(node, ast.Call) and scene.called(node) in ("jnp.asarray", "jnp.array")
    if not isinstance(scene.error, TypeError | ValueError if into_one else TypeError):
        return None
    sides: list[ast.expr] = []
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
    elif isinstance(node, ast.Call) and scene.called(node).startswith(("jnp.", "lax.")):
        sides = node.args
        first = scene.value(node.args[0]) if node.args else UNKNOWN
        if type(first) in (list, tuple) and first and all(type(each) is dict for each in first):
            return Finding(
                "tree-for-array",
                _("{code} holds dicts, and {name} takes arrays.").format(
                    code=code(node.args[0]), name=scene.called(node)
                ),
                _("jax.tree.map(f, one, two) hands f the leaves that have the same place."),
            )
        if type(first) is dict and (found := _called_early(scene, node)):
            return found
    for each in sides:
        if isinstance(node, ast.BinOp) and isinstance(each, ast.Call):
            made = scene.transformations(each.func)
            tree = type(scene.value(each.args[0])) in (dict, list, tuple) if each.args else False
            if tree and made and made[0].name == "jax.grad":
                return Finding(
                    "tree-for-array",
                    _("{code} is a tree of slopes, nested as what it differentiates by.").format(
                        code=code(each)
                    ),
                    _("jax.tree.map(f, one, two) gives f the leaves that have the same place."),
                )
        if isinstance(each, ast.Dict) or type(scene.value(each)) is dict:
            return Finding(
                "tree-for-array",
                _("{code} is a dict: its leaves are arrays, and it is not one itself.").format(
                    code=code(each)
                ),
                _("jax.tree.map(f, tree) goes over the leaves; of two trees f takes two leaves."),
            )
    return None


def _called_early(scene: Scene, node: ast.Call) -> Finding | None:
    """`jax.tree.map(f(tree), tree)`: f is called with the whole tree."""
    around = scene.parents.get(node)
    if not isinstance(around, ast.Call) or scene.called(around) not in _MAPS:
        return None
    if around.args[0] is not node:
        return None
    return Finding(
        "tree-map-arguments",
        _("jax.tree.map wants a function first, and {code} calls it already.").format(
            code=code(node)
        ),
        _("jax.tree.map(f, tree): f itself, not called, then the tree."),
    )


def taken_apart(scene: Scene) -> Finding | None:
    """A test finds a container where jax.tree.map was to make one leaf."""
    statement = scene.statement
    if not isinstance(statement, ast.Assert) or not isinstance(statement.test, ast.Call):
        return None
    test = statement.test
    if scene.known(test.func) != "isinstance" or len(test.args) != 2:
        return None
    value = scene.value(test.args[0])
    if type(value) not in (tuple, list, dict) or not any(
        isinstance(each, ast.Call) and scene.called(each) in _MAPS
        for function in scene.reached()
        for each in ast.walk(function)
    ):
        return None
    return Finding(
        "python-value-for-array",
        _(
            "{code} is a {kind}, and one leaf is wanted: jax.tree.map goes into tuples, lists and"
            " dicts, down to what is none of them."
        ).format(code=code(test.args[0]), kind=type(value).__name__),
        _("is_leaf=... tells it where to stop."),
    )


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
