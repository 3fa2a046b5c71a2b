"""A koan's own source: its test and everything in its file that the test reads."""

import ast
import hashlib
from collections.abc import Iterator

from jax_koans.source.erase import bound
from jax_koans.source.match import IGNORED, tests
from jax_koans.source.text import Source


def own_source(text: str) -> dict[str, str]:
    """A hash of each koan's own source in a file, by the koan's name.

    Comments, layout and other koans do not change it, and neither does the Python version.

    Raises:
        SourceError: the text is not Python.
    """
    tree = Source.read(text).tree
    return {name: _digest(statements) for name, statements in own_statements(tree).items()}


def own_statements(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    """For each koan the top-level statements that it uses, in the order of the file.

    These are the test, all that binds a name which one of them reads, and the expression
    statements (a registration, a `config.update`) that mention such a name.
    """
    bindings: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        for name in bound(node):
            bindings.setdefault(name, []).append(node)
    reads = {id(node): frozenset(_reads(node)) for node in tree.body}
    expressions = [
        node
        for node in tree.body
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    ]
    return {name: _closure(test, tree, bindings, reads, expressions)
            for name, test in tests(tree.body).items()}  # fmt: skip


def _closure(
    test: ast.stmt,
    tree: ast.Module,
    bindings: dict[str, list[ast.stmt]],
    reads: dict[int, frozenset[str]],
    expressions: list[ast.Expr],
) -> list[ast.stmt]:
    used = {id(test)}
    names = set(reads[id(test)])
    while True:
        found = {id(node) for name in names for node in bindings.get(name, [])}
        found |= {id(node) for node in expressions if reads[id(node)] & names & bindings.keys()}
        if found <= used:
            return [node for node in tree.body if id(node) in used]
        used |= found
        for identity in found:
            names |= reads[identity]


def _reads(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and not isinstance(child.ctx, ast.Store):
            yield child.id


def _digest(statements: list[ast.stmt]) -> str:
    # Not ast.dump or ast.unparse: what they print differs between Python versions.
    digest = hashlib.sha256()
    stack: list[object] = list(reversed(statements))
    while stack:
        item = stack.pop()
        if isinstance(item, ast.AST):
            digest.update(f"({type(item).__name__}".encode())
            stack.append(")")
            for name, value in reversed(list(ast.iter_fields(item))):
                if name not in IGNORED and value not in (None, []):
                    stack += [value, f".{name}"]
        elif isinstance(item, list):
            stack.append("]")
            stack += reversed(item)
            stack.append("[")
        else:
            digest.update(f"{type(item).__name__}:{item!r}\0".encode(errors="backslashreplace"))
    return digest.hexdigest()[:32]
