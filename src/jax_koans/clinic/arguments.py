"""What the functions of jnp refuse: lists, strings, functions, odd shapes and axes."""

import ast
from typing import Any

import jax

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.fitting import JOINS
from jax_koans.clinic.keys import not_a_key
from jax_koans.clinic.nature import is_function, is_shaped
from jax_koans.clinic.scene import UNKNOWN, Scene
from jax_koans.clinic.words import code
from jax_koans.i18n import _


def not_an_array(scene: Scene) -> Finding | None:
    """A function of jnp or lax got a list, a string, None or a function for an array."""
    node = scene.node
    if not isinstance(node, ast.Call) or not isinstance(scene.error, TypeError | ValueError):
        return None
    name = scene.called(node)
    if name.startswith("jax.random."):
        return not_a_key(scene, node, name)
    if not name.startswith(("jnp.", "lax.", "jax.nn.")) or name.startswith("jnp.vectorize"):
        return None
    short = name.rpartition(".")[2]
    if name.startswith("jnp.") and short in JOINS:
        return _not_in_a_list(scene, node, short)
    if isinstance(scene.error, ValueError):
        return None
    if name.startswith("jnp.") and short in _MADE_BY_SHAPE:
        return _shape_in_pieces(scene, node, short)
    takes_lists = short in ("array", "asarray") or not name.startswith("jnp.")
    for number, (each, value) in enumerate(scene.arguments(node)):
        keyword = any(each is given.value for given in node.keywords)
        kind = _sequence(each, value)
        # Further on a tuple is mostly a shape or some axes.
        if not takes_lists and not keyword and kind and (number == 0 or kind == "list"):
            return Finding(
                "list-for-array",
                _(
                    "{code} is a Python {kind}, and functions of jnp take arrays: a hidden"
                    " conversion, element by element, would be slow."
                ).format(code=code(each), kind=kind),
                _("Convert it where you see it: jnp.array(...)."),
            )
        function = isinstance(each, ast.Lambda) or is_function(value)
        if not keyword and (function or scene.transformations(each)):
            return Finding(
                "function-for-value",
                _("{code} is a function, and {name} wants an array: its value at some x.").format(
                    code=code(each), name=name
                ),
                _("Call it: f(x). And jax.vmap(f), jax.grad(f), jax.jit(f) are functions too."),
            )
        if value is None and not keyword and name not in ("lax.scan", "jnp.clip"):
            return Finding(
                "none-for-array",
                _("{code} is None, and {name} wants an array.").format(code=code(each), name=name),
                _("Look where it comes from: mostly a function without `return`."),
            )
        if isinstance(value, str) and not keyword and name not in ("jnp.einsum",):
            return Finding(
                "string-for-array",
                _("{code} is a string, and {name} wants an array.").format(
                    code=code(each), name=name
                ),
                _("Look at the order of the arguments."),
            )
    return None


_MADE_BY_SHAPE = ("zeros", "ones", "empty")


def _not_in_a_list(scene: Scene, node: ast.Call, name: str) -> Finding | None:
    first = node.args[0] if node.args else None
    if not isinstance(first, ast.Constant) and not (
        is_shaped(scene.value(first)) and len(node.args) > 1
    ):
        return None
    return Finding(
        "arrays-not-in-a-list",
        _("{name} takes its arrays in one list, as its first argument.").format(name=name),
        _("jnp.{name}([a, b]), with square brackets.").format(name=name),
    )


def _shape_in_pieces(scene: Scene, node: ast.Call, name: str) -> Finding | None:
    lengths = [scene.value(each) for each in node.args]
    if len(lengths) < 2 or not all(type(each) is int for each in lengths):
        return None
    return Finding(
        "shape-in-pieces",
        _("{name} takes the shape as one tuple; its second argument is the dtype.").format(
            name=name
        ),
        _("jnp.{name}({shape})").format(name=name, shape=tuple(lengths)),
    )


def _sequence(node: ast.expr, value: Any) -> str:
    if isinstance(node, ast.List | ast.ListComp):
        return "list"
    if isinstance(node, ast.Tuple):
        return "tuple"
    return type(value).__name__ if type(value) in (list, tuple) else ""


