"""The blanks `__` of a koan, and the assertions that they stand in."""

import ast
from typing import NamedTuple, TypeGuard


def is_blank(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and node.id == "__" and not isinstance(node.ctx, ast.Store)


def answered(node: ast.AST) -> ast.expr | None:
    """The answer in `__(answer)`; None for any other node."""
    match node:
        case ast.Call(func=func, args=[answer], keywords=[]) if is_blank(func):
            return None if isinstance(answer, ast.Starred) else answer
    return None


class Question(NamedTuple):
    """An assertion that asks for an answer: its right side is a `blank`, bare or `__(answer)`."""

    statement: ast.Assert
    comparison: ast.Compare
    blank: ast.expr


def questions(node: ast.AST) -> list[Question]:
    """The assertions below `node` that have a blank, in the order of the text."""
    found = []
    for each in ast.walk(node):
        match each:
            case ast.Assert(
                test=ast.Compare(ops=[ast.Eq() | ast.Is()], comparators=[blank]) as comparison
            ) if is_blank(blank) or answered(blank) is not None:
                found.append(Question(each, comparison, blank))
    return sorted(found, key=lambda each: (each.statement.lineno, each.statement.col_offset))


def bare_blanks(node: ast.AST) -> list[ast.Name]:
    """The blanks below `node` that nobody has answered, in the order of the text."""
    return [each.blank for each in questions(node) if is_blank(each.blank)]
