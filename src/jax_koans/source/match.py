"""Aligning a learner's syntax tree with a koan's: what is the koan's own, what was added.

A bare `__` in the koan matches any expression. Statements that the learner added are passed over,
docstrings and the message of an assertion are the learner's to change, types may be added, an
import may bring more.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jax_koans.source.blanks import bare_blanks, is_blank
from jax_koans.source.text import Source, is_test

# Fields that differ between Python versions or say nothing about what the code does.
IGNORED = frozenset({"ctx", "kind", "type_comment", "type_params"})
_UNTOLD = IGNORED | {"msg"}  # of an assertion
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
# What a learner, or a tool of theirs, may write where the koan has nothing.
_TYPES = frozenset({"returns", "annotation"})


@dataclass
class Block:
    """One aligned list of statements: pairs, in the koan's order, and what has no partner."""

    koan: list[ast.stmt]
    pairs: list[tuple[ast.stmt, ast.stmt]] = field(default_factory=list)
    lost: list[tuple[ast.stmt, ast.stmt | None]] = field(default_factory=list)
    added: list[tuple[ast.stmt, ast.stmt | None]] = field(default_factory=list)


def same(koan: Any, text: Any) -> bool:
    """Whether two trees are the same code, a bare `__` of the koan standing for any expression."""
    if isinstance(koan, ast.AST):
        if is_blank(koan):
            return isinstance(text, ast.expr)
        if isinstance(koan, ast.Assign) and isinstance(text, ast.AnnAssign) and text.simple:
            return same(koan.targets, [text.target]) and same(koan.value, text.value)
        if type(koan) is not type(text):
            return False
        if isinstance(koan, ast.Import | ast.ImportFrom):
            return _imports(koan, text)
        skipped = _UNTOLD if isinstance(koan, ast.Assert) else IGNORED
        for name in koan._fields:  # no generator: a review asks this of every node of a file
            if name in skipped:
                continue
            value = getattr(koan, name, None)
            if value is None and name in _TYPES:
                continue
            if not same(value, getattr(text, name, None)):
                return False
        return True
    if isinstance(koan, list):
        if koan and isinstance(koan[0], ast.stmt):
            koan, text = without_docstring(koan), without_docstring(text)
        return (
            isinstance(text, list)
            and len(koan) == len(text)
            and all(same(one, other) for one, other in zip(koan, text, strict=True))
        )
    return koan is text or (type(koan) is type(text) and repr(koan) == repr(text))


def align(koan: list[ast.stmt], text: list[ast.stmt]) -> Iterator[Block]:
    """Align two lists of statements so that as many as possible pair up in order.

    Compound statements pair when their headers are the same; their inner lists are aligned too,
    each a block of its own.
    """
    koan, text = without_docstring(koan), without_docstring(text)

    @cache
    def shared(i: int, j: int) -> int:
        return score(koan[i], text[j])

    block = Block(koan)
    # What begins the same pairs up first: no other pairing shares more, and the table is smaller.
    alike = next(
        (i for i, pair in enumerate(zip(koan, text, strict=False)) if not same(*pair)),
        min(len(koan), len(text)),
    )
    block.pairs += zip(koan[:alike], text[:alike], strict=True)
    # best[i][j]: the most statements that koan[i:] and text[j:] can share.
    best = [[0] * (len(text) + 1) for _ in range(len(koan) + 1)]
    for i in reversed(range(alike, len(koan))):
        for j in reversed(range(alike, len(text))):
            pair = shared(i, j)
            best[i][j] = max(
                best[i + 1][j], best[i][j + 1], pair + best[i + 1][j + 1] if pair else 0
            )
    i = j = alike
    while i < len(koan) or j < len(text):
        both = i < len(koan) and j < len(text)
        if both and shared(i, j) and best[i][j] == shared(i, j) + best[i + 1][j + 1]:
            block.pairs.append((koan[i], text[j]))
            i, j = i + 1, j + 1
        elif j < len(text) and best[i][j] == best[i][j + 1]:
            block.added.append((text[j], koan[i] if i < len(koan) else None))
            j += 1
        else:
            block.lost.append((koan[i], None))
            i += 1
    _find_changed(block)
    yield block
    for ours, theirs in block.pairs:
        for name in _BLOCKS:
            yield from _inner(getattr(ours, name, []), getattr(theirs, name, []))


