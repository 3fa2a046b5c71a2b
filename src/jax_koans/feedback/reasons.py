"""An author's reason for a wrong answer at a blank: its WHY, and the IF that equals the answer."""

import ast
import math
from typing import Any

from jax_koans.source import Answers, Reason, erase, reasons
from jax_koans.source.blanks import bare_blanks
from jax_koans.source.match import same as same_code
from jax_koans.source.reasons import is_value
from jax_koans.source.text import Source


def reason_at(found: Answers, solution: str, koan: str, lines: range) -> Reason | None:
    """The reason of the blank whose answer stands in these lines of the learner's file.

    None where the koan's own statement there was changed: what its author says may be false then.
    """
    mine = [answer for answer in found.spots if answer.spot.koan == koan]
    for answer, reason in zip(mine, reasons(solution)[koan], strict=True):
        if answer.line in lines and not answer.lost:
            return reason
    return None


def case_of(reason: Reason, answer: object, namespace: dict[str, Any]) -> str:
    """What the author says of this very answer, "" of all others; names are those of the module."""
    for case in reason.cases:
        try:
            value = eval(case.value, dict(namespace))
        except (NameError, AttributeError):  # the learner's module does not have that name
            continue
        if same(value, answer):
            return case.text
    return ""


def has_no_blank(statement: ast.stmt, solution: str) -> bool:
    """Whether a learner's statement is a koan's own one, unchanged, that asks for no answer."""
    return any(
        isinstance(node, type(statement)) and not bare_blanks(node) and same_code(node, statement)
        for node in ast.walk(Source.read(erase(solution)).tree)
    )


def is_right(reason: Reason, answer: object, namespace: dict[str, Any]) -> bool:
    """Whether an answer is the right one, as far as that is a value or a name of the module."""
    try:
        return is_value(reason.answer) and same(eval(reason.answer, dict(namespace)), answer)
    except (NameError, AttributeError):
        return False


def same(value: object, answer: object) -> bool:
    """Whether an answer equals a value: a bool only a bool, NaN also NaN, a list no tuple."""
    if isinstance(value, list | tuple):
        return (
            type(answer) is type(value)
            and len(answer) == len(value)
            and all(same(*pair) for pair in zip(value, answer, strict=True))
        )
    if isinstance(value, bool) or isinstance(answer, bool):
        return value is answer
    if isinstance(value, float) and isinstance(answer, float) and math.isnan(value):
        return math.isnan(answer)
    try:
        return (value == answer) is True  # the comparison of an array is no bool
    except Exception:  # an object of the learner's may raise anything
        return False
