"""Arrays whose shapes do not fit together."""

import ast
from typing import Any

import jax.numpy as jnp
import numpy as np

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_shaped
from jax_koans.clinic.scene import UNKNOWN, Scene
from jax_koans.clinic.words import code, listed
from jax_koans.i18n import _

JOINS = ("concatenate", "stack", "vstack", "hstack", "column_stack", "block")


def shapes(scene: Scene) -> Finding | None:
    """Two arrays that do not fit together."""
    node = scene.node
    if not isinstance(scene.error, TypeError | ValueError):
        return None
    if isinstance(node, ast.BinOp | ast.Compare):
        pair = (
            [node.left, node.right]
            if isinstance(node, ast.BinOp)
            else [node.left, *node.comparators[:1]]
        )
        values = [scene.value(each) for each in pair]
        if not all(each is UNKNOWN or is_shaped(each) for each in values):
            return None
        if not any(is_shaped(each) for each in values) and not _from_jax(scene):
            return None
        if isinstance(scene.error, TypeError) and _never_computed(scene):
            return _no_array(scene, pair, values)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            return _product(pair, values)
        return _broadcast(pair, values)
    if isinstance(node, ast.Call):
        name = scene.called(node)
        short = name.rpartition(".")[2]
        if name.startswith(("jnp.", "lax.", ".")):
            if short in ("dot", "matmul", "vdot", "inner", "tensordot") and len(node.args) > 1:
                return _product(node.args, [scene.value(each) for each in node.args])
            if name == "jnp.linalg.solve":
                return Finding(
                    "solve-arguments",
                    _("solve(A, b) wants the square matrix A first, then the right side b."),
                    _("jnp.linalg.solve(matrix, vector): their lengths must be equal."),
                )
            if short == "reshape":
                return _reshape(scene, node, name)
            if short in JOINS:
                joined = _joined(scene, node)
                if all(map(is_shaped, joined)) and len({each.shape for each in joined}) == 1:
                    return None
                return Finding(
                    "shapes-do-not-join",
                    _("{name} joins arrays whose shapes agree in every other axis.").format(
                        name=short
                    ),
                    _("stack makes a new axis, and wants equal shapes; concatenate lengthens one."),
                )
            if name == "jnp.where" and len(node.args) == 3 and isinstance(scene.error, ValueError):
                values = [scene.value(each) for each in node.args]
                if any(is_shaped(each) and each.shape for each in values):
                    return _broadcast(node.args, values)
            if name.startswith("jnp.") and short in vars(jnp) and len(node.args) == 2:
                values = [scene.value(each) for each in node.args]
                if all(is_shaped(each) for each in values):
                    return _broadcast(node.args, values)
    return None


def _joined(scene: Scene, node: ast.Call) -> list[Any]:
    """The arrays that a call joins, where they are known."""
    first = node.args[0] if node.args else None
    if isinstance(first, ast.List | ast.Tuple):
        return [scene.value(each) for each in first.elts]
    value = scene.value(first)
    return [*value] if type(value) in (list, tuple) else []


def _never_computed(scene: Scene) -> bool:
    """Whether the operator looked at what stands beside the array, and left it to Python."""
    operators = getattr(type(jnp.zeros(())).__add__, "__globals__", None)
    return not scene.inner or scene.inner[-1].f_globals is operators


def _no_array(scene: Scene, pair: list[ast.expr], values: list[Any]) -> Finding | None:
    """Python's own TypeError: one side of the operator is no array, and JAX was never asked."""
    unknown = [
        each
        for each, value in zip(pair, values, strict=True)
        if value is UNKNOWN and isinstance(each, ast.Call)
    ]
    if len(unknown) != 1 or not scene.called(unknown[0]).startswith(("jnp.", "jax.", "lax.")):
        return None
    return Finding(
        "pair-for-value",
        _("{name} answers with no array here, but with several things, or with a function.").format(
            name=scene.called(unknown[0])
        ),
        _("Take the part that is asked for: solution, *rest = jnp.linalg.lstsq(a, b)."),
    )