def _inner(koan: list[Any], text: list[Any]) -> Iterator[Block]:
    if koan and isinstance(koan[0], ast.stmt):
        yield from align(koan, text)
    else:
        for ours, theirs in zip(koan, text, strict=False):  # except handlers, match cases
            yield from align(ours.body, theirs.body)


def score(koan: ast.stmt, text: ast.stmt) -> int:
    """How much two statements share: 0 if they cannot pair, else 1 and what is inside."""
    if not any(getattr(koan, name, None) for name in _BLOCKS):
        return int(same(koan, text))
    if type(koan) is not type(text) or not same_header(koan, text):
        return 0
    return 1 + sum(
        len(block.pairs)
        for name in _BLOCKS
        for block in _inner(getattr(koan, name, []), getattr(text, name, []))
    )


def same_header(koan: ast.AST, text: ast.AST) -> bool:
    """Whether two compound statements are the same but for what is inside their blocks."""
    for name, value in ast.iter_fields(koan):
        other = getattr(text, name, None)
        if name in ("handlers", "cases"):
            if len(value) != len(other or []):
                return False
            if not all(same_header(*pair) for pair in zip(value, other or [], strict=True)):
                return False
        elif name in IGNORED or name in _BLOCKS or (value is None and name in _TYPES):
            continue
        elif not same(value, other):
            return False
    return True


def _find_changed(block: Block) -> None:
    """Pair a lost and an added statement of one kind in the same place: one became the other."""
    order = {node: index for index, node in enumerate([*block.koan, None])}
    for index, (lost, _) in enumerate(block.lost):
        for added, before in block.added:
            if type(added) is type(lost) and abs(order[before] - order[lost]) <= 1:
                block.lost[index] = lost, added
                block.added.remove((added, before))
                break


def origins(node: ast.stmt) -> dict[str, str]:
    """Where an import takes each of its names from: both ways to write `jax.numpy as jnp` agree."""
    if isinstance(node, ast.Import):
        package = {alias: alias.name.partition(".")[0] for alias in node.names}
        return {
            alias.asname or package[alias]: alias.name if alias.asname else package[alias]
            for alias in node.names
        }
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        return {alias.asname or alias.name: f"{module}.{alias.name}" for alias in node.names}
    return {}


def _imports(koan: ast.Import | ast.ImportFrom, text: Any) -> bool:
    module = "module", "level"
    return _aliases(koan) <= _aliases(text) and all(
        getattr(koan, key, None) == getattr(text, key, None) for key in module
    )


def _aliases(node: ast.Import | ast.ImportFrom) -> set[tuple[str, str | None]]:
    return {(alias.name, alias.asname) for alias in node.names}


def more_names(koan: ast.stmt, text: ast.stmt) -> ast.Import | ast.ImportFrom | None:
    """An import of the names that a learner's import brings beyond the koan's."""
    imports = ast.Import | ast.ImportFrom
    if not isinstance(koan, imports) or not isinstance(text, imports):
        return None
    more = copy.copy(text)
    more.names = [each for each in text.names if (each.name, each.asname) not in _aliases(koan)]
    return more if more.names else None


def without_docstring(body: list[Any]) -> list[Any]:
    """A body's statements but the docstring, which is the learner's to change."""
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
    return body


def blanks_in(koan: Source) -> list[ast.Name]:
    """The bare blanks of a koan's tests, in the order of the text, and so of `spots`."""
    return [blank for node in filter(is_test, koan.tree.body) for blank in bare_blanks(node)]
