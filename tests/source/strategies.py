"""Solutions as an author might write them, and what a learner might make of their koans."""

import ast
from dataclasses import dataclass

from hypothesis import strategies as st

from jax_koans.source import erase

# What stands for a blank's answer: its text, and the same value as a literal.
ANSWERS = [
    ("3", "3"),
    ("-7", "-7"),
    ("(1, 2)", "(1, 2)"),
    ("'a # no comment'", "'a # no comment'"),
    ("'__'", "'__'"),
    ("'é λ ∇'", "'é λ ∇'"),
    ("[['λ', (1, {2: [3]})], ']']", "[['λ', (1, {2: [3]})], ']']"),
    ("1 if [] else 2", "2"),
    ("1 < 2 < 3", "True"),
    ("not 0", "True"),
    ("1 or 2", "1"),
    ("(lambda x: x + 1)(2)", "3"),
    ("sum(i for i in range(4))", "6"),
    ("max(\n        1,  # one, (\n        2,\n    )", "2"),
    ("[\n        1,\n        2]", "[1, 2]"),
    ("abs(-1)\n        + abs(2)", "3"),
    ('"""two\n# HINT: no hint\nlines"""', "'two\\n# HINT: no hint\\nlines'"),
    ("'a'\n        'b'", "'ab'"),
    ("'\u2028'", "'\\u2028'"),
]

# A test's statements around its blanks: {a}, {b} are blanks, {x}, {y} their values.
STATEMENTS = [
    "    assert {x} == {a}\n",
    "    assert ('é', {x})[1] == {a}, 'é: why it matters'\n",
    "    assert {x} == {a}\n    assert {y} == {b}  # two, é\n",
    "    assert (\n        {x}\n        == {a}\n    )\n",
    "    for turn in range(2):\n        assert [{x}][0 * turn] == {a}\n",
    "    for turn in [1]:\n        if turn:\n            assert {x} == {a}\n        else:\n"
    "            assert {y} == {b}\n",
    "    with nullcontext() as _:\n        assert {x} == {a}\n\n    # between\n"
    "    with nullcontext():\n        assert {y} == {b}\n",
    "    try:\n        assert {x} == {a}\n    except (ValueError, TypeError):\n        raise\n"
    "    else:\n        assert {y} == {b}\n    finally:\n        done = 1\n",
    "    match {x}:\n        case _:\n            assert {x} == {a}\n",
    "    def inner(value):\n        '''Inside.'''\n        assert value == {a}\n\n    inner({x})\n",
    "    with (\n        nullcontext(),\n        nullcontext(),\n    ):\n"
    "        assert {x} == {a}\n",
]
PLAIN = [
    "    value = helper(3)\n",
    "    text = '''one\n# BEGIN PROMPT: not a mark\n    two'''\n    assert text\n",
    "    # a comment, é\n    assert helper(1) == 2, 'message'\n",
    "    pairs = [\n        (1, 2),\n    ]\n    assert sum(a for a, _ in pairs) == 1\n",
    "    import os\n    assert os\n",
    "    assert OTHER['key'] == 1\n\n\n",
]
MODULE = [
    "SCALE = 3  # a constant\n",
    "TABLE = [\n    1,\n    2,\n]\n",
    "OTHER['more'] = [x for x in range(3)]\n",
    "PROSE = '''\n# BEGIN PROMPT: this is a string\n# HINT: so is this\n\f'''\n",
    "def pairwise(items):\n    '''Ignore the second.'''\n    return [_ for _, __ in items]\n",
    "@dataclass\nclass Point:\n    '''A point.'''\n\n    x: int = 0\n",
    "if SYSTEM:\n    LATE = 1\nelse:\n    LATE = 2\n",
    "\f\n# a comment: é\n",
]
REASONS = [
    "    # WHY: so it is, é\n",
    "    # WHY: so it is,\n    #   and on: é\n",
    "    # IF [1, 2]: not so\n",
    "    # IF {1: 2}: not so\n    #\tand on\n",
]
# The learner's code in a region: prompt and answer, for a function `(x)` that answers with x + 1.
BODIES = [
    ([], ["return x + 1"]),
    (["return x"], ["return x + 1"]),
    (["for _ in range(2):", "    x = x + 1", "", "# note: é", "return x"], ["return x + 1"]),
    (["if x > 0:", "    return x", "return x  # why"], ["y = x", "", "# so", "return y + 1  # é"]),
    (["text = '''", "  # HINT: inside'''", "return text"], ["one = '''x", "#'''", "return x + 1"]),
    (["", "return -x", ""], ["def inner(y):", "    return y + 1", "", "return inner(x)"]),
]
AROUND = [
    (
        ["def {f}(x, n):", "    return x - n"],
        ["@functools.lru_cache(maxsize=None)", "def {f}(x):", "    return x + 1"],
    ),
    (
        ["# mend this", "@functools.lru_cache", "def {f}(x):", "    return [x][1]"],
        ["def {f}_inner(x):", "    return x + 1", "", "", "{f} = partial({f}_inner)"],
    ),
    (
        [
            "def {f}_step(x):",
            "    return x",
            "",
            "",
            "def {f}(x):",
            "    return {f}_step(x)  # why",
        ],
        ["def {f}_step(x):", "    return x + 1", "", "", "def {f}(x):", "    return {f}_step(x)"],
    ),
]
HEAD = [
    "import functools\n",
    "import math as maths, sys as SYSTEM\n",
    "from contextlib import nullcontext\n",
    "from dataclasses import dataclass\n",
    "from functools import partial\n",
    "from jax_koans import __\n",
    "OTHER = {'key': 1}\n",
    "def helper(x):\n    '''One more.'''\n"
    "    for a, __ in [(x, 1)]:\n        x = a\n    return x + 1\n",
]


