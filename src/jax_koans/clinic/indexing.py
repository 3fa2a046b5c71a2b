"""Indices that an array does not take."""

import ast

import jax
import jax.numpy as jnp
import numpy as np

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_array, is_jax
from jax_koans.clinic.scene import Scene
from jax_koans.clinic.words import code
from jax_koans.i18n import _, plural


def indexed(scene: Scene) -> Finding | None:
    node = scene.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value  # x.at[i].add(v) raises as a whole
    if not isinstance(node, ast.Subscript) or not isinstance(scene.error, TypeError | IndexError):
        return None
    value = scene.value(node.value)
    at = isinstance(node.value, ast.Attribute) and node.value.attr == "at"
    if at and isinstance(node.value, ast.Attribute):
        value = scene.value(node.value.value)
    if not is_jax(value) and not (at and _made(scene, node.value)):
        return None
    index = node.slice
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    axes = sum(
        not (isinstance(each, ast.Constant) and each.value in (None, Ellipsis)) for each in parts
    )
    if isinstance(scene.error, IndexError) and is_jax(value) and axes > len(value.shape):
        if value.shape == () and is_array(value):
            return Finding(
                "too-many-indices",
                _(
                    "{name} is a single number, of the shape (): it has no elements to index."
                ).format(name=code(node.value)),
                _("Are several results meant? A function answers with several as a tuple."),
            )
        return Finding(
            "too-many-indices",
            plural(
                "{code} has {indices} index, and {name} has the shape {shape}.",
                "{code} has {indices} indices, and {name} has the shape {shape}.",
                axes,
            ).format(
                code=code(node), indices=axes, name=code(node.value), shape=tuple(value.shape)
            ),
            _("One index for each axis. Under vmap the mapped axis is gone: x is one example."),
        )
    for each in parts:
        known = scene.value(each)
        if isinstance(each, ast.List) or type(known) is list:
            return Finding(
                "list-as-index",
                _("The index {code} is a Python list, and jax arrays take arrays.").format(
                    code=code(each)
                ),
                _("Make it an array: x[jnp.array([0, 2])]."),
            )
        floating = type(known) is float or (
            isinstance(known, jax.Array | np.ndarray | np.generic)
            and jnp.issubdtype(known.dtype, jnp.floating)
        )
        if isinstance(known, str):
            return Finding(
                "index-kind",
                _(
                    "{name} is an array: it has places 0, 1, ..., and nothing called {key!r}."
                ).format(name=code(node.value), key=known),
                _("Names belong to a dict, to a tree of arrays. Which of the two comes in here?"),
            )
        if floating:
            return Finding(
                "index-kind",
                _("The index {code} is neither an int nor a slice nor a mask.").format(
                    code=code(each)
                ),
                _("Indices are ints, also in arrays: x.astype(int), n // 2 instead of n / 2."),
            )
    if isinstance(scene.error, TypeError) and not at:
        return Finding(
            "index-kind",
            _(
                "What stands in the brackets of {code} is neither an int nor a slice nor a mask."
            ).format(code=code(node)),
            _("Indices are ints, also in arrays; jnp.argmax answers with one, jnp.max does not."),
        )
    return None


def _made(scene: Scene, node: ast.expr) -> bool:
    """Whether this is the `.at` of an array that a function of jnp has just made."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Call)
        and scene.called(node.value).startswith("jnp.")
    )


RULES = (indexed,)
