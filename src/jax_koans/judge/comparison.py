"""The two sides of a comparison that failed, and what numpy.testing and pytest say of them."""

import ast
import traceback
from dataclasses import dataclass
from typing import Any

import pytest

from jax_koans.feedback.differences import difference
from jax_koans.source.reasons import is_literal

_LONGEST = 400  # characters of a value
_MOST = 8000  # characters of a message: an array's repr may have megabytes
# Where pytest's rewriting appends its own explanation to the message of an assertion.
_EXPLANATION = "\nassert "
_DIFFERENCES = ("Max absolute difference", "Max relative difference")


@dataclass(frozen=True)
class Sides:
    """The two sides of the last comparison that failed, as text, and a fact about them."""

    left: str = ""
    right: str = ""
    operator: str = ""
    answer: object = None  # the right side itself: in a koan's own line the learner's answer
    fact: str = ""

    @classmethod
    def of(cls, left: object, right: object, operator: str) -> "Sides":
        texts = _brief(_as_plain_as(left, right)), _brief(_as_plain_as(right, left))
        return cls(*texts, operator, right, difference(left, right))

    def shown(self, statement: ast.stmt | None) -> dict[str, Any]:
        """What an outcome says of them: its fields `value`, and `answer` or `expected`.

        What is computed is on the left, in every koan; on the right the learner's answer, or,
        where the assertion has a message, what is expected of their code. A message that holds
        values itself, beside two computed sides, says it better.
        """
        if not isinstance(statement, ast.Assert) or self.operator not in ("==", "is"):
            return {}
        if not isinstance(test := statement.test, ast.Compare) or len(test.ops) > 1:
            return {}  # either half of a chained comparison may have failed
        if statement.msg is None:
            return {"value": self.left, "answer": self.right}
        (right,) = test.comparators
        named = isinstance(right, ast.Name) and not isinstance(test.left, ast.Name)
        if isinstance(statement.msg, ast.JoinedStr) and not (
            named or is_literal(ast.unparse(right))
        ):
            return {}
        return {"value": self.left, "expected": self.right}


def messages(error: BaseException, statement: ast.stmt | None) -> tuple[str, str]:
    """What an exception says, and the message of the assertion that raised it, "" without one."""
    text = str(error).strip("\n")
    if not isinstance(error, AssertionError):
        return cut(text), ""
    if isinstance(statement, ast.Assert):
        if statement.msg is None:
            return cut(text), ""
        message, explained, rest = text.partition(_EXPLANATION)
        # Of pytest's own words the first line, where it shows two values that should be equal.
        test = statement.test
        equal = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq)
        values = rest.partition("\n")[0] if explained and equal else ""
        return (f"assert {cut(values)}" if values else ""), cut(message)
    if not (message := _err_msg(error, statement)):
        return cut(text), ""
    kept = [line for line in text.replace(message, "", 1).split("\n") if line.strip()]
    # The differences come first in numpy's text, and what differs last, where it may be cut.
    kept.sort(key=lambda line: line.startswith(_DIFFERENCES))
    return cut("\n".join(kept).strip("\n")), cut(message)


def caught(error: BaseException, statement: ast.stmt | None) -> str:
    """What the exception said that the koan itself caught, by `pytest.raises(...) as caught`."""
    match statement:
        case ast.Assert(test=ast.Compare(left=ast.Attribute(value=ast.Name(id=name), attr="type"))):
            for frame, _line in traceback.walk_tb(error.__traceback__):
                info = frame.f_locals.get(name)
                if isinstance(info, pytest.ExceptionInfo):
                    return f"{public_name(info.type)}: {cut(str(info.value))}"
    return ""


def cut(text: str, most: int = _MOST) -> str:
    """As much of a message as anybody reads."""
    return text if len(text) <= most else text[:most] + " ..."


def public_name(kind: type) -> str:
    """`TypeError`, `jax.errors.TracerBoolConversionError`: the name that a learner can import."""
    import jax

    for base in kind.__mro__:  # a hidden class goes by the public name above it
        if getattr(jax.errors, base.__name__, None) is base:
            return f"jax.errors.{base.__name__}"
        if "._" not in base.__module__:
            break
    if kind.__module__ in ("builtins", "_pytest.outcomes") or kind.__module__.startswith("_"):
        return kind.__name__
    return f"{kind.__module__}.{kind.__qualname__}"


def _err_msg(error: BaseException, statement: ast.stmt | None) -> str:
    """The `err_msg` that the koan's own line gave to a numpy.testing assertion."""
    match statement:
        case ast.Expr(value=ast.Call(keywords=keywords)) if any(
            each.arg == "err_msg" for each in keywords
        ):
            for frame, _line in traceback.walk_tb(error.__traceback__):
                # Where it was passed: further in, numpy adds its own remarks to it.
                numpy = frame.f_globals.get("__name__", "").startswith("numpy.")
                if numpy and "err_msg" in frame.f_locals:
                    return str(frame.f_locals["err_msg"])
    return ""


def _as_plain_as(value: object, other: object) -> object:
    """A number without its array, where it is compared with a plain number."""
    if isinstance(value, list) and isinstance(other, list) and len(value) == len(other):
        return [_as_plain_as(*pair) for pair in zip(value, other, strict=True)]
    # By its form, not its class: JAX is imported late.
    array = getattr(value, "shape", None) == () and hasattr(value, "item")
    if array and type(other) in (bool, int, float, complex):
        return value.item()  # type: ignore[attr-defined]
    return value


def _brief(value: object) -> str:
    """A value as a learner would write it, cut where it is long."""
    if isinstance(value, type):
        return public_name(value)
    try:
        text = repr(value)
    except Exception as error:  # a learner's own __repr__ may do anything
        text = f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return cut(text, _LONGEST)