@dataclass(frozen=True)
class Made:
    """A solution, with what erasing it should give."""

    solution: str
    koan: str

    def __add__(self, other: "Made") -> "Made":
        return Made(self.solution + other.solution, self.koan + other.koan)


def both(text):
    return Made(text, text)


def region(indent, todo, prompt, answer):
    comments = "".join(f"{indent}# {line}".rstrip() + "\n" for line in prompt)
    marked = (
        f"{indent}# BEGIN PROMPT: {todo}\n{comments}{indent}# BEGIN SOLUTION\n"
        + "".join(_at(indent, answer))
        + f"{indent}# END SOLUTION\n"
    )
    code = prompt or ["raise NotImplementedError"]
    return Made(marked, f"{indent}# TODO: {todo}\n" + "".join(_at(indent, code)))


def _at(indent, lines):
    inside = False
    for line in lines:
        yield (f"{indent}{line}" if line else "") + "\n"
        inside ^= line.count("'''") % 2 == 1


@st.composite
def functions(draw, name):
    """Code with a region, that `name(x) == x + 1` tests; and how to call it."""
    todo = draw(st.sampled_from(["mend it", "é: use `f(x)`, # twice"]))
    kind = draw(st.sampled_from(["function", "method", "static", "around", "middle"]))
    prompt, answer = draw(st.sampled_from(BODIES))
    if kind == "around":
        lines = draw(st.sampled_from(AROUND))
        lines = [[line.replace("{f}", name) for line in part] for part in lines]
        return region("", todo, *lines), name
    if kind == "function":
        above = draw(st.sampled_from(["", "    x = +x  # é\n", '    """Doc: é."""\n']))
        return both(f"@partial\ndef {name}(x):\n{above}") + region(
            "    ", todo, prompt, answer
        ), name
    if kind == "middle":
        made = region("    ", todo, ["y = x"], ["y = x + 1"])
        more = (
            region("    ", "again", [], ["z = y"]) if draw(st.booleans()) else both("    z = y\n")
        )
        return both(f"def {name}(x):\n") + made + more + both("    return z\n"), name
    head = both(f"class C{name}:\n    '''Doc.'''\n\n    factor = 1\n\n")
    if kind == "method":
        made = both("    def plus(self, x):\n") + region("        ", todo, prompt, answer)
        return head + made + both("\n    other = 1\n"), f"C{name}().plus"
    before = ["def plus(x):", "    return x"]
    after = ["@staticmethod", "def plus(x):", "    return x + 1"]
    return head + region("    ", todo, before, after), f"C{name}().plus"


