"""Plain Python that JAX programs stumble over: None, functions and lists where arrays belong."""

import ast
import types
from typing import Any

import jax
import numpy as np

from jax_koans.clinic.calls import wrong_number
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.loops import nothing_recorded
from jax_koans.clinic.names import function_from, none_from
from jax_koans.clinic.nature import is_function
from jax_koans.clinic.scene import UNKNOWN, Scene
from jax_koans.clinic.words import code
from jax_koans.i18n import _


def operand(scene: Scene) -> Finding | None:
    """An operator, or a subscript, with None, a function, a list or a string on one side."""
    node = scene.node
    if type(scene.error) is not TypeError:
        return None
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
    elif isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
    elif isinstance(node, ast.UnaryOp):
        sides = [node.operand]
    elif isinstance(node, ast.Subscript):
        sides = [node.value]
    elif isinstance(scene.statement, ast.Assign) and isinstance(node, ast.Tuple):
        sides = [scene.statement.value]
    elif isinstance(scene.statement, ast.AugAssign):
        sides = [scene.statement.value, scene.statement.target]
    else:
        return None
    for each in sides:
        if found := none_from(scene, each):
            return found
        value = scene.value(each)
        if value is None:
            return Finding(
                "none-for-value",
                _("{code} is None, and nothing can be computed with it.").format(code=code(each)),
                _("Look where it comes from: mostly a function without `return`."),
            )
        made = isinstance(each, ast.Call) and scene.called(each) in (
            "jax.vmap", "jax.grad", "jax.jit", "jax.value_and_grad", "jax.jacfwd", "jax.jacrev",
            "jax.hessian", "jax.checkpoint", "functools.partial",
        )  # fmt: skip
        if isinstance(each, ast.Lambda) or made or (value is not UNKNOWN and is_function(value)):
            return Finding(
                "function-for-value",
                _("{code} is a function, and its value at some x is meant.").format(
                    code=code(each)
                ),
                _("Call it: f(x). And jax.vmap(f), jax.grad(f), jax.jit(f) are functions too."),
            )
    for each in sides:
        value = scene.value(each)
        if isinstance(value, jax.ShapeDtypeStruct):
            return stand_in(each)
        others = [other for other in sides if other is not each]
        literal = isinstance(each, ast.List | ast.Tuple)
        plain = literal or (isinstance(each, ast.Call) and scene.called(each) == ".tolist")
        if isinstance(node, ast.Compare) and plain and literal and _one_number(scene):
            return Finding(
                "many-for-one",
                _("On one side stands {code}, several numbers, on the other a single one.").format(
                    code=code(each)
                ),
                _("Say that number, without brackets.")
                if not _gets_rows(scene, node)
                else _(
                    "Without vmap a function gets the whole of an array, all rows at once, and here"
                    " it answers with one number for all of it."
                ),
            )
        if isinstance(node, ast.Compare) and plain and _jax(scene):
            return Finding(
                "list-for-array",
                _(
                    "On one side stands {code}, a Python {kind}, on the other a jax array: a list"
                    " and an array cannot be compared."
                ).format(code=code(each), kind="tuple" if isinstance(each, ast.Tuple) else "list"),
                _("A single element is a plain number; of several .tolist() makes a list."),
            )
        if isinstance(node, ast.BinOp) and (literal or type(value) in (list, tuple, str)):
            if not any(_array(scene.value(other)) for other in others) and not _jax(scene):
                continue
            kind = (
                "list"
                if isinstance(each, ast.List)
                else "tuple"
                if isinstance(each, ast.Tuple)
                else type(value).__name__
            )
            return Finding(
                "list-for-array",
                _(
                    "{code} is a Python {kind}, and a jax array does not convert one in"
                    " arithmetic, as NumPy would."
                ).format(code=code(each), kind=kind),
                _("Convert it where you see it: jnp.array(...)."),
            )
    return None


def stand_in(node: ast.expr) -> Finding:
    return Finding(
        "stand-in-for-array",
        _("{code} is a ShapeDtypeStruct: it has a shape and a dtype, and no numbers.").format(
            code=code(node)
        ),
        _("It is for jax.eval_shape(f, x), make_jaxpr and lower, which trace and do not compute."),
    )


def called_with_stand_in(scene: Scene) -> Finding | None:
    node = scene.node
    if not isinstance(node, ast.Call) or not isinstance(scene.error, TypeError | AttributeError):
        return None
    if scene.called(node).rpartition(".")[2] in ("eval_shape", "lower", "trace"):
        return None
    for each, value in scene.arguments(node):
        made = isinstance(each, ast.Call) and scene.value(each.func) is jax.ShapeDtypeStruct
        if made or isinstance(value, jax.ShapeDtypeStruct):
            return stand_in(each)
    return None


def _array(value: Any) -> bool:
    return value is not UNKNOWN and isinstance(value, jax.Array | np.ndarray)


def _one_number(scene: Scene) -> bool:
    """Whether the array that was asked to compare itself is a single number."""
    arrays = [
        value
        for frame in scene.inner
        for value in frame.f_locals.values()
        if isinstance(value, jax.Array)
    ]
    return bool(arrays) and all(each.shape == () for each in arrays)


def _gets_rows(scene: Scene, node: ast.Compare) -> bool:
    """Whether a function without vmap around it is called on an array with rows."""
    call = node.left
    if not isinstance(call, ast.Call) or scene.transformations(call.func):
        return False
    return any(
        isinstance(value, jax.Array | np.ndarray) and value.ndim > 1
        for _each, value in scene.arguments(call)
    )


