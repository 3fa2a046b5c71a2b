"""All rules, in the order in which they are asked: the first that knows something speaks."""

import ast
import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from jax_koans.clinic import (
    arguments,
    arrays,
    branching,
    calls,
    classes,
    code,
    containers,
    counts,
    effects,
    fitting,
    forms,
    indexing,
    keys,
    loops,
    names,
    placing,
    probing,
    python,
    relations,
    runtime,
    shapes,
    sizes,
    steps,
    tracers,
    transforms,
    trees,
    updates,
)
from jax_koans.clinic.answer import Answer
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import Pair
from jax_koans.clinic.scene import Scene

_RAISED = (
    *probing.RULES,
    *placing.RULES,
    *names.RULES,
    *branching.RULES,
    *keys.RULES,
    *sizes.RULES,
    *tracers.RULES,
    *runtime.RULES,
    *loops.RULES,
    *trees.RULES,
    *calls.RULES,
    *transforms.RULES,
    *python.RULES,
    *updates.RULES,
    *arguments.RULES,
    *indexing.RULES,
    *arrays.RULES,
    *fitting.RULES,
)
_ANSWERED = (
    *placing.ANSWERED,
    *classes.RULES,
    *counts.RULES,
    *shapes.RULES,
    forms.outside,
    forms.kept,
    *containers.RULES,
    forms.signs,
    forms.elsewhere,
    forms.aliased,
    forms.refused,
    forms.rounded,
    forms.cut,
    *steps.RULES,
    *effects.RULES,
    *relations.RULES,
    forms.by_form,
    steps.whole_array,
)
_COMPUTED = (
    *classes.COMPUTED,
    *counts.COMPUTED,
    *shapes.COMPUTED,
    *containers.RULES,
    code.updated,
    *relations.COMPUTED,
)
Subject = TypeVar("Subject")


def diagnose(
    error: BaseException, tree: ast.Module, path: Path, compared: Pair | None
) -> Finding | None:
    """The finding of the first rule that has one."""
    scene = Scene(error, tree, path, compared)
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return _quiet(scene)
    rules: Sequence[Callable[[Scene], Finding | None]] = _RAISED
    if any(
        frame.f_globals.get("__name__", "").startswith("numpy.testing") for frame in scene.inner
    ):
        # It stumbled over what it was given to compare.
        rules = (*code.RULES, code.pairs, *_RAISED)
    return _first(rules, scene)


def _first(
    rules: Sequence[Callable[[Subject], Finding | None]], subject: Subject
) -> Finding | None:
    """What the first rule finds that knows something; one that stumbles keeps no other silent."""
    for rule in rules:
        with contextlib.suppress(Exception):  # a learner's values may do anything
            if found := rule(subject):
                return found
    return None


def _quiet(scene: Scene) -> Finding | None:
    """The finding about an assertion that does not hold."""
    if found := _first(code.RULES, scene):
        return found
    statement = scene.statement
    compared = scene.compared
    if (
        isinstance(statement, ast.Assert)
        and isinstance(statement.test, ast.Compare)
        and len(statement.test.ops) == 1
        and isinstance(statement.test.ops[0], ast.Eq | ast.Is)
        and compared is not None
    ):
        left = statement.test.left
        if statement.msg is None:
            return _first(_ANSWERED, Answer(scene, left, compared.said, compared.found, True))
        answer = Answer(scene, left, compared.found, compared.said, False)
    else:
        tested = code.tested(scene)
        if tested is None:
            return _first((code.dropped,), scene)
        answer = tested
        if answer.yours.shape != answer.true.shape and (found := _first((code.pairs,), scene)):
            return found
    return _first((code.dropped,), scene) or _first(_COMPUTED, answer)
