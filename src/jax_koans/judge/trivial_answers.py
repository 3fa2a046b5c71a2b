"""Answers that pass whatever the koan computes, or that are equal by a rule of Python.

The question equals itself, `True` equals 1, `None` equals float64, a mock equals everything.
"""

import ast
from typing import Any

from jax_koans.i18n import _

UNKNOWN = object()
# What may have an effect when it is evaluated a second time: `next(numbers)` gives another value.
_EFFECTS = ast.Call | ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr | ast.comprehension


def repeated(answer: str, question: ast.expr) -> str:
    """An objection to an answer that contains what it is compared to; "" to any other."""
    if isinstance(question, ast.Constant):
        return ""
    parts = map(ast.dump, ast.walk(_parsed(answer)))
    text = _("Your answer repeats `{question}`. Write the value you expect.")
    return text.format(question=ast.unparse(question)) if ast.dump(question) in parts else ""


def value(text: str, namespace: dict[str, Any], local: set[str]) -> object:
    """An expression's value in a module; UNKNOWN where it calls something, or reads `local`."""
    try:
        tree = _parsed(text)
        for node in ast.walk(tree):
            if isinstance(node, _EFFECTS) or (isinstance(node, ast.Name) and node.id in local):
                return UNKNOWN
        return eval(compile(tree, "<answer>", "eval"), dict(namespace))
    except Exception:
        return UNKNOWN


def objection(answer: object, reference: object) -> str:
    """Why a value is no answer, "" if it is one. `reference` is the solution's, or UNKNOWN."""
    if answer is UNKNOWN:
        return ""
    if answer is None and reference is not None and reference is not UNKNOWN:
        return _("None passes only because NumPy reads it as float64. Write the value you expect.")
    if isinstance(answer, bool) and type(reference) in (int, float, complex):
        text = _("{value} passes only because Python counts it as {number}. Write a number.")
        return text.format(value=answer, number=int(answer))
    try:
        if all(bool(answer == stranger) for stranger in (object(), _EFFECTS)):
            return _("Your answer equals every object. Write the value you expect.")
    except Exception:  # an array's comparison has no truth value
        return ""
    if isinstance(answer, list | tuple) and isinstance(reference, list | tuple):
        return next(filter(None, map(objection, answer, reference)), "")
    return ""


def _parsed(text: str) -> ast.Expression:
    return ast.parse(f"({text.strip()}\n)", mode="eval")
