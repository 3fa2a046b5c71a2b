"""A learner's answers in a fresh koan."""

import ast
from dataclasses import replace

import pytest

from jax_koans.source import answers, erase, fill, solve

SOLUTION = """\
import functools


# BEGIN PROMPT: make it static
# # first look here
# @functools.cache
# def f(x):
#     return x  # why
#
#
# def g(x):
#     return f(x)
# BEGIN SOLUTION
@functools.lru_cache
def f(x):
    return x + 1


def g(x):
    return f(x)
# END SOLUTION


def test_f():
    assert g(1) == __(2)
    for n in [1]:
        assert f(n) == n + 1
"""
KOAN = erase(SOLUTION)


def refilled(text):
    filled = fill(SOLUTION, answers(text, SOLUTION))
    ast.parse(filled)
    assert fill(SOLUTION, answers(filled, SOLUTION)) == filled
    return filled


def test_an_answer_leaves_nothing_of_the_prompt():
    text = KOAN.replace("return x  # why", "return x + 2  # mine").replace("== __", "== 3")
    filled = refilled(text)
    assert "TODO" not in filled
    assert "first look" not in filled
    assert "# why" not in filled
    assert filled.count("# mine") == 1
    assert "    assert g(1) == 3\n" in filled


def test_a_helper_between_the_definitions_of_a_region_goes_above_them():
    helper = "def mine(x):\n    return x\n\n\n"
    filled = refilled(KOAN.replace("def g(", helper + "def g(").replace("return f(x)", "return 0"))
    assert filled.count("def mine") == filled.count("def f") == filled.count("def g") == 1
    assert filled.index("def mine") < filled.index("@functools.cache") < filled.index("def g")


def test_a_helper_below_the_todo_does_not_tear_it_from_its_region():
    filled = refilled(KOAN.replace("@functools.cache", "MINE = 1\n@functools.cache"))
    assert "MINE = 1\n# TODO: make it static\n# first look here\n@functools.cache" in filled


def test_blocks_that_end_together_end_in_their_order():
    text = KOAN.rstrip() + "\n        print(n)\n    print(2)\nprint(3)\n"
    assert refilled(text) == text
    text = KOAN.rstrip()
    last = fill(
        SOLUTION.rstrip(), answers(text + "\n        print(n)\nprint(3)", SOLUTION.rstrip())
    )
    assert last == text + "\n        print(n)\nprint(3)\n"


def test_more_names_of_an_import_are_kept():
    filled = refilled(KOAN.replace("import functools", "import functools, os"))
    assert filled.startswith("import os\nimport functools\n")


def test_changed_statements_are_the_koans_again():
    text = KOAN.replace("== n + 1", "!= 0").replace("== __", "== 5")
    assert refilled(text) == KOAN.replace("== __", "== 5")


def test_a_changed_constant_does_not_override_the_koans():
    solution = "X = 1\n\n\ndef test_x():\n    assert X == __(1)\n"
    learner = "X = 2\n\n\ndef test_x():\n    assert X == 2\n"
    assert fill(solution, answers(learner, solution)) == learner.replace("X = 2\n", "X = 1\n", 1)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_is_filled_in_takes_the_line_ends_of_the_solution(newline):
    solution = "\ufeff" + SOLUTION.replace("\n", newline)
    text = KOAN.replace("== __", "== f(\n1)").replace("return x  # why", "return '''\n'''")
    filled = fill(solution, answers(text.replace("\n", "\r\n"), solution))
    assert filled.startswith("\ufeff")
    assert "\n" not in filled.replace(newline, "")


def test_answers_of_one_koan_alone_may_be_taken_back():
    found = answers(solve(SOLUTION), SOLUTION)
    spots = tuple(
        replace(each, text=None) if each.spot.koan == "test_f" else each for each in found.spots
    )
    filled = fill(SOLUTION, replace(found, spots=spots))
    assert "== __" in filled
    assert "lru_cache" in filled
