"""Answers that are none: what agrees with anything, or with the wrong thing by a quirk of Python.

`True` equals 1, `None` equals a dtype of float64, `mock.ANY` equals all; and the other side of a
comparison agrees with itself whatever it is.
"""

import ast
import copy
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from jax_koans.i18n import _
from jax_koans.source import Answers, fill
from jax_koans.source.match import tests
from jax_koans.source.text import Source, bare_blanks, is_blank, position

UNKNOWN = object()
_SAW = "__koans_saw__"


# By its form: the other side of the comparison.


def other_sides(test: ast.FunctionDef) -> Iterator[tuple[int, ast.expr]]:
    """For each blank of a koan's test that is compared: its number, and what it is compared to."""
    numbers = {
        id(blank): number for number, blank in enumerate(sorted(bare_blanks(test), key=position))
    }
    for node in ast.walk(test):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            pairs = list(itertools.pairwise(sides))
        elif isinstance(node, ast.Call) and len(node.args) >= 2:  # assert_allclose(found, __)
            pairs = [(node.args[0], node.args[1])]
        else:
            continue
        for pair in pairs:
            for blank, other in _beside(*pair):
                yield numbers[id(blank)], other


def asks_again(answer: str, other: ast.expr, test: ast.FunctionDef) -> bool:
    """Whether an answer holds what it is compared to, or reads the exception asked about."""
    if isinstance(other, ast.Constant):
        return False
    wanted, caught = ast.dump(other), _caught(test) & _names(other)
    tree = ast.parse(f"({answer})", mode="eval")
    return any(
        ast.dump(node) == wanted or (isinstance(node, ast.Name) and node.id in caught)
        for node in ast.walk(tree)
    )


def _beside(one: ast.expr, two: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if is_blank(two):
        yield two, one
    elif is_blank(one):
        yield one, two
    elif isinstance(one, ast.Tuple | ast.List) and isinstance(two, ast.Tuple | ast.List):
        for pair in zip(one.elts, two.elts, strict=False):
            yield from _beside(*pair)


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _caught(test: ast.FunctionDef) -> set[str]:
    """The names that a test's `with ... as name` bind: `with pytest.raises(...) as met`."""
    return {
        item.optional_vars.id
        for node in ast.walk(test)
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.optional_vars, ast.Name)
    }


# By its value.


def evaluated(text: str, namespace: dict[str, Any]) -> object:
    """What an expression comes to in a module; UNKNOWN where it needs what a function binds."""
    try:
        return eval(text.strip(), dict(namespace))
    except Exception:
        return UNKNOWN


def values(
    koan: str,
    given: Answers,
    solution: str,
    namespace: dict[str, Any],
    arguments: dict[str, Any],
) -> list[list[object]]:
    """For each blank of a koan all values that its answer came to.

    An answer that reads the test's own variables is seen by running the test once more, with each
    answer looked at on its way.
    """
    texts = [answer.text for answer in given.spots if answer.spot.koan == koan]
    found = [evaluated(text or "", namespace) for text in texts]
    if not any(value is UNKNOWN for value in found):
        return [[value] for value in found]
    seen: list[list[object]] = [[] for _text in texts]

    def saw(number: int, value: object) -> object:
        seen[number].append(value)
        return value

    # Twice in a place: a copy, so that what the test binds at module level stays as it was.
    scope = {**namespace, _SAW: saw}
    tree = Source.read(fill(solution, _watched(koan, given))).tree
    test = copy.copy(tests(tree.body)[koan])
    test.decorator_list = []
    try:
        exec(compile(ast.Module([test], []), "<answers>", "exec"), scope)
        scope[koan](**arguments)
    except Exception:
        pass  # what was seen until then is seen
    return seen


def _watched(koan: str, given: Answers) -> Answers:
    spots, number = [], 0
    for answer in given.spots:
        if answer.spot.koan == koan:
            if answer.text is not None:
                answer = replace(answer, text=f"{_SAW}({number}, ({answer.text}))")
            number += 1
        spots.append(answer)
    return replace(given, spots=tuple(spots))


def reasons(value: object, wanted: object) -> Iterator[tuple[str, str]]:
    """Why a value is no answer: an id and a sentence. `wanted` is the reference, or UNKNOWN."""
    if isinstance(value, list | tuple):
        others: Sequence[object] = [UNKNOWN] * len(value)
        if isinstance(wanted, list | tuple) and len(wanted) == len(value):
            others = wanted
        for pair in zip(value, others, strict=True):
            yield from reasons(*pair)
    if _equals_everything(value):
        yield (
            "answer-equals-everything",
            _("Your answer equals anything at all. Say what you expect, and run again."),
        )
    if isinstance(value, bool) and _is_number(wanted):
        yield (
            "answer-truth-for-number",
            _("{value} only happens to equal {number}. Say how many, and run again.").format(
                value=value, number=int(value)
            ),
        )
    if value is None and wanted is not None and wanted is not UNKNOWN:
        yield (
            "answer-none",
            _("None passes by chance: to NumPy it is a dtype, float64. Say what you expect."),
        )
    if _is_dtype(wanted) and not _is_dtype(value) and hasattr(value, "dtype"):
        yield (
            "answer-array-for-dtype",
            _("An array passes by chance: NumPy looks at its dtype. Name the dtype itself."),
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | complex) and not isinstance(value, bool)


def _is_dtype(value: object) -> bool:
    # Of NumPy, of JAX (a class that is called to make a number), or by name.
    return isinstance(value, type | str | np.dtype)


def _equals_everything(value: object) -> bool:
    class Nobody:
        pass

    try:
        return all(bool(value == stranger) for stranger in (object(), Nobody()))
    except Exception:
        return False  # an array's comparison has no truth value
