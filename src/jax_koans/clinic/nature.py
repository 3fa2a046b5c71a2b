"""The nature of a value: what may safely be known of it without running any of its code."""

import functools
import types
from collections.abc import Sized
from dataclasses import dataclass
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np

_MOST = 2000  # elements to look at
_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_CONTAINERS = (tuple, list, set, frozenset)


@dataclass(frozen=True)
class Nature:
    """What is known of a value.

    `kind` is one of "none", "bool", "int", "float", "complex", "str", "bytes", "tuple", "list",
    "set", "dict", "array" (of JAX), "ndarray", "numpy number", "dtype", "class", "function",
    "module", "key", "tracer", "ellipsis", "other". `plain` is the value as plain Python (for a
    class or a dtype that itself), None where there is none; `shape` and `dtype` are an array's,
    `length` is a container's.
    """

    kind: str
    plain: Any = None
    shape: tuple[int, ...] | None = None
    dtype: "np.dtype[Any] | None" = None
    length: int | None = None

    @classmethod
    def of(cls, value: object) -> "Nature":
        kind = type(value)
        if kind in _PLAIN:
            return cls(_names[kind], value)
        if kind in _CONTAINERS or kind is dict:
            plain = _plain(value, [_MOST])
            name = "set" if kind is frozenset else kind.__name__
            return cls(name, plain, length=len(cast(Sized, value)))
        if value is Ellipsis:
            return cls("ellipsis")
        if is_tracer(value):
            return cls("tracer", None, value.shape, value.dtype)  # type: ignore[attr-defined]
        if is_array(value):
            if is_key(value):
                return cls("key", None, value.shape)  # type: ignore[attr-defined]
            return cls(
                "array",
                _plain(value, [_MOST]),
                value.shape,  # type: ignore[attr-defined]
                value.dtype,  # type: ignore[attr-defined]
            )
        if kind is np.ndarray:
            assert isinstance(value, np.ndarray)
            return cls("ndarray", _plain(value, [_MOST]), value.shape, value.dtype)
        if isinstance(value, np.generic):
            return cls("numpy number", value.item(), (), value.dtype)
        if isinstance(value, np.dtype):
            return cls("dtype", value)
        if issubclass(kind, type):
            return cls("class", value)
        if is_function(value):
            return cls("function", getattr(value, "__name__", kind.__name__))
        if kind is types.ModuleType:
            return cls("module", vars(value).get("__name__"))
        if issubclass(kind, tuple):  # a named one
            plain = tuple.__getitem__(cast(tuple[Any, ...], value), slice(None))
            return cls("tuple", _plain(plain, [_MOST]), length=len(plain))
        return cls("other", kind)

    @property
    def is_number(self) -> bool:
        return self.kind in ("int", "float", "complex") or (
            self.shape == () and isinstance(self.plain, int | float | complex)
        )


_names = {kind: kind.__name__ for kind in _PLAIN} | {type(None): "none"}


@dataclass(frozen=True)
class Pair:
    """Two values that were compared: what was computed, and what it was compared with."""

    found: Nature
    said: Nature

    @classmethod
    def of(cls, found: object, said: object) -> "Pair":
        return cls(Nature.of(found), Nature.of(said))


def is_tracer(value: object) -> bool:
    return jax.core.Tracer in type(value).__mro__


def is_array(value: object) -> bool:
    """Whether a value is a concrete array of JAX."""
    home = type(value).__module__.partition(".")[0]
    return home in ("jax", "jaxlib") and isinstance(value, jax.Array) and not is_tracer(value)


def is_jax(value: Any) -> bool:
    """Whether a value is an array of JAX, concrete or traced."""
    return is_array(value) or is_tracer(value)


def is_shaped(value: Any) -> bool:
    """Whether a value is an array of JAX or of NumPy."""
    return isinstance(value, jax.Array | np.ndarray)


def is_key(value: Any) -> bool:
    """Whether a value is a typed random key, or an array of them."""
    return isinstance(value, jax.Array) and bool(jnp.issubdtype(value.dtype, jax.dtypes.prng_key))


def is_jitted(value: object) -> bool:
    return type(value) is type(_jitted)


def is_function(value: object) -> bool:
    """Whether a value is meant to be called: a function of Python, of NumPy or of JAX."""
    return type(value) in _FUNCTIONS or (
        type(value).__module__.partition(".")[0] in ("jax", "jaxlib")
        and callable(value)
        and not isinstance(value, jax.Array | type)
    )


def wrapped(function: Any) -> Any:
    """The function under the wrappers of jit, vmap, grad, `counted` and their like."""
    for _turn in range(20):
        inner = getattr(function, "__dict__", {}).get("__wrapped__")
        if inner is None:
            if type(function) is functools.partial:
                inner = function.func
            elif type(function) is types.MethodType:
                inner = function.__func__
        if inner is None or not is_function(inner):
            break
        function = inner
    return function


def has_arguments(function: Any) -> bool:
    """Whether a partial with some arguments lies under a function's wrappers."""
    for _turn in range(20):
        if type(function) is functools.partial:
            return bool(function.args or function.keywords)
        function = getattr(function, "__dict__", {}).get("__wrapped__")
        if function is None:
            return False
    return False


@jax.jit
def _jitted(x: Any) -> Any:
    return x


_FUNCTIONS = {
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    functools.partial,
    np.ufunc,
    type(_jitted),
}


class _TooMuch(Exception):
    pass


def _plain(value: object, left: list[int]) -> Any:
    """Containers, arrays and numbers as plain Python; None where that is too much or unknown."""
    try:
        return _tree(value, left, 0)
    except (_TooMuch, RuntimeError):  # too large, unknown, or a buffer that was given away
        return None


def _tree(value: Any, left: list[int], depth: int) -> Any:
    kind = type(value)
    left[0] -= 1
    if left[0] < 0 or depth > 8:
        raise _TooMuch
    if kind in _PLAIN:
        return value
    if kind in _CONTAINERS:
        return kind(_tree(each, left, depth + 1) for each in kind.__iter__(value))
    if kind is dict:
        return {
            _tree(key, left, depth + 1): _tree(each, left, depth + 1)
            for key, each in dict.items(value)
        }
    if is_array(value) or kind is np.ndarray or isinstance(value, np.generic):
        left[0] -= value.size
        if left[0] < 0 or value.dtype == object:
            raise _TooMuch
        return np.asarray(value).tolist()
    if isinstance(value, np.dtype) or kind is type or value is Ellipsis:
        return value
    raise _TooMuch
