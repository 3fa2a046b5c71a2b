"""Arrays that are to change in place."""

import ast

import numpy as np

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_jax
from jax_koans.clinic.scene import Scene
from jax_koans.clinic.words import of_type
from jax_koans.i18n import _

_OPERATORS = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Pow: "power",
}  # fmt: skip


def assigned(scene: Scene) -> Finding | None:
    """`x[i] = value`, `x[i] += value` and `del x[i]` on an array of JAX."""
    node, statement = scene.node, scene.statement
    if not isinstance(node, ast.Subscript) or not isinstance(
        statement, ast.Assign | ast.AugAssign | ast.Delete
    ):
        return None
    if node not in _targets(statement):
        return None
    value = scene.value(node.value)
    name = ast.unparse(node.value)
    if type(value) is np.ndarray:
        if isinstance(scene.error, ValueError) and not value.flags.writeable:
            return Finding(
                "read-only-numpy-view",
                _(
                    "`{name}` is NumPy's view of a jax array, and it is read-only: jax arrays never"
                    " change."
                ).format(name=name),
                _("Make a copy that is yours: np.array(x) copies, np.asarray(x) looks."),
            )
        return None
    if type(scene.error) is not TypeError or not is_jax(value):
        return None
    index = ast.unparse(node.slice)
    new = "value"
    method = "set"
    if isinstance(statement, ast.AugAssign):
        method = _OPERATORS.get(type(statement.op), "apply")
    if not isinstance(statement, ast.Delete):
        new = ast.unparse(statement.value)
    short = len(name) + len(index) + len(new) < 40
    return Finding(
        "item-assignment",
        _("`{name}` is a jax array, {type}, and jax arrays never change.").format(
            name=name, type=of_type(value)
        ),
        _("Make a new one and keep it: {name} = {name}.at[{index}].{method}({new})").format(
            name=name if short else "x",
            index=index if short else "i",
            method=method,
            new=new if short else "value",
        ),
    )


def misused_at(scene: Scene) -> Finding | None:
    """`x.at[i] = value`, `x.at(i)`, `x.at[i].set()`."""
    node = scene.node
    if not isinstance(scene.error, TypeError):
        return None
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        at: ast.expr = node.value
    elif isinstance(node, ast.Call):
        at = node.func
        if isinstance(at, ast.Attribute) and isinstance(at.value, ast.Subscript):
            at = at.value.value
    else:
        return None
    if not isinstance(at, ast.Attribute) or at.attr != "at" or not is_jax(scene.value(at.value)):
        return None
    return Finding(
        "misused-at",
        _("{code}.at takes an index in square brackets, then a method with the new value.").format(
            code=ast.unparse(at.value)
        ),
        _("{name} = {name}.at[i].set(value); also .add, .multiply, .max, .get().").format(
            name=ast.unparse(at.value)
        ),
    )


def _targets(statement: ast.Assign | ast.AugAssign | ast.Delete) -> list[ast.AST]:
    if isinstance(statement, ast.AugAssign):
        return [statement.target]
    return [each for target in statement.targets for each in ast.walk(target)]


RULES = (
    misused_at,
    assigned,
)