def _from_jax(scene: Scene) -> bool:
    return any("jax" in frame.f_globals.get("__name__", "") for frame in scene.inner)


def _known_shapes(pair: list[ast.expr], values: list[Any]) -> str:
    return listed(
        f"{code(each)} {tuple(value.shape)}"
        for each, value in zip(pair, values, strict=False)
        if is_shaped(value)
    )


def _fit(one: tuple[int, ...], two: tuple[int, ...]) -> bool:
    return all(a == b or 1 in (a, b) for a, b in zip(one[::-1], two[::-1], strict=False))


def _broadcast(pair: list[ast.expr], values: list[Any]) -> Finding | None:
    known = [tuple(each.shape) for each in values if is_shaped(each)]
    if len(known) == 2 and _fit(*known):
        return None
    return Finding(
        "shapes-do-not-broadcast",
        _(
            "Elementwise, shapes are compared from the last axis on, and two lengths must be equal"
            " or one of them 1."
        )
        + (" " + _("Here: {shapes}.").format(shapes=_known_shapes(pair, values)) if known else ""),
        _("x[:, None] gives an axis of length 1; or swap axes with x.T, or cut to one length."),
    )


def _product(pair: list[ast.expr], values: list[Any]) -> Finding | None:
    known = [tuple(each.shape) for each in values if is_shaped(each)]
    for each, value in zip(pair, values, strict=False):
        if is_shaped(value) and value.shape == ():
            return Finding(
                "inner-axes-differ",
                _("{code} is a single number, without axes, and @ sums over an axis.").format(
                    code=code(each)
                ),
                _("A number multiplies by *. Under vmap the mapped axis is gone: what is left?"),
            )
    if len(known) == 2 and all(known):
        inner = known[1][-2] if len(known[1]) > 1 else known[1][0]
        if known[0][-1] == inner:
            return None
    return Finding(
        "inner-axes-differ",
        _("A product of matrices sums over the last axis of the first and the first of the second.")
        + (" " + _("Here: {shapes}.").format(shapes=_known_shapes(pair, values)) if known else ""),
        _("Those two must have one length: transpose one of them, or swap the factors."),
    )


def _reshape(scene: Scene, node: ast.Call, name: str) -> Finding | None:
    subject = node.func.value if isinstance(node.func, ast.Attribute) else None
    if not name.startswith("."):
        subject = node.args[0] if node.args else None
    value = scene.value(subject)
    if not is_shaped(value):
        return None
    lengths = [scene.value(each) for each in (node.args if name.startswith(".") else node.args[1:])]
    floats = [
        each
        for each, length in zip(node.args[-len(lengths) :], lengths, strict=True)
        if isinstance(length, float | np.floating)
    ]
    if floats:
        return Finding(
            "float-as-size",
            _("{code} is a float, and a length in a shape is a whole number, an int.").format(
                code=code(floats[0])
            ),
            _("int(...) makes an int of a Python or NumPy number; n // 2 is one, n / 2 is not."),
        )
    whole = lengths[0] if len(lengths) == 1 else tuple(lengths)
    if isinstance(whole, str) or (
        isinstance(whole, tuple) and any(isinstance(each, float) for each in whole)
    ):
        return Finding(
            "float-as-size",
            _("{shape!r} is no shape: a length in a shape is a whole number, an int.").format(
                shape=whole
            ),
            _("n // 2 is an int, n / 2 is a float, and a text is neither."),
        )
    return Finding(
        "reshape-size",
        _("{code} has the shape {shape}, {size} elements, and a reshape keeps every one.").format(
            code=code(subject) if subject is not None else "x",
            shape=tuple(value.shape),
            size=value.size,
        ),
        _("The new lengths must multiply to that; -1 stands for the one that follows."),
    )


RULES = (shapes,)
