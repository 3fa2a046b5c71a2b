"""An author's mistakes: each is refused at its line, with its reason."""

import pytest

from jax_koans.source import check

GOOD = """\
from jax_koans import __


def f(x):
    '''One more.'''
    # BEGIN PROMPT: add
    # return x
    # BEGIN SOLUTION
    return x + 1
    # END SOLUTION


def test_f():
    '''Idea.'''
    # HINT: one
    #   goes on
    # HINT: two
    assert f(1) == 2, "why"


def test_g():
    '''Idea.'''
    # HINT: one
    # HINT: two
    assert [1] == __([1])
    # WHY: the same
    #   list
    # IF [2]: another list
    # IF (1,): a tuple
"""
REGION = "# BEGIN PROMPT: a\n{prompt}# BEGIN SOLUTION\n{answer}# END SOLUTION\n"


def test_a_good_file_is_not_refused():
    assert check(GOOD) == check("\ufeff" + GOOD.replace("\n", "\r\n")) == []
    assert check(GOOD.replace("def test_g():", "def test_g(figure):")) == []
    text = "TEXT = ' # BEGIN PROMPT'\nMORE = '''\n# HINTS\n# HINT: a\n'''\n"
    assert check(GOOD.replace("def f(", text + "def f(")) == []


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        ("def f(x):", "def f(x:", "def f(x", "not Python"),
        ("    # END SOLUTION\n", "", "BEGIN PROMPT", "never closed"),
        ("    # BEGIN SOLUTION\n", "", "return x + 1", "only commented code"),
        ("    # BEGIN PROMPT: add\n    # return x\n", "", "BEGIN SOLUTION", "none belongs"),
        ("    # END SOL", "  # END SOL", "END SOLUTION", "not indented like"),
        ("BEGIN PROMPT: add", "BEGIN PROMPT:", "BEGIN PROMPT", "says in a line"),
        ("    # return x\n", "    # return x\n\n", "", "only commented code"),
        ("# BEGIN PROMPT: add", "# BEGIN_PROMPT: add", "BEGIN_PROMPT", "looks like a mark"),
        ("# BEGIN PROMPT: add", "# begin prompt: add", "begin prompt", "looks like a mark"),
        ("# BEGIN PROMPT: add", "# BEGIN PROMPT add", "BEGIN PROMPT", "looks like a mark"),
        ("# HINT: two\n    assert f", "# HINT two\n    assert f", "HINT two", "looks like a mark"),
        ("x + 1\n", "x + 1  # END SOLUTION\n", "x + 1", "looks like a mark"),
        ("# WHY: the", "# WHY the", "# WHY the", "looks like a mark"),
        ("    # WHY: the same\n    #   list\n", "", "assert [1]", "without a reason"),
        ("    # WHY: the same\n", "    # a\n    # WHY: the same\n", "# WHY", "right below"),
        ("# WHY: the same\n    #   list\n", "# WHY:\n", "# WHY", "says something"),
        ("    # IF (1,)", "# IF (1,)", "# IF (1,)", "right below"),
        ("# IF (1,): a", "# WHY: a", "assert [1]", "one WHY"),
        ("(1,): a tuple", "[ 1 ]: that", "# IF [ 1 ]", "is the right answer"),
        ("(1,): a tuple", "[2]: that", "# IF [2]: that", "stands twice"),
        ("(1,): a tuple", "f(1): that", "# IF f(1)", "a literal"),
        ("(1,): a tuple", "a tuple", "# IF a tuple", "a literal"),
        ("(1,): a tuple", "1:", "# IF 1:", "a literal"),
        ("from jax_koans import __", "", "__([1])", "import __` is missing"),
        ("'''One more.'''", "y = 1 == __(1)", "__(1)", "whole right side"),
        ("__([1])", "__([__(1)])", "__(1)", "whole right side"),
        ("def test_g", "@d(__(1))\ndef test_g", "__(1)", "whole right side"),
        ("__([1])", "[1], f(__(1))", "__(1)", "whole right side"),
        ("assert [1] ==", "assert [1] !=", "__([1])", "whole right side"),
        ("assert [1] ==", "assert [1] == 1 ==", "__([1])", "whole right side"),
        ("assert [1] == __([1])", "assert __([1]) == [1]", "__([1])", "whole right side"),
        ("assert [1] == __([1])", "f([1] == __([1]))", "__([1])", "whole right side"),
        ("__([1])", "__([1]), 'why'", "__([1])", "whole right side"),
        ("__([1])", "__([1]) + 1", "__([1])", "whole right side"),
        ("__([1])", "__(f)([1])", "__(f)", "whole right side"),
        ("__([1])", "__", "[1] == __", "whole right side"),
        ("__([1])", "__(1, 2)", "__(1, 2)", "whole right side"),
        ("    return x + 1", "    return x  # not more", "BEGIN PROMPT", "equals the answer"),
        ("    # return x\n", "    # return (x\n", "BEGIN PROMPT", "not Python"),
        ("    # return x\n", "    # # HINT: a\n", "from", "a prompt holds one"),
        ("    '''Idea.'''\n    # HINT: one\n    #  ", "    # HINT: one\n    #  ", "test_f",
         "no doc"),
        ("    # HINT: one\n    #   goes on\n", "", "test_f", "has 1 hints"),
        ("    # HINT: one\n    #", "    # HINT: 1\n    # HINT: 2\n    # HINT: 3\n    #", "test_f",
         "has 4 hints"),
        ("__([1])", "[1]", "test_g", "nothing to do"),
        ("def test_g():", "def test_g(x):", "test_g", "no argument"),
        ("def test_g():", "@d\ndef test_g():", "test_g", "no decorators"),
        ("def test_g():", "async def test_g():", "test_g", "only a koan's name"),
        ("def f(x)", "test_x = 1\ndef f(x)", "test_x", "only a koan's name"),
        ("def f(x)", "class TestX:\n    pass\n\n\ndef f(x)", "TestX", "not a method"),
        ("def f(x)", "def f():\n    pass\n\n\ndef f(x)", "def f(x)", "used twice"),
        ("def test_g", "def test_f", "", "used twice"),
        ("def f(x)", "TEXT = '''\ndef test_z():\n'''\n\n\ndef f(x)", "from", "looks like a koan"),
        ("# HINT: two\n    assert [", "# HINT: see line 3\n    assert [", "line 3", "cites a line"),
        ("# HINT: two\n    assert [", "# HINT:\n    assert [", "HINT:\n", "says something"),
        ("# HINT: two\n    assert [", "assert 1\n    # HINT: 2\n    assert [", "HINT: 2",
         "under a test's docstring"),
        ("def f(x)", "# HINT: z\ndef f(x)", "HINT: z", "under a test's docstring"),
        ("def f(x)", "f = 1\n\n\ndef f(x)", "BEGIN PROMPT", "outside of it too"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_line(old, new, at, reason):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    problems = check(text)
    assert any(reason in problem.reason for problem in problems), problems
    if at:
        line = text[: text.index(at)].count("\n") + 1
        assert line in {each.line for each in problems if reason in each.reason}, problems


@pytest.mark.parametrize(
    ("prompt", "answer", "indent", "reason"),
    [
        ("", "def h():\n    pass\n", "", "needs code"),
        ("#\n", "def h():\n    pass\n", "", "needs code"),
        ("# # nothing\n", "def h():\n    pass\n", "", "before and after"),
        ("# def h(: pass\n", "def h():\n    pass\n", "", "not Python"),
        ("# def h():\n#     pass\n", "    pass\n", "", "whole definitions"),
        ("# def h(): return 1\n", "", "", "whole definitions"),
        ("# import functools as __\n", "from functools import partial as f\n", "", "outside"),
        ("# def test_h(): pass\n", "def test_h():\n    pass\n", "", "not inside one"),
        ("", "factor = 1\n", "    ", "needs code"),
        ("", "def m(self):\n    pass\n", "    ", "needs code"),
    ],
)
def test_a_region_that_cannot_be_erased_is_refused(prompt, answer, indent, reason):
    region = REGION.format(prompt=prompt, answer=answer)
    region = "".join(indent + line + "\n" for line in region.splitlines())
    text = (
        "class H:\n    x = 1\n" if indent else "if f(1):\n" if answer[:1] == " " else ""
    ) + region
    problems = check(GOOD.replace("def test_g", text + "\n\ndef test_g"))
    assert any(reason in problem.reason for problem in problems), problems


def test_a_region_across_two_definitions_or_in_a_test_is_refused():
    region = "    # BEGIN PROMPT: a\n    # BEGIN SOLUTION\n    x = 1\n    # END SOLUTION\n"
    text = GOOD.replace("    assert f(1)", region + "    assert f(1)")
    assert any("not inside one" in each.reason for each in check(text))
    text = "def h():\n    x = 1\n    # BEGIN PROMPT: a\n    # BEGIN SOLUTION\n    y = 1\n\n\n"
    text += "def i():\n    y = 2\n    # END SOLUTION\n    return 1\n\n\n"
    assert any("inside one definition" in each.reason for each in check(text + GOOD))


def test_problems_come_in_order_and_once():
    text = GOOD.replace("'''Idea.'''", "'Idea.' + ''").replace("__([1])", "f'{f'{__(1)}'}' + __")
    problems = check(text)
    assert [each.line for each in problems] == sorted(each.line for each in problems)
    assert len({(each.line, each.reason) for each in problems}) == len(problems)