@st.composite
def tests(draw, name, call):
    """A test of `call(x) == x + 1`, if there is one, and of some blanks."""
    made = both(f"def test_{name}():\n    '''The idea of {name}, é.\n\n# HINT: none\n    '''\n")
    for number in range(draw(st.integers(2, 3))):
        more = draw(st.sampled_from(["", "    #   and on, é\n", "    #\tand on\n    #  more\n"]))
        made += Made(f"    # HINT: nudge {number}\n{more}", "")
    if call:
        made += both(f"    assert [{call}(x) for x in (1, 2)] == [2, 3], 'why'\n")
    shapes = st.lists(st.sampled_from(STATEMENTS), min_size=0 if call else 1, max_size=3)
    for shape in draw(shapes):
        (a, x), (b, y) = (draw(st.sampled_from(ANSWERS)) for _ in range(2))
        made += both(draw(st.sampled_from(["", "\n", *PLAIN])))
        made += Made(
            shape.format(a=f"__({a})", b=f"__({b})", x=x, y=y),
            shape.format(a="__", b="__", x=x, y=y),
        )
        if shape is STATEMENTS[0]:
            made += Made("".join(draw(st.lists(st.sampled_from(REASONS), max_size=3))), "")
    return made + both(draw(st.sampled_from(["", *PLAIN])))


@st.composite
def solutions(draw, newlines=("\n", "\n", "\r\n", "\r")):
    """Whole files, each with one to three koans."""
    made = both(draw(st.sampled_from(["", "'''A lesson: é \u2028.'''\n\n", '"""A.\n\n\fB."""\n'])))
    made += both("".join(HEAD))
    between = draw(st.permutations(["", "", *MODULE]))
    for number in range(draw(st.integers(1, 3))):
        made += both("\n" + between[number] + "\n\n")
        call = None
        if draw(st.booleans()):
            code, call = draw(functions(f"f{number}"))
            made += code + both("\n\n")
        made += draw(tests(f"k{number}", call))
    made += both(draw(st.sampled_from(["", "\n\n# Gained: all.\n"])))
    newline, bom = draw(st.sampled_from(newlines)), draw(st.sampled_from(["", "\ufeff"]))
    end = slice(None, -1 if draw(st.booleans()) else None)
    return Made(*(bom + text[end].replace("\n", newline) for text in (made.solution, made.koan)))


# A learner's text.

GIVEN = [
    "5",
    "(1, 'é')",
    "1, ",
    "lambda x: (x, 1)",
    "1 if value else 2",
    "1 < 2",
    "not True",
    "f(\n        1,  # é\n        2,\n    )",
    "(1\n   + f(2))",
    "f(1)(\n2) + g[3](\n4)",
    "'# __ é'",
    "(x for x in range(3))",
    "[x for x in range(3)]",
    "(y := 3)",
    "1 or 2",
    "{1: '''a\nb'''}",
    "(yield)",
    "f'{1}'",
    "-2 ** 3",
    "a | b",
]
ADDED = [
    ["print('seen', 1)  # é"],
    ["mine = 3; other = 4"],
    ["# a comment"],
    [""],
    ["import os"],
    ["print(", "    1,", "  # é", ")"],
    ["if True:", "    print(1)", "else:", "    print(2)  # last"],
    ["note = '''one", "  two", "# three'''"],
    ["for n in range(3):", "    # inside", "    print(n)"],
    ["@print", "def my_inner(x):", "    '''Doc.'''", "    return x"],
    ["assert 1 == 1, 'mine'"],
    ["@(", "    print)", "class Mine:", "\tx = 1"],
]
ADDED_AT_MARGIN = [
    *ADDED,
    ["def my_helper(x):", "    return x  # é", "", ""],
    ["from math import (", "    pi,", "    tau,", ")"],
    ["MINE = [1,", "2]"],
    ["def test_of_mine():", "    assert my_helper(1) == 1"],
]


