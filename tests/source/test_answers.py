"""What a learner's text holds at each spot, what was added, and what of the koan's own changed."""

import pytest

from jax_koans.source import Change, Extra, SourceError, answers, erase

SOLUTION = """\
'''A lesson.'''

from functools import partial

from jax_koans import __

SCALE = 3


def helper(x):
    '''Twice.'''
    return 2 * x


def f(x):
    '''One more.'''
    # BEGIN PROMPT: add
    # return x
    # BEGIN SOLUTION
    return x + 1
    # END SOLUTION


def test_a():
    '''Idea.'''
    # HINT: one
    x = helper(SCALE)
    for n in [1, 2]:
        assert n < x
        assert f(n) == n + 1, "why"
    assert x == __(6)
    assert (x, 'é')[1] == __('é')  # two


def test_b():
    assert partial(f, 1)() == __(2)
"""
KOAN = erase(SOLUTION)


def edited(*edits):
    text = KOAN
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def line_of(text, part):
    (line,) = [number for number, each in enumerate(text.split("\n"), 1) if part in each]
    return line


def found(*edits):
    return answers(edited(*edits), SOLUTION)


def test_nothing_is_found_in_a_koan_as_made():
    result = found()
    assert [answer.text for answer in result.spots] == [None] * 4
    assert [answer.line for answer in result.spots] == [
        line_of(KOAN, "def f("),
        line_of(KOAN, "x == __"),
        line_of(KOAN, "'é')"),
        line_of(KOAN, "partial(f"),
    ]
    assert (result.extras, result.changes) == ((), ())


def test_answers_are_the_expressions_at_blanks_and_whole_definitions():
    result = found(
        ("x == __", "x == (6 if x else 0)"),
        ("[1] == __", "[1] == ['é',  # é\n  1]"),
        ("    return x\n", "    y = x\n    return y  # so\n"),
    )
    assert [answer.text for answer in result.spots] == [
        "def f(x):\n    '''One more.'''\n    # TODO: add\n    y = x\n    return y  # so",
        "(6 if x else 0)",
        "['é',  # é\n  1]",
        None,
    ]
    assert not result.changes


def test_an_answer_may_be_a_call_of_the_blank():
    result = found(("x == __", "x == __(6)"), ("[1] == __", "[1] == -__"))
    assert [each.text for each in result.spots[1:3]] == ["6", "-__"]


@pytest.mark.parametrize(
    "definition",
    [
        "f = lambda x: x + 1",
        "def step(x):\n    return x\n\n\n@partial\ndef f(x):\n    return step(x) + 1",
        "class f:\n    pass",
        "if True:\n    def f(x): return x",
    ],
)
def test_a_region_may_be_defined_anew(definition):
    start, end = KOAN.index("def f("), KOAN.index("def test_a")
    result = answers(KOAN[:start] + definition + "\n\n\n" + KOAN[end:], SOLUTION)
    assert result.spots[0].text == definition.rpartition("\n\n\n")[2]
    assert [extra.text + "\n\n\n" for extra in result.extras] in (
        [], [definition.rpartition("@")[0]]
    )  # fmt: skip
    assert not result.changes


def test_what_cannot_be_found_is_lost():
    start, end = KOAN.index("def f("), KOAN.index("def test_a")
    result = answers(KOAN[:start] + KOAN[end:].replace("[1] == __", "[1] != 2"), SOLUTION)
    assert [answer.lost for answer in result.spots] == [True, False, True, False]


def test_additions_are_extras_before_the_statement_they_stood_before():
    result = found(
        ("SCALE = 3", "import os  # mine\nSCALE = 3"),
        ("    return 2 * x", "    print(x)\n    return 2 * x"),
        ("import partial", "import partial, wraps as w"),
        ("        assert n < x", "        print(n); print(x)\n        assert n < x"),
        ("    assert (x,", "    y = '''\n  é'''\n    assert (x,"),
        ("partial(f, 1)() == __", "partial(f, 1)() == __\n    print(1)\n\n\ndef mine():\n    pass"),
    )
    end = len(KOAN.split("\n"))

    def extra(text, before, koan=""):
        return Extra(text, before, koan, node=None)

    assert result.extras == (
        extra("from functools import wraps as w", line_of(KOAN, "import partial")),
        extra("import os  # mine", line_of(KOAN, "SCALE = 3")),
        extra("    print(x)", line_of(KOAN, "return 2")),
        extra("        print(n)", line_of(KOAN, "n < x"), "test_a"),
        extra("        print(x)", line_of(KOAN, "n < x"), "test_a"),
        extra("    y = '''\n  é'''", line_of(KOAN, "(x,"), "test_a"),
        extra("    print(1)", end, "test_b"),
        extra("def mine():\n    pass", end),
    )
    assert not result.changes


