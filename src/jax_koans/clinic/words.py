"""How the clinic names things of the learner's: code, types, lists of names."""

import ast
from collections.abc import Iterable
from typing import Any

_LONGEST = 40  # characters of code within a sentence


def code(node: ast.AST) -> str:
    """An expression as it stands in the text, short enough for a sentence."""
    text = " ".join(ast.unparse(node).split())
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[:_LONGEST]}...`"


def of_type(array: Any) -> str:
    """`float32[3,2]` of an array or a tracer."""
    return type_of(array.dtype, array.shape)


def type_of(dtype: Any, shape: Iterable[int]) -> str:
    return f"{dtype}[{','.join(map(str, shape))}]"


def shape(value: tuple[int, ...]) -> str:
    return str(value)


def listed(names: Iterable[str]) -> str:
    return ", ".join(names)
