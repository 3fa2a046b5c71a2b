"""Random keys: used twice, computed with, missing, or several at once."""

import ast
from typing import Any

import jax
import jax.numpy as jnp

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_key
from jax_koans.clinic.scene import UNKNOWN, Scene
from jax_koans.clinic.words import code
from jax_koans.i18n import _


def reused_a_key(scene: Scene) -> Finding | None:
    if not isinstance(scene.error, jax.errors.KeyReuseError):
        return None
    keys = _keys(scene)
    return Finding(
        "key-reuse",
        (
            _("`{name}` has been used before, and a second draw would repeat the numbers.").format(
                name=keys
            )
            if keys
            else _("A random key is used twice, and a second draw would repeat the numbers.")
        ),
        _("One key for each draw: key, draw = jax.random.split(key); then draw from `draw`."),
    )


def _keys(scene: Scene) -> str:
    for each in ast.walk(scene.statement or ast.Pass()):
        value = scene.value(each) if isinstance(each, ast.Name) else UNKNOWN
        if is_key(value):
            return ast.unparse(each)
    return ""


_MAKES_KEYS = ("key", "PRNGKey", "wrap_key_data")


def not_a_key(scene: Scene, node: ast.Call, name: str) -> Finding | None:
    if name.rpartition(".")[2] in _MAKES_KEYS:
        return None
    first = node.args[0] if node.args else None
    for keyword in node.keywords:
        if keyword.arg == "key":
            first = keyword.value
    value = scene.value(first)
    literal = isinstance(first, ast.Tuple | ast.List)
    if first is not None and not literal and (value is UNKNOWN or _is_key(value)):
        return None
    if isinstance(value, list | tuple) and any(map(is_key, jax.tree.leaves(value))):
        return Finding(
            "key-expected",
            _("{name} wants a key, and {what} is a {kind} that holds one among others.").format(
                name=name, what=code(first or node), kind=type(value).__name__
            ),
            _("Take the key out. Where was it put in: did a function answer with one part more?"),
        )
    return Finding(
        "key-expected",
        _("{name} wants a key as its first argument, and {what} is not one.").format(
            name=name, what=code(first) if first is not None else _("what is given")
        ),
        _("Make one with key = jax.random.key(0), and hand it in first."),
    )


def _is_key(value: Any) -> bool:
    if not isinstance(value, jax.Array):
        return False
    raw = value.dtype == jnp.uint32 and value.shape[-1:] == (2,)
    return is_key(value) or raw


def computed_with_a_key(scene: Scene) -> Finding | None:
    node = scene.node
    if not isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare | ast.Call):
        return None
    if not isinstance(scene.error, TypeError):
        return None
    if isinstance(node, ast.Call) and not scene.called(node).startswith(("jnp.", "np.", "float")):
        return None
    for each in ast.iter_child_nodes(node):
        value = scene.value(each)
        if is_key(value):
            return Finding(
                "key-arithmetic",
                _("{code} is a random key: it has no number to compute with.").format(
                    code=code(each)
                ),
                _(
                    "jax.random.split and fold_in make further keys, jax.random.normal and its like"
                    " draw numbers."
                ),
            )
    return None


def several_keys(scene: Scene) -> Finding | None:
    """A draw was given an array of keys."""
    node = scene.node
    if not isinstance(node, ast.Call) or not isinstance(scene.error, ValueError):
        return None
    if not scene.called(node).startswith("jax.random.") or not node.args:
        return None
    value = scene.value(node.args[0])
    if not is_key(value) or not value.shape:
        return None
    return Finding(
        "several-keys",
        _("{code} is an array of keys, of shape {shape}, and a draw takes a single key.").format(
            code=code(node.args[0]), shape=tuple(value.shape)
        ),
        _("Take one, keys[0]; or map over them: jax.vmap(jax.random.normal)(keys)."),
    )


RULES = (
    reused_a_key,
    several_keys,
    computed_with_a_key,
)
