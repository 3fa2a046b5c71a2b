"""A koan's own source: its test and everything in its file that the test reads."""

import ast
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jax_koans.source.erase import bound, stored
from jax_koans.source.match import IGNORED, tests, without_docstring
from jax_koans.source.text import Source, children

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def own_source(text: str, *, first_edition: bool = False) -> dict[str, str]:
    """A hash of each koan's own source in a file, by the koan's name.

    Docstrings, comments, layout, the koan's name and other koans do not change it, and neither does
    the Python version. In the `first_edition` the name and docstrings did.

    Raises:
        SourceError: the text is not Python.
    """
    tree = Source.read(text).tree
    return {
        name: _digest(statements, "" if first_edition else name, with_docstrings=first_edition)
        for name, statements in own_statements(tree).items()
    }


@lru_cache(maxsize=32)  # as Source.read, which keeps the trees: each koan of a file asks again
def own_statements(tree: ast.Module) -> Mapping[str, Sequence[ast.stmt]]:
    """For each koan the top-level statements that it uses, in the order of the file.

    These are the test, all that binds a name which one of them reads, and the statements that
    bind nothing (a registration, a `config.update`, `table[0] = 1`) but mention such a name.
    """
    bindings: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        for name in bound(node):
            bindings.setdefault(name, []).append(node)
    reads = {id(node): _reads(node) for node in tree.body}
    effects = [node for node in tree.body if not bound(node)]
    return {
        name: _closure(test, tree, bindings, reads, effects)
        for name, test in tests(tree.body).items()
    }


def _closure(
    test: ast.stmt,
    tree: ast.Module,
    bindings: dict[str, list[ast.stmt]],
    reads: dict[int, set[str]],
    effects: list[ast.stmt],
) -> list[ast.stmt]:
    used = {id(test)}
    names = set(reads[id(test)])
    while True:
        found = {id(node) for name in names for node in bindings.get(name, [])}
        found |= {id(node) for node in effects if reads[id(node)] & names & bindings.keys()}
        if found <= used:
            return [node for node in tree.body if id(node) in used]
        used |= found
        for identity in found:
            names |= reads[identity]


def _reads(*nodes: ast.AST) -> set[str]:
    """The names that nodes take from around themselves: not those local to a function inside."""
    names: set[str] = set()
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Store):
                names.add(node.id)
        elif isinstance(node, _FUNCTIONS):
            body = node.body if isinstance(node.body, list) else [node.body]
            stack += [child for child in children(node) if child not in body]
            names |= _reads(*body) - _locals(node.args, body)
        elif isinstance(node, _COMPREHENSIONS):
            stack.append(node.generators[0].iter)  # the one part that does not see the loop's names
            targets = {name for turn in node.generators for name in stored(turn.target)}
            names |= _reads(*children(node)) - targets
        else:
            stack += children(node)
    return names


def _locals(arguments: ast.arguments, body: list[Any]) -> set[str]:
    """The names that a function binds for itself: by Python's rule local from its first line."""
    names = {child.arg for child in children(arguments) if isinstance(child, ast.arg)}
    for statement in body:
        names.update(stored(statement))
    return names - _declared_global(body)


def _declared_global(body: list[Any]) -> set[str]:
    names: set[str] = set()
    stack = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Global):
            names.update(node.names)
        elif not isinstance(node, ast.expr):  # no statement stands inside an expression
            stack += children(node)
    return names


def _digest(statements: Sequence[ast.stmt], koan: str, *, with_docstrings: bool) -> str:
    # Not ast.dump or ast.unparse: what they print differs between Python versions.
    told: list[str] = []
    stack: list[object] = list(reversed(statements))
    while stack:
        item = stack.pop()
        if isinstance(item, ast.AST):
            told.append(f"({type(item).__name__}")
            stack.append(")")
            for name in reversed(item._fields):
                if name not in IGNORED:
                    value = getattr(item, name, None)
                    if name == "body" and isinstance(value, list) and not with_docstrings:
                        value = without_docstring(value)
                    if value is not None and value != [] and not (name == "name" and value == koan):
                        stack += [value, f".{name}"]
        elif isinstance(item, list):
            stack.append("]")
            stack += reversed(item)
            stack.append("[")
        else:
            told.append(f"{type(item).__name__}:{item!r}\0")
    text = "".join(told).encode(errors="backslashreplace")
    return hashlib.sha256(text).hexdigest()[:32]
