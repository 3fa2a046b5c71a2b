"""Mistakes of form: certain from the syntax tree alone, wherever the failure shows."""

import ast
import builtins
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from jax_koans.feedback.expression import is_call_of, same_scope
from jax_koans.source import erase, solve
from jax_koans.source.text import Source

Calls = Callable[[ast.AST], bool]


def find(
    form: str, calls: tuple[str, ...], code: ast.Module, solution: str, names: dict[str, Any]
) -> ast.AST | None:
    """The first place in the code that a koan uses, and the learner wrote, that has this form."""
    given, looked_up = _given(solution), (names, vars(builtins))
    statements = (node for node in ast.walk(code) if isinstance(node, ast.stmt))
    theirs = [node for node in statements if ast.dump(node) not in given]

    def is_call(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and any(is_call_of(node, it, looked_up) for it in calls)

    return next(_FORMS[form](theirs, code, is_call), None)


@lru_cache(maxsize=8)
def _given(solution: str) -> frozenset[str]:
    """The statements that stand in the koans as well as in the solution."""
    erased, solved = (
        {ast.dump(node) for node in ast.walk(Source.read(text).tree) if isinstance(node, ast.stmt)}
        for text in (erase(solution), solve(solution))
    )
    return frozenset(erased & solved)


def _unused(theirs: list[ast.stmt], code: ast.Module, is_call: Calls) -> Iterator[ast.AST]:
    """A call as a separate statement, or whose result gets a name that nothing reads."""
    read: set[str] = set()
    for node in ast.walk(code):
        match node:
            case ast.Name(id=name, ctx=ast.Load() | ast.Del()) | ast.Attribute(attr=name):
                read.add(name)
            case ast.Global(names=declared) | ast.Nonlocal(names=declared):
                read.update(declared)
    for node in theirs:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if name not in read and is_call(value):
                    yield node
            case ast.Expr(value=value) if is_call(value):
                yield value


def _f_string(theirs: list[ast.stmt], code: ast.Module, is_call: Calls) -> Iterator[ast.AST]:
    """A call whose only argument is an f-string with values in it."""
    simple = (statement for statement in theirs if not hasattr(statement, "body"))
    for node in (node for statement in simple for node in ast.walk(statement)):
        match node:
            case ast.Call(args=[ast.JoinedStr(values=parts)], keywords=[]):
                if any(isinstance(part, ast.FormattedValue) for part in parts) and is_call(node):
                    yield node


def _no_return(theirs: list[ast.stmt], code: ast.Module, is_call: Calls) -> Iterator[ast.AST]:
    """A function that never returns a value, though a call of it is used as one."""
    used: set[str] = set()
    passed_on: set[int] = set()  # calls whose value nothing here uses
    for node in ast.walk(code):
        match node:
            case ast.Expr(value=value) | ast.Return(value=value) | ast.Lambda(body=value):
                passed_on.add(id(value))
            case ast.Call(func=ast.Name(id=name)) if id(node) not in passed_on:
                used.add(name)
            case _ if is_call(node):
                used.update(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
    ends = ast.Yield | ast.YieldFrom | ast.Raise | ast.While
    defined = [node.name for node in ast.walk(code) if isinstance(node, ast.FunctionDef)]
    for node in theirs:
        if isinstance(node, ast.FunctionDef) and node.name in used:
            inside = list(same_scope(node))
            returns = any(isinstance(each, ast.Return) and each.value for each in inside)
            ends_otherwise = any(isinstance(each, ends) for each in inside)
            if not returns and not ends_otherwise and defined.count(node.name) == 1:
                yield ast.Name(node.name)


_FORMS = {"unused": _unused, "f-string": _f_string, "no return": _no_return}