def dtype_name(scene: Scene) -> Finding | None:
    node = scene.node
    if not isinstance(node, ast.Call) or not isinstance(scene.error, TypeError):
        return None
    named = [keyword.value for keyword in node.keywords if keyword.arg == "dtype"]
    if scene.called(node) == ".astype":
        named += node.args[:1]
    for each in named:
        if isinstance(scene.value(each), str | jax.Array):
            return Finding(
                "unknown-dtype",
                _("{code} names no dtype.").format(code=code(each)),
                _("Write jnp.float32, jnp.int32, bool, ..., or such a name as a string."),
            )
    return None


def axis(scene: Scene) -> Finding | None:
    """A sum along an axis that the array does not have."""
    node = scene.node
    if not isinstance(node, ast.Call) or not isinstance(scene.error, ValueError):
        return None
    name = scene.called(node)
    subject = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name.startswith("jnp."):
        subject = node.args[0] if node.args else None
    array = scene.value(subject)
    number = next(
        (scene.value(each.value) for each in node.keywords if each.arg == "axis"), UNKNOWN
    )
    if type(number) is not int or not is_shaped(array) or subject is None:
        return None
    if -len(array.shape) <= number < len(array.shape):
        return None
    return Finding(
        "axis-outside",
        _("{code} has the shape {shape}, and no axis {axis}: they count from 0.").format(
            code=code(subject), shape=tuple(array.shape), axis=number
        ),
        _("-1 is the last axis. Under vmap the mapped axis is gone: x is one example."),
    )


def ragged(scene: Scene) -> Finding | None:
    """A nested list whose rows differ in length."""
    node = scene.node
    if (
        not isinstance(node, ast.Call)
        or scene.called(node) not in ("jnp.array", "jnp.asarray", "np.array", "np.asarray")
        or not isinstance(scene.error, ValueError | TypeError)
        or not node.args
    ):
        return None
    value = scene.value(node.args[0])
    leaves = isinstance(node.args[0], ast.Call) and scene.called(node.args[0]) == "jax.tree.leaves"
    if leaves or (
        type(value) in (list, tuple)
        and all(is_shaped(each) for each in value)
        and len({each.shape for each in value}) > 1
    ):
        return Finding(
            "ragged-list",
            _(
                "The arrays of {code} differ in shape, and an array has one length for each axis."
            ).format(code=code(node.args[0])),
            _("One vector of all their numbers: ravel each, and concatenate them."),
        )
    rows = node.args[0].elts if isinstance(node.args[0], ast.List) else []
    lengths = {len(each.elts) for each in rows if isinstance(each, ast.List)}
    if len(lengths) < 2 and not (lengths and any(isinstance(each, ast.Constant) for each in rows)):
        return None
    return Finding(
        "ragged-list",
        _("The rows differ in length, and an array has one length for each axis."),
        _("Pad the rows to one length, and remember by a mask which elements are real."),
    )


def slices(scene: Scene) -> Finding | None:
    """lax.dynamic_slice and its like with numbers where tuples belong."""
    node = scene.node
    if not isinstance(node, ast.Call) or not isinstance(scene.error, TypeError | ValueError):
        return None
    if scene.called(node) not in ("lax.dynamic_slice", "lax.dynamic_update_slice", "lax.slice"):
        return None
    return Finding(
        "starts-and-sizes",
        _(
            "The starts are a tuple with an entry for each axis, and so are the sizes, which are"
            " plain numbers and fit into the array."
        ),
        _("lax.dynamic_slice(x, (start,), (size,)); for one axis lax.dynamic_slice_in_dim."),
    )


def padded(scene: Scene) -> Finding | None:
    """np.pad and jnp.pad with a width that is negative, or is none."""
    node = scene.node
    if not isinstance(node, ast.Call) or not isinstance(scene.error, TypeError | ValueError):
        return None
    if scene.called(node) not in ("jnp.pad", "np.pad"):
        return None
    return Finding(
        "pad-width",
        _(
            "The widths of pad say how many elements come in front and behind, for each axis: plain"
            " ints, and none of them negative."
        ),
        _("Is the length that you pad to at least as long as what comes in? print shows both."),
    )


RULES = (
    padded,
    slices,
    axis,
    ragged,
    dtype_name,
    not_an_array,
)
