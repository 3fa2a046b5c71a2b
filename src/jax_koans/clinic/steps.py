"""Answers that stop short of the left side: a step, a sign or the rest of a table left out."""

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from jax_koans.clinic.answer import Answer
from jax_koans.clinic.containers import leaves_of
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import Nature, is_array
from jax_koans.clinic.words import code
from jax_koans.i18n import _

STEPS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def close(one: list[Any], two: list[Any]) -> bool:
    return all(math.isclose(a, b, rel_tol=1e-5) for a, b in zip(one, two, strict=True))


def unfinished(answer: Answer) -> Finding | None:
    """The answer is what stands before the last `+ b` or `- b` of the left side."""
    node = answer.left
    if isinstance(node, ast.Call) and answer.scene.called(node) == ".tolist":
        assert isinstance(node.func, ast.Attribute)
        node = node.func.value
    if not answer.blank or not isinstance(node, ast.BinOp):
        return None
    last = Nature.of(answer.scene.value(node.right)).plain
    yours, true = leaves_of(answer.yours.plain), leaves_of(answer.true.plain)
    parts = leaves_of(last)
    if len(parts) == 1:
        parts *= len(true)
    operation = STEPS.get(type(node.op))
    if operation is None or not len(yours) == len(true) == len(parts) or yours == true:
        return None
    steps = zip(yours, parts, strict=True)
    if [operation(one, by) for one, by in steps] != true or not any(parts):
        return None
    return Finding(
        "step-left-out",
        _("That is the value before the last step: {code} is still to come.").format(
            code=code(node.right)
        ),
        _("Go through the line from left to right, and round after each step as the dtype does."),
    )


def all_positive(answer: Answer) -> Finding | None:
    """The sum or the mean of an array, with its minus signs left out."""
    node = answer.left
    if not answer.blank or not isinstance(node, ast.Call) or answer.numbers is None:
        return None
    if answer.scene.called(node) not in ("jnp.sum", "jnp.mean", ".sum", ".mean"):
        return None
    method = isinstance(node.func, ast.Attribute) and answer.scene.called(node).startswith(".")
    array = answer.scene.value(
        node.func.value if method and isinstance(node.func, ast.Attribute) else node.args[0]
    )
    if not is_array(array) or len(node.args) + len(node.keywords) > (0 if method else 1):
        return None
    sizes = np.abs(np.asarray(array))
    total = sizes.sum() if answer.scene.called(node).endswith("sum") else sizes.mean()
    if not math.isclose(float(total), answer.numbers[0], rel_tol=1e-5):
        return None
    return Finding(
        "minus-overlooked",
        _("That comes out when every number counts as positive: a minus sign is overlooked."),
        _("Go through the numbers with their signs."),
    )


def whole_array(answer: Answer) -> Finding | None:
    """A function of the koan's is called on a whole table, and answers with one number."""
    node = answer.left
    if not answer.blank or answer.numbers is None or not isinstance(node, ast.Call):
        return None
    given = answer.scene.arguments(node)
    if len(given) != 1 or answer.transformed or answer.scene.definition(node.func) is None:
        return None
    ((argument, value),) = given
    if not is_array(value) or len(value.shape) < 2:
        return None
    return Finding(
        "whole-array",
        _("{function} gets the whole of {array} here, {shape}, all rows at once.").format(
            function=code(node.func), array=code(argument), shape=tuple(value.shape)
        ),
        _("Without vmap nobody takes it apart: what does the function do with all of it?"),
    )


RULES = (unfinished, all_positive)
