"""Arrays that are to change in place."""

import ast

import numpy as np

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_jax
from jax_koans.clinic.scene import Scene
from jax_koans.clinic.words import code, listed, of_type
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
    """`x.at[i] = value`, `x.at(i)`, `x.at[i] * 2`, `x.at[i] *= 2`, `x.at[i].get("fill")`."""
    node = scene.node
    if not isinstance(scene.error, TypeError | ValueError):
        return None
    if isinstance(node, ast.BinOp):
        return _arithmetic(scene, node.left, node.right)
    if isinstance(scene.statement, ast.AugAssign) and node is None:
        # No expression: what raised is the statement's own operator.
        return _arithmetic(scene, scene.statement.target)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        at: ast.expr = node.value
    elif isinstance(node, ast.Call):
        at = node.func
        if isinstance(at, ast.Attribute) and (array := _place(scene, at.value)) is not None:
            return _method(scene, node, at.attr, array)
    else:
        return None
    if not _is_at(scene, at) or not isinstance(scene.error, TypeError):
        return None
    assert isinstance(at, ast.Attribute)
    return Finding(
        "misused-at",
        _("{code}.at takes an index in square brackets, then a method with the new value.").format(
            code=ast.unparse(at.value)
        ),
        _("{name} = {name}.at[i].set(value); also .add, .multiply, .max, .get().").format(
            name=ast.unparse(at.value)
        ),
    )


def _is_at(scene: Scene, node: ast.expr) -> bool:
    """Whether an expression is `x.at`."""
    return isinstance(node, ast.Attribute) and node.attr == "at" and is_jax(scene.value(node.value))


def _place(scene: Scene, node: ast.expr) -> str | None:
    """The text of the array in `x.at[i]`."""
    if isinstance(node, ast.Subscript) and isinstance(at := node.value, ast.Attribute):
        known = scene.value(at.value)
        made = isinstance(at.value, ast.Call) and scene.called(at.value).startswith("jnp.")
        if at.attr == "at" and (is_jax(known) or made):
            return ast.unparse(at.value)
    return None


def _arithmetic(scene: Scene, *sides: ast.expr) -> Finding | None:
    for each in sides:
        if _place(scene, each) is not None:
            return Finding(
                "misused-at",
                _(
                    "{code} is a place in an array, and no number: what is to happen there is said"
                    " by a method."
                ).format(code=code(each)),
                _(".add(v), .multiply(v), .set(v) behind the brackets answer with a new array."),
            )
    return None


_MODES = ("clip", "fill", "drop", "promise_in_bounds")


def _method(scene: Scene, node: ast.Call, method: str, array: str) -> Finding | None:
    modes = [scene.value(each.value) for each in node.keywords if each.arg == "mode"]
    unknown = [each for each in modes if isinstance(each, str) and each not in _MODES]
    if unknown:
        return Finding(
            "misused-at",
            _("There is no mode called {mode!r}.").format(mode=unknown[0][:20]),
            _("The modes are {modes}.").format(modes=listed(f'"{each}"' for each in _MODES)),
        )
    if type(scene.error) is TypeError and method == "get" and node.args:
        return Finding(
            "misused-at",
            _("get takes its options by name: {code} hands it one by position.").format(
                code=code(node)
            ),
            _("An option is written name=value, such as mode=... or fill_value=..."),
        )
    return None


def _targets(statement: ast.Assign | ast.AugAssign | ast.Delete) -> list[ast.AST]:
    if isinstance(statement, ast.AugAssign):
        return [statement.target]
    return [each for target in statement.targets for each in ast.walk(target)]


_MADE_ANEW = {
    "device": "jax.device_put(x, device)",
    "sharding": "jax.device_put(x, sharding)",
    "shape": "x.reshape(shape)",
    "dtype": "x.astype(dtype)",
    "T": "x.T",
}


def attribute(scene: Scene) -> Finding | None:
    """`x.device = device`, `x.shape = (2, 3)` on an array of JAX."""
    node, statement = scene.node, scene.statement
    if not isinstance(node, ast.Attribute) or not isinstance(statement, ast.Assign | ast.AugAssign):
        return None
    if not isinstance(node.ctx, ast.Store) or not is_jax(scene.value(node.value)):
        return None
    return Finding(
        "attribute-of-an-array",
        _("{code} can be read, and not set: a jax array never changes.").format(code=code(node)),
        _("Make a new one and keep it: {call}").format(
            call=_MADE_ANEW.get(node.attr, "jnp.array(...)")
        ),
    )


RULES = (
    misused_at,
    assigned,
    attribute,
)