@dataclass(frozen=True)
class Learner:
    """A learner's text, with the answers given at the blanks, None where there is none."""

    text: str
    given: list


def lines_of(text):
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def offsets(text):
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def place(text, line, column):
    """The offset of a tree's position in a text whose lines end in a line feed."""
    content = text.split("\n")[line - 1]
    return offsets(text)[line - 1] + len(content.encode()[:column].decode())


def blanks(tree):
    """The places of all bare blanks, in the order of the text."""
    return sorted(
        (node.lineno, node.col_offset)
        for test in tree.body
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test")
        for node in ast.walk(test)
        if isinstance(node, ast.Name) and node.id == "__" and isinstance(node.ctx, ast.Load)
    )


def blocks(node):
    """All lists of statements below a node, without their docstrings."""
    for child in ast.walk(node):
        for field in ("body", "orelse", "finalbody"):
            body = getattr(child, field, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                yield child, body


def is_docstring(node):
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def first_line(node):
    return min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])


def gaps(tree):
    """Where a statement may be added: the line it comes before, and how far it is indented."""
    for owner, body in blocks(tree):
        rest = body[1:] if is_docstring(body[0]) else body
        for node in rest:
            if node.lineno > getattr(owner, "lineno", 0):
                yield first_line(node), node.col_offset
        if rest:
            yield rest[-1].end_lineno + 1, rest[-1].col_offset


@st.composite
def learners(draw, solution):
    """What a learner may make of a solution's koan, without touching what is the koan's own."""
    text = "\n".join(lines_of(erase(solution).removeprefix("\ufeff")))
    tree = ast.parse(text)
    edits, given = [], []
    for line, column in blanks(tree):
        answer = draw(st.sampled_from([None, *GIVEN]))
        if answer == "1, ":
            answer = "(1, )"
        given.append(answer)
        if answer is not None:
            start = place(text, line, column)
            needs = answer.startswith(("lambda", "not", "1 if", "1 <", "1 or"))
            edits.append((start, start + 2, f"({answer})" if needs else answer))
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and draw(st.booleans()):
            end = place(text, node.end_lineno, node.end_col_offset)
            if text[end - 1] != ")":
                edits.append((end, end, ", more_of_mine as of_mine"))
    all_gaps = sorted(set(gaps(tree)))
    starts = offsets(text)
    for line, column in draw(st.lists(st.sampled_from(all_gaps), max_size=6, unique=True)):
        lines = draw(st.sampled_from(ADDED if column else ADDED_AT_MARGIN))
        at = min(starts[line - 1], len(text))
        added = "".join((" " * column + each if each else "") + "\n" for each in lines)
        if starts[line - 1] > len(text):
            added = "\n" + added
        edits.append((at, at, added, column))
    edits += draw(redefinitions(text, tree, solution))
    # Of two additions at one place, the more indented one ends an inner block: it comes first.
    edits.sort(key=lambda edit: (edit[0], edit[1], -edit[3] if len(edit) > 3 else 0))
    result, position = "", 0
    for start, end, new, *_ in edits:
        result += text[position:start] + new
        position = end
    result += text[position:]
    return Learner(result, given)


@st.composite
def redefinitions(draw, text, tree, solution):
    """A learner's other definition, or one more line above the first, for some of the regions."""
    lines = text.split("\n")
    edits = []
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("test"):
            continue
        if not any("# TODO: " in line for line in lines[node.lineno - 1 : node.end_lineno]):
            continue
        start = offsets(text)[first_line(node) - 1]
        below = offsets(text)[node.end_lineno]
        match draw(st.sampled_from(["", "decorated", "wrapped"])):
            case "decorated":
                edits.append((start, start, "@print  # mine\n", -1))
            case "wrapped":
                wrapped = f"{node.name} = print({node.name})  # é\n"
                # Behind what ends the definition, before what comes next.
                edits.append((below, below, "\n" * (below > len(text)) + wrapped, 0.5))
    return edits
