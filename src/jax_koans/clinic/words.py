"""How the clinic names things of the learner's: code, types, lists of names."""

import ast
from collections.abc import Iterable
from typing import Any

from jax_koans.i18n import _

_LONGEST = 40  # characters of code within a sentence

_WITH_ARTICLE = {
    "none": _("None"),
    "int": _("an int"),
    "array": _("an array"),
    "ndarray": _("an array of NumPy"),
    "numpy number": _("a number of NumPy"),
    "str": _("a text"),
    "key": _("a random key"),
    "other": _("an object of another kind"),
}


def a(kind: str) -> str:
    """The kind of a value, as a sentence calls it: "an int", "a float"."""
    return _WITH_ARTICLE.get(kind) or _("a {kind}").format(kind=kind)


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


def places(numbers: list[int]) -> str:
    """Some indices, the first few of them."""
    return ", ".join(map(str, numbers[:4])) + (", ..." if len(numbers) > 4 else "")


def listed(names: Iterable[str]) -> str:
    return ", ".join(names)
