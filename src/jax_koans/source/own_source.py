"""A koan's own source: its test and everything in its file that the test reads."""

import ast
import hashlib
import symtable
from collections.abc import Mapping, Sequence
from functools import lru_cache

from jax_koans.source.erase import bound
from jax_koans.source.match import IGNORED, without_docstring
from jax_koans.source.text import Source, tests


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


def _reads(node: ast.stmt) -> set[str]:
    """The names that a statement takes from its module: not those local to a function inside."""
    try:
        tables = [symtable.symtable(ast.unparse(node), "<koan>", "exec")]
    except (SyntaxError, RecursionError):  # found only on compiling: an argument's name twice
        return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    names = set()
    for table in tables:
        tables += table.get_children()
        for symbol in table.get_symbols():
            is_local = table.get_type() == "function" and not symbol.is_global()
            if symbol.is_referenced() and not is_local:
                names.add(symbol.get_name())
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
