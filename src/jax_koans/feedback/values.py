"""What names in a learner's code hold, without running any of it."""

import ast
import builtins
import functools
import importlib
import types
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


class _Unknown:
    """What cannot be known without running code."""


UNKNOWN: Any = _Unknown()
Names = tuple[dict[str, Any], ...]  # where a name is looked up: local, global, built in
JITTED = type(jax.jit(lambda: None))  # the class has no public name
_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    functools.partial,
    np.ufunc,
    JITTED,
)


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
            if type(owner).__module__ in ("builtins", "types") or isinstance(owner, jax.Array):
                return UNKNOWN
            try:  # only what lies in the object itself: no property of a learner's class runs
                owned = object.__getattribute__(owner, "__dict__")
            except AttributeError:
                return UNKNOWN
            return owned.get(node.attr, UNKNOWN) if type(owned) is dict else UNKNOWN
    return UNKNOWN


def kinds(node: ast.AST | None, names: Names) -> set[str]:
    """What kind of value an expression holds, in the words of the table's `holds`."""
    match node:
        case ast.List() | ast.ListComp():
            return {"list"}
        case ast.Tuple():
            return {"tuple"}
        case ast.Lambda():
            return {"function"}
        case ast.Attribute(attr="at") | ast.Subscript(value=ast.Attribute(attr="at")):
            return {"x.at"}
        case ast.Constant(value=None):
            return set()  # written on purpose
    value = value_of(node, names)
    return set() if value is UNKNOWN else set(_kinds(value))


def _kinds(value: Any) -> Iterator[str]:
    if value is None:
        yield "None"
    elif isinstance(value, types.ModuleType):
        yield "module" if value.__name__.partition(".")[0] == "jax" else "other module"
    elif jax.core.Tracer in type(value).__mro__:
        yield "tracer"
        yield from ("key",) if _is_key(value) else ()
    elif isinstance(value, jax.Array):
        deleted = value.is_deleted()
        yield "deleted" if deleted else "key" if _is_key(value) else "array"
    elif type(value) is np.ndarray:
        yield "NumPy array" if value.flags.writeable else "read-only"
    elif isinstance(value, jax.stages.Compiled):
        yield "compiled"
    elif isinstance(value, jax.custom_vjp | jax.custom_jvp):
        yield "custom rule"
    elif isinstance(value, _FUNCTIONS):
        yield "function"
        yield from ("custom rule",) if _calls_custom_rule(value) else ()
    elif type(value) in (list, tuple, str, dict):
        yield type(value).__name__


def _is_key(value: Any) -> bool:
    return bool(jnp.issubdtype(value.dtype, jax.dtypes.prng_key))


def _calls_custom_rule(function: Any) -> bool:
    """Whether a function reads a global name that holds a function with a custom derivative."""
    code = getattr(function, "__code__", None)
    read = code.co_names if code else ()
    around = getattr(function, "__globals__", {})
    return any(isinstance(around.get(name), jax.custom_vjp | jax.custom_jvp) for name in read)


@functools.cache
def public(name: str) -> Any:
    """What a qualified public name such as `jax.lax.scan` stands for; UNKNOWN where it is gone."""
    module, _dot, last = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module or "builtins"), last)
    except (ImportError, AttributeError):
        owner = public(module) if module else UNKNOWN
        return UNKNOWN if owner is UNKNOWN else getattr(owner, last, UNKNOWN)


def is_named(value: Any, name: str) -> bool:
    """Whether a value is what a public name stands for; `numpy.*` is each function of NumPy."""
    if value is UNKNOWN:
        return False
    if name.endswith(".*"):
        owner = importlib.import_module(name.removesuffix(".*"))
        return callable(value) and any(value is each for each in vars(owner).values())
    return value is public(name)
