"""Arrays that are asked for one answer, one number, a hash; and where they lie."""

import ast

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_shaped
from jax_koans.clinic.scene import Scene
from jax_koans.clinic.words import code, of_type
from jax_koans.i18n import _


def truth(scene: Scene) -> Finding | None:
    """An `if`, an `and` or an `assert` over an array of several elements."""
    node = scene.node
    if type(scene.error) is not ValueError or scene.statement is None:
        return None
    asked = isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Name | ast.Call) and (
        isinstance(scene.statement, ast.If | ast.While | ast.Assert)
        or any(isinstance(each, ast.BoolOp | ast.IfExp) for each in scene.ancestors(node))
        or isinstance(node, ast.BoolOp)
        or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))
        or (isinstance(node, ast.Compare) and len(node.ops) > 1)
        or scene.called(node) in ("bool", "max", "min", "sorted", "any", "all")
    )
    if not asked or node is None:
        return None
    several = [
        ast.unparse(each)
        for each in ast.walk(node)
        if is_shaped(value := scene.value(each)) and value.size > 1
    ]
    if not several and not (
        isinstance(scene.statement, ast.Assert) and isinstance(node, ast.Compare)
    ):
        return None
    return Finding(
        "truth-of-array",
        _("{code} compares elementwise: an array of True and False, and no single answer.").format(
            code=code(node)
        ),
        _(
            "Ask for one: .all() or .any(); jnp.array_equal(a, b); in an answer, a plain list for"
            " .tolist()."
        )
        if isinstance(scene.statement, ast.Assert)
        else _("jnp.maximum(a, b) and jnp.minimum(a, b) compare elementwise, Python's do not.")
        if scene.called(node) in ("max", "min")
        else _(
            "For one answer .all() or .any(); elementwise jnp.where, and & instead of `and`, |"
            " instead of `or`."
        ),
    )


def converted(scene: Scene) -> Finding | None:
    """float(x), int(x), x.item() of an array with several elements; hash(x)."""
    node = scene.node
    if not isinstance(scene.error, TypeError | ValueError) or node is None:
        return None
    if isinstance(node, ast.Call):
        name = scene.called(node)
        subject = node.args[0] if node.args else None
        if name == ".item" and isinstance(node.func, ast.Attribute):
            subject = node.func.value
        value = scene.value(subject)
        if (
            name in ("float", "int", "complex", ".item", "range", "round")
            or name.startswith("math.")
        ) and is_shaped(value):
            if value.size == 1 and name != "range":
                return None
            if name == "range" and value.shape == ():
                return Finding(
                    "float-for-range",
                    _("range counts with ints, and {code} is {type}.").format(
                        code=code(subject) if subject else "", type=of_type(value)
                    ),
                    _("range(int(n))."),
                )
            return Finding(
                "number-of-array",
                _("{code} has the shape {shape}, and {name} wants a single number.").format(
                    code=code(subject) if subject is not None else "x",
                    shape=tuple(value.shape),
                    name=name.lstrip("."),
                ),
                _(
                    "Elementwise there is jnp: x.astype(int), jnp.sin(x). One number is x[0] or"
                    " x.sum()."
                ),
            )
    if isinstance(scene.error, TypeError):
        keys: list[ast.expr | None] = []
        if isinstance(node, ast.Dict):
            keys = list(node.keys)
        elif isinstance(node, ast.Set):
            keys = list(node.elts)
        elif isinstance(node, ast.Subscript) and type(scene.value(node.value)) is dict:
            keys = [node.slice]
        elif isinstance(node, ast.Call) and (
            scene.called(node) in ("hash", "set")
            or (
                isinstance(node.func, ast.Attribute)
                and node.func.attr == "add"
                and type(scene.value(node.func.value)) is set
            )
        ):
            keys = list(node.args)
        for each in keys:
            value = scene.value(each)
            if each is not None and is_shaped(value):
                return Finding(
                    "array-not-hashable",
                    _(
                        "{code} is an array, and arrays do not hash: no key of a dict or set."
                    ).format(code=code(each)),
                    _("A plain number does: float(x), int(x), or tuple(x.tolist())."),
                )
    return None


RULES = (
    converted,
    truth,
)
