"""What vmap refuses: axes that are not there, or that differ in length."""

import ast
from typing import Any

import jax
import numpy as np

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.scene import UNKNOWN, Scene, Transformation
from jax_koans.clinic.words import code, listed
from jax_koans.i18n import _


def _entries(call: ast.Call | None) -> list[Any] | None:
    """The entries of a vmap's in_axes, as far as they are written out: numbers, None."""
    for keyword in call.keywords if call else []:
        if keyword.arg == "in_axes":
            if isinstance(keyword.value, ast.Tuple | ast.List):
                return [
                    each.value if isinstance(each, ast.Constant) else UNKNOWN
                    for each in keyword.value.elts
                ]
            if isinstance(keyword.value, ast.Constant):
                return [keyword.value.value]
            return None
    if call and len(call.args) > 1:
        return None
    return [0]


def _is_tuple(call: ast.Call | None) -> bool:
    return any(
        keyword.arg == "in_axes" and isinstance(keyword.value, ast.Tuple | ast.List)
        for keyword in (call.keywords if call else [])
    )


def vmapped(scene: Scene, node: ast.Call, chain: list[Transformation]) -> Finding | None:
    call = next(each.call for each in chain if each.name == "jax.vmap")
    entries = _entries(call)
    if entries is not None and _is_tuple(call) and len(entries) != len(node.args):
        return Finding(
            "in-axes-length",
            _(
                "in_axes has {entries} entries, and the call gives {given} arguments by position:"
                " there must be one for each. Arguments given by name are always mapped over"
                " axis 0."
            ).format(entries=len(entries), given=len(node.args)),
            _("Give every argument by position, with a number or None for it in in_axes."),
        )
    if entries is not None and entries and all(each is None for each in entries):
        return Finding(
            "nothing-to-map",
            _("Every entry of in_axes is None, so there is no axis for vmap to go along."),
            _("Give the argument that brings the examples an axis number, mostly 0."),
        )
    shaped = [
        (each, value, entries[number if _is_tuple(call) else 0] if entries else UNKNOWN)
        for number, each in enumerate(node.args)
        if (value := _array(scene.value(each))) is not None
        and (entries is None or not _is_tuple(call) or number < len(entries))
    ]
    for each, value, axis in shaped:
        if type(axis) is int and not -len(value.shape) <= axis < len(value.shape):
            return Finding(
                "vmap-over-missing-axis",
                _("{code} has the shape {shape}, which has no axis {axis} to map over.").format(
                    code=code(each), shape=tuple(value.shape), axis=axis
                ),
                _("An argument that every example shares gets None: in_axes=(0, None)."),
            )
    sizes = {
        ast.unparse(each): value.shape[axis] for each, value, axis in shaped if type(axis) is int
    }
    sizes |= {
        str(keyword.arg): value.shape[0]
        for keyword in node.keywords
        if (value := _array(scene.value(keyword.value))) is not None and value.shape
    }
    if len(set(sizes.values())) > 1:
        return Finding(
            "batch-sizes-differ",
            _("The mapped axes differ in length: {sizes}.").format(
                sizes=listed(f"{name}: {size}" for name, size in sizes.items())
            )
            + " "
            + _("vmap goes along all of them together."),
            _(
                "in_axes says along which axis of each argument the examples lie, and None for"
                " what all share; to combine each with each, nest two vmaps."
            ),
        )
    if node.keywords and entries is not None:
        return Finding(
            "vmap-keyword-mapped",
            _("in_axes speaks of arguments by position; one given by name is mapped over axis 0."),
            _("Give it by position, or close over it with a lambda or partial."),
        )
    return None


def other_axes(scene: Scene, node: ast.Call) -> Finding:
    trees = [each for each in node.args if type(scene.value(each)) in (dict, list, tuple)]
    words = _(
        "vmap goes along one axis of each argument at once, so each mapped argument needs that"
        " axis, with one length for all."
    )
    if trees:
        words += " " + _("{tree} is a tree: that holds for each of its leaves.").format(
            tree=code(trees[0])
        )
        if type(scene.value(trees[0])) is list:
            words += " " + _("A list is no axis.")
    return Finding(
        "vmap-axes",
        words,
        _(
            "Look at the shapes, and at in_axes: a number for what is mapped, None for the rest."
            " out_axes says where the mapped axis comes out: a number for each result."
        ),
    )


def _array(value: Any) -> Any:
    if value is UNKNOWN:
        return None
    if isinstance(value, jax.Array | np.ndarray):
        return value
    return np.asarray(value) if type(value) in (int, float, bool) else None
