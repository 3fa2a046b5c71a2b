"""What the clinic finds, case by case, and that it keeps silent where it does not know."""

import ast
import inspect
from pathlib import Path

import jax
import pytest

from jax_koans import clinic
from jax_koans.clinic.catalogue import CATALOGUE

from .conftest import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_recognised(case, outcomes):
    outcome = outcomes[case.name]
    words = f"{outcome.why}\n{outcome.mend}"

    assert outcome.misconception == case.finds, f"{outcome.error}: {outcome.message}\n{words}"
    assert [each for each in case.says if each not in words] == [], words


def test_each_error_of_jax_has_a_case_that_raises_it(outcomes):
    public = {
        f"jax.errors.{name}"
        for name, thing in vars(jax.errors).items()
        if inspect.isclass(thing) and issubclass(thing, Exception) and not name.startswith("_")
    }

    assert public <= {outcome.error for outcome in outcomes.values() if outcome.misconception}


def test_each_misconception_of_the_catalogue_has_its_case():
    known = CATALOGUE.keys() - {"endless-compiled-loop"}  # told from outside: tests/sensei

    assert {case.finds for case in CASES if case.finds} == known


def test_what_teaches_a_misconception_is_on_the_path(path_of_koans):
    names = {koan.name for koan in path_of_koans.koans}

    assert {taught for taught, _page in CATALOGUE.values() if taught} <= names


def test_each_finding_of_the_rules_is_in_the_catalogue():
    """A rule that stumbles keeps silent, so an id that is misspelled would never be noticed."""
    used = {
        node.args[0].value
        for file in Path(clinic.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Finding"
        and isinstance(node.args[0], ast.Constant)
    }

    assert used <= CATALOGUE.keys()