def _jax(scene: Scene) -> bool:
    return any("jax" in frame.f_globals.get("__name__", "") for frame in scene.inner)


def _waits(scene: Scene, value: Any) -> bool:
    """Whether what is called is what `jax.jit(static_argnames=...)`, without a function, makes."""
    if type(value) is not types.FunctionType or not value.__module__.startswith("jax"):
        return False
    origins = [each for function in scene.reached() for each in ast.walk(function)]
    if isinstance(scene.node, ast.Call) and isinstance(scene.node.func, ast.Name):
        origins.append(scene.assigned(scene.node.func.id) or ast.Pass())
    return any(
        isinstance(each, ast.Call) and not each.args and scene.known(each.func) == "jax.jit"
        for each in origins
    )


def call(scene: Scene) -> Finding | None:
    """What is called is no function, or gets another number of arguments than it takes."""
    node = scene.node
    if type(scene.error) is not TypeError or not isinstance(node, ast.Call):
        return None
    value = scene.value(node.func)
    if value is None:
        return none_from(scene, node.func) or Finding(
            "none-for-value",
            _("{code} is None, and a function is to be called here.").format(code=code(node.func)),
            _("Look where it comes from: mostly a function without `return`."),
        )
    plain = (int, float, bool, str, list, tuple, dict)
    if value is not UNKNOWN and (type(value) in plain or _array(value)):
        made = scene.assigned(node.func.id) if isinstance(node.func, ast.Name) else None
        if isinstance(made, ast.Call) and scene.definition(made.func) is not None:
            return Finding(
                "value-called",
                _("{code} answered with a value, and a function is wanted from it.").format(
                    code=code(made)
                ),
                _("Its `return` names the function itself, without calling it: return f."),
            )
        return Finding(
            "value-called",
            _("{code} is {what}, and (...) calls a function.").format(
                code=code(node.func),
                what=_("an array") if _array(value) else _("no function"),
            ),
            _("An element is x[i]; a product wants its sign: a * (b + c)."),
        )
    if _waits(scene, value):
        return Finding(
            "called-too-early",
            _("{code} is a jit that still waits for its function, and compiles none yet.").format(
                code=code(node.func)
            ),
            _("jax.jit(f, ...) compiles f; without an f it is for the line above a `def`."),
        )
    if type(value) is types.ModuleType:
        return Finding(
            "value-called",
            _("{code} is a module, and a function in it is meant.").format(code=code(node.func)),
            _("For example jax.random.normal, not jax.random."),
        )
    if isinstance(node.func, ast.Call) and not scene.transformations(node.func):
        inner = scene.called(node.func)
        if inner in ("jnp.sum", "jnp.array", "jnp.asarray", "float", "int"):
            return Finding(
                "value-called",
                _("{code} is a value already, and (...) calls a function.").format(
                    code=code(node.func)
                ),
                _("One pair of brackets is enough."),
            )
    function = scene.definition(node.func)
    if function is not None and not scene.holds_arguments(node.func):
        bound = 0
        if isinstance(node.func, ast.Attribute) and type(value) is not types.FunctionType:
            bound = 1
        return wrong_number(function, node, bound)
    return None


def iterated_none(scene: Scene) -> Finding | None:
    """A None that is unpacked, iterated, or counted."""
    if type(scene.error) is not TypeError:
        return None
    statement, node = scene.statement, scene.node
    subject: ast.expr | None = None
    if isinstance(statement, ast.For) and node is statement.iter:
        subject = statement.iter
    elif isinstance(statement, ast.Assign) and any(
        isinstance(each, ast.Tuple | ast.List) for each in statement.targets
    ):
        subject = statement.value
    elif isinstance(node, ast.Call) and len(node.args) == 1:
        subject = node.args[0]
    if found := none_from(scene, subject) or function_from(scene, subject):
        return found
    if isinstance(statement, ast.Assign) and subject is statement.value and node is not subject:
        return nothing_recorded(scene)
    return None


def unpacked(scene: Scene) -> Finding | None:
    """`a, b = x` with another number of elements."""
    statement = scene.statement
    if (
        type(scene.error) not in (ValueError, TypeError)
        or not isinstance(statement, ast.Assign)
        or not isinstance(statement.targets[0], ast.Tuple | ast.List)
        or scene.node not in list(ast.walk(statement.targets[0]))
    ):
        return None
    wanted = len(statement.targets[0].elts)
    nested = scene.node is not statement.targets[0]
    value = scene.value(statement.value)
    if nested or value is UNKNOWN or type(value) not in (tuple, list):
        if nested or not _array(value):
            return Finding(
                "unpacked-other-number",
                _(
                    "What {code} answers does not come apart into as many parts as there are names"
                    " on the left; None and a single number have none."
                ).format(code=code(statement.value)),
                _("Several results go out together, as a tuple: `return one, two`."),
            )
        if not value.shape:
            return None
    return Finding(
        "unpacked-other-number",
        _("{code} has {length} parts, and {count} names wait for them.").format(
            code=code(statement.value), length=len(value), count=wanted
        ),
        _("A pair has two: lax.scan answers with (carry, ys), value_and_grad likewise."),
    )


RULES = (called_with_stand_in, iterated_none, operand, call, unpacked)
