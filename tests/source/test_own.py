"""A koan's own source: what changes its hash, and what does not."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from jax_koans.source import own_source
from jax_koans.source.own_source import _reads

FILE = """\
'''A lesson.'''
import math
from functools import partial

TABLE = {1: 2}
TABLE[3] = 4
math.register(TABLE)
OTHER = [loss for loss in range(3)]


def step(x):
    return x + TABLE[1]


def helper(x):
    '''Twice.'''
    return step(step(x))


def loss(x):
    return x


def test_a():
    '''Idea.'''
    assert helper(1) == 5


def test_b():
    def loss(p):
        return p

    x = [OTHER for OTHER in (1,)]
    assert loss(1) == 1


def test_c():
    global x
    assert loss(OTHER) == partial
"""


def changed(*edits):
    text = FILE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    before, after = own_source(FILE), own_source(text)
    assert before.keys() == after.keys()
    return {name.removeprefix("test_") for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    "edit",
    [
        ("    return x\n", "    # why\n\n    return x  # é\n"),
        ("return step(step(x))", "return step(\n        (step((x)))\n    )"),
        ("'''Idea.'''", '"""Idea."""'),
        ("'''A lesson.'''", "'''Another.'''"),
        ("\n", "\r\n"),
        ("TABLE = {1: 2}\n", "UNUSED = 1\nTABLE = {1: 2}\n"),
    ],
)
def test_comments_layout_and_strangers_change_nothing(edit):
    assert changed(edit) == set()


@pytest.mark.parametrize(
    ("edit", "koans"),
    [
        (("helper(1) == 5", "helper(1) == 6"), "a"),
        (("helper(1) == 5", "helper(1) == 5.0"), "a"),
        (("return step(step(x))", "return step(x)"), "a"),
        (("x + TABLE[1]", "x - TABLE[1]"), "a"),  # a helper's helper
        (("{1: 2}", "{1: 3}"), "a"),  # its constant
        (("TABLE[3] = 4", "TABLE[3] = 5"), "a"),  # what is done to that
        (("math.register(TABLE)", "math.register(TABLE, 1)"), "a"),
        (("import math", "import cmath as math"), "a"),
        (("def loss(x):\n    return x", "def loss(x):\n    return -x"), "c"),  # b has its own
        (("[loss for loss in range(3)]", "[loss for loss in range(4)]"), "c"),
        (("from functools import partial", "from functools import wraps as partial"), "c"),
        (("return p", "return -p"), "b"),
    ],
)
def test_what_a_koan_reads_changes_it_and_no_other(edit, koans):
    assert changed(edit) == set(koans)


def test_names_from_outside_are_found_through_scopes():
    text = """\
a = b = c = d = e = f = g = h = i = 0
class K:
    a = a
    def m(self, b=b):
        return (lambda c, n=c: c), [d for d in d], b
def test_x(e=e):
    def inner():
        nonlocal y
        y = f
    y = e
    return K, {h: g for h in [1]}, y
"""
    *_, kind, test = ast.parse(text).body
    assert _reads(kind) == {"a", "b", "c", "d"}
    assert _reads(test) == {"e", "f", "g", "K"}


def test_the_hash_does_not_depend_on_the_process():
    script = "import sys; from jax_koans.source import own_source as o; print(o(sys.stdin.read()))"
    root = Path(__file__).parents[2]
    printed = subprocess.run(
        [sys.executable, "-c", script],
        input=FILE,
        text=True,
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(root / "src"), "PYTHONHASHSEED": "7", "JAX_PLATFORMS": "cpu"},
    ).stdout
    assert printed.strip() == str(own_source(FILE))
    assert all(len(value) == 32 for value in own_source(FILE).values())
