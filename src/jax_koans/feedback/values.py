"""What names in a learner's code hold, without running any of it."""

import ast
import builtins
import functools
import importlib
import types
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

UNKNOWN: Any = object()
Names = tuple[dict[str, Any], ...]  # where a name is looked up: local, global, built in
JITTED = type(jax.jit(lambda: None))  # the class has no public name
_CLASSES: dict[str, Any] = {
    "compiled": jax.stages.Compiled,
    "custom rule": (jax.custom_vjp, jax.custom_jvp),
    "function": (
        types.FunctionType, types.BuiltinFunctionType, types.MethodType, functools.partial,
        np.ufunc, JITTED,
    ),
    "dict": dict,
    "list": list,
    "tuple": tuple,
}  # fmt: skip


def names_of(frame: types.FrameType) -> Names:
    return frame.f_locals, frame.f_globals, vars(builtins)


def value_of(node: ast.AST | None, names: Names) -> Any:
    """What a constant, a name or an attribute of a module holds; UNKNOWN for all else."""
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return next((each[node.id] for each in names if node.id in each), UNKNOWN)
        case ast.Attribute():
            owner = value_of(node.value, names)
            if isinstance(owner, types.ModuleType):
                return vars(owner).get(node.attr, UNKNOWN)
    return UNKNOWN


def kind_of(node: ast.AST | None, names: Names) -> str:
    """What kind of value an expression holds, in the words of the table; "" where unknown."""
    match node:
        case ast.List() | ast.ListComp() | ast.Tuple():
            return "tuple" if isinstance(node, ast.Tuple) else "list"
        case ast.Lambda():
            return "function"
        case ast.Attribute(attr="at") | ast.Subscript(value=ast.Attribute(attr="at")):
            return "x.at"
        case ast.Subscript(value=owner) if kind_of(owner, names) in ("array", "tracer"):
            return kind_of(owner, names)
    value = value_of(node, names)
    if value is None:
        return "" if isinstance(node, ast.Constant) else "None"  # a constant is there on purpose
    if isinstance(value, jax.Array):  # a tracer too
        if jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
            return "key"
        if not is_concrete(value):
            return "tracer"
        return "deleted" if value.is_deleted() else "array"
    if type(value) is np.ndarray:
        return "NumPy array" if value.flags.writeable else "read-only"
    if isinstance(value, types.ModuleType):
        return "module" if value.__name__.partition(".")[0] == "jax" else ""
    return next((name for name, classes in _CLASSES.items() if isinstance(value, classes)), "")


def is_concrete(value: Any) -> bool:
    """Whether a value is an array that is no tracer."""
    return isinstance(value, jax.Array) and jax.core.Tracer not in type(value).__mro__


@functools.cache
def public(name: str) -> Any:
    """What a qualified public name such as `jax.lax.scan` stands for; UNKNOWN where it is gone."""
    owner, _dot, last = name.rpartition(".")
    try:
        return getattr(importlib.import_module(owner or "builtins"), last)
    except (ImportError, AttributeError):
        return UNKNOWN


def is_named(value: Any, name: str) -> bool:
    """Whether a value is what a public name stands for; `numpy.*` is each function of NumPy."""
    if value is UNKNOWN:
        return False
    if name.endswith(".*"):
        owner = importlib.import_module(name.removesuffix(".*"))
        return callable(value) and any(value is each for each in vars(owner).values())
    return value is public(name)
