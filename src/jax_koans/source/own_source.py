"""A koan's own source: its test and everything in its file that the test reads."""

import ast
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jax_koans.source.erase import bound, stored
from jax_koans.source.match import IGNORED, without_docstring
from jax_koans.source.text import Source, tests

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def own_source(text: str, *, first_edition: bool = False) -> dict[str, str]:
    """A hash of each koan's own source in a file, by the koan's name.

    Docstrings, comments, layout, the koan's name and other koans do not change it, and neither does
    the Python version. In the `first_edition` the name and docstrings did.
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
    binds = {node: set(bound(node)) for node in tree.body}
    own = {name for names in binds.values() for name in names}
    reads = {node: _reads(node) & own for node in tree.body}
    found = {}
    for koan, test in tests(tree.body).items():
        used: set[ast.stmt] = set()
        more: set[ast.stmt] = {test}
        while more:
            used |= more
            names = {name for node in used for name in reads[node]}
            more = {node for node in tree.body if names & (binds[node] or reads[node])} - used
        found[koan] = [node for node in tree.body if node in used]
    return found


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
            stack += [child for child in ast.iter_child_nodes(node) if child not in body]
            names |= _reads(*body) - _locals(node.args, body)
        elif isinstance(node, _COMPREHENSIONS):
            stack.append(node.generators[0].iter)  # the one part that does not see the loop's names
            targets = {name for loop in node.generators for name in stored(loop.target)}
            names |= _reads(*ast.iter_child_nodes(node)) - targets
        else:
            stack += ast.iter_child_nodes(node)
    return names


def _locals(arguments: ast.arguments, body: list[Any]) -> set[str]:
    """The names that a function binds for itself: by Python's rule local from its first line."""
    names = {each.arg for each in ast.iter_child_nodes(arguments) if isinstance(each, ast.arg)}
    names.update(name for statement in body for name in stored(statement))
    inside = (node for statement in body for node in ast.walk(statement))
    return names - {name for node in inside if isinstance(node, ast.Global) for name in node.names}


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