@pytest.mark.parametrize(
    "edit",
    [
        ("'''A lesson.'''", "'''My notes.'''"),
        ("'''Idea.'''", "'''My idea.'''"),
        ("    '''Idea.'''\n", ""),
        (', "why"', ', f"mine {n}"'),
        (', "why"', ""),
        ("assert n < x", "assert n < x, n"),
        ("# two", "# three"),
        ("helper(SCALE)", "helper(\n        SCALE\n    )"),
        ("import partial", "import (\n    wraps,\n    partial)"),
        ("SCALE = 3\n", "SCALE = 3\nimport jax_koans, functools as partial_\n"),
    ],
)
def test_prose_layout_and_more_are_no_changes(edit):
    assert found(edit).changes == ()


@pytest.mark.parametrize(
    ("old", "new", "koan", "missing"),
    [
        ("    x = helper(SCALE)", "    x = 6", "test_a", False),
        ("assert n < x", "assert n <= x", "test_a", False),
        ("assert n < x", "pass", "test_a", True),
        ('        assert f(n) == n + 1, "why"\n', "", "test_a", True),
        ("for n in [1, 2]:", "for n in [1]:", "test_a", False),
        ("(x, 'é')[1] == __", "(x, 'é')[1] != __", "test_a", False),
        ("(x, 'é')[1] == __", "(x, 'é')[1]", "test_a", False),
        ("(x, 'é')[1] == __", "(x, 'é')[1] == 'é' or 1", "test_a", False),
        ("    assert (x,", "    if False: assert (x,", "test_a", True),
        ("def test_a():", "def test_c():", "test_a", True),
        ("def test_a():", "def check_a():", "test_a", True),
        ("def test_a():", "async def test_a():", "test_a", False),
        ("def test_a():", "def test_a(x=1):", "test_a", False),
        ("def test_a():", "@skip\ndef test_a():", "test_a", False),
        ("    return 2 * x", "    return 3 * x", "", False),
        ("def helper(x):", "def helper(x, y):", "", False),
        ("def helper(x):", "def other(x):", "", True),
        ("SCALE = 3", "SCALE = 4", "", False),
        ("SCALE = 3", "", "", True),
        ("from functools import partial", "from mine import partial", "", False),
        ("== __\n", "== __\n\n\ntest_b = print\n", "test_b", False),
        ("== __\n", "== __\n\n\ndef helper(): return SCALE\n", "", False),
    ],
)
def test_changes_of_the_koans_own_are_reported(old, new, koan, missing):
    text = KOAN[::-1].replace(old[::-1], new[::-1], 1)[::-1]  # the last place
    changes = answers(text, SOLUTION).changes
    assert {change.koan for change in changes} == {koan}
    assert any((change.line is None) == missing for change in changes)
    if not missing:
        part = new.strip().splitlines()[-1].strip() if "def helper():" not in new else None
        expected = line_of(text, part) if part else None
        assert expected in {None, *(change.line for change in changes)}
    for change in changes:
        assert change.own in range(1, KOAN.count("\n") + 1)


def test_a_reordered_statement_is_a_change():
    text = edited(('        assert n < x\n        assert f(n) == n + 1, "why"\n',
                   '        assert f(n) == n + 1, "why"\n        assert n < x\n'))  # fmt: skip
    (change,) = answers(text, SOLUTION).changes
    assert change.koan == "test_a"


def test_a_deleted_test_is_a_change_without_a_line():
    text = KOAN[: KOAN.index("def test_b")]
    assert answers(text, SOLUTION).changes == (Change("test_b", None, own=text.count("\n") + 1),)


def test_what_cannot_be_read_is_refused():
    with pytest.raises(SourceError):
        answers("def f(:\n", SOLUTION)
    with pytest.raises(SourceError):
        answers(KOAN, "# BEGIN SOLUTION\n")


def test_other_line_ends_make_no_difference():
    text = edited(
        ("x == __", "x == f(\n1)"),
        ("[1] == __", "[1] == 2"),
        ("    x = helper", "    y = '''\n'''\n    x = helper"),
    )
    expected = answers(text, SOLUTION)
    assert answers(text.replace("\n", "\r\n"), SOLUTION) == expected
    assert answers("\ufeff" + text, SOLUTION) == expected
