"""What an author says of each blank: why its value is right, and facts about wrong values.

assert decay.count == __(2)
# WHY: Passing `rate` by keyword gives a different call signature, so jit traces again.
# IF 1: The jit cache key also records which arguments are passed by keyword.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from jax_koans.source.blanks import Question, answered, questions
from jax_koans.source.marks import Note, read_marks
from jax_koans.source.text import Source, last_line, tests


@dataclass(frozen=True)
class Case:
    """One wrong answer that people give: its `value` as an expression, and what is true of it."""

    value: str
    text: str


@dataclass(frozen=True)
class Reason:
    """The reason of one blank: its right `answer`, the `claim` with it, and `why` that holds."""

    answer: str
    claim: str
    why: str
    cases: tuple[Case, ...]


def reasons(solution: str) -> dict[str, list[Reason]]:
    """The reasons of each koan's blanks, in the order of the blanks, by the koan's name."""
    source = Source.read(solution)
    notes = read_marks(source).notes
    return {
        name: [_reason(each, notes_below(each.statement, notes)) for each in questions(test)]
        for name, test in tests(source.tree.body).items()
    }


def notes_below(statement: ast.stmt, notes: Iterable[Note]) -> list[Note]:
    """The notes that stand right below a statement, in its column: its WHY, then its IFs."""
    found, line = [], last_line(statement) + 1
    for note in notes:
        if note.first == line and note.kind != "HINT" and len(note.indent) == statement.col_offset:
            found.append(note)
            line = note.last + 1
    return found


def split_case(text: str) -> Case | None:
    """The value and the sentence of an IF: cut at the first colon before which the text parses."""
    for at, sign in enumerate(text):
        if sign == ":" and _parsed(text[:at]) is not None:
            return Case(text[:at].strip(), text[at + 1 :].strip())
    return None


def is_value(text: str) -> bool:
    """Whether an IF may name this: a literal, a signed number, a power, or a dotted name."""
    node = _parsed(text)
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) or is_literal(text)


def is_literal(text: str) -> bool:
    """Whether a text is a value by itself, whatever names mean: `[1, -2]`, `2**31 - 1`."""
    node = _parsed(text)
    plain = ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set | ast.UnaryOp | ast.BinOp
    small = ast.operator | ast.unaryop | ast.expr_context
    return node is not None and all(isinstance(each, plain | small) for each in ast.walk(node))


def _reason(asked: Question, notes: list[Note]) -> Reason:
    answer = ast.unparse(answered(asked.blank) or asked.blank)
    sign = "is" if isinstance(asked.comparison.ops[0], ast.Is) else "=="
    claim = f"{ast.unparse(asked.comparison.left)} {sign} {answer}"
    why = next((note.text for note in notes if note.kind == "WHY"), "")
    cases = (split_case(note.text) for note in notes if note.kind == "IF")
    return Reason(answer, claim, why, tuple(case for case in cases if case is not None))


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
