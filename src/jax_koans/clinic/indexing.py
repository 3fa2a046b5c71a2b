"""Indices that an array does not take."""

import ast

import jax
import jax.numpy as jnp
import numpy as np

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_jax
from jax_koans.clinic.scene import Scene
from jax_koans.clinic.words import code
from jax_koans.i18n import _


def indexed(scene: Scene) -> Finding | None:
    node = scene.node
    if not isinstance(node, ast.Subscript) or not isinstance(scene.error, TypeError | IndexError):
        return None
    value = scene.value(node.value)
    at = isinstance(node.value, ast.Attribute) and node.value.attr == "at"
    if at and isinstance(node.value, ast.Attribute):
        value = scene.value(node.value.value)
    if not is_jax(value):
        return None
    index = node.slice
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    axes = sum(
        not (isinstance(each, ast.Constant) and each.value in (None, Ellipsis)) for each in parts
    )
    if isinstance(scene.error, IndexError) and axes > len(value.shape):
        return Finding(
            "too-many-indices",
            _("{code} has {indices} indices, and {name} has the shape {shape}.").format(
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


RULES = (indexed,)
