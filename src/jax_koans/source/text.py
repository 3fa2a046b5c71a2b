"""A Python text with its syntax tree, and the way from the tree's positions to the text's."""

import ast
import re
from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeGuard

# Python's own line ends. A form feed, a vertical tab or U+2028 end no line, so no splitlines().
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_BOM = "\ufeff"
LARGEST = 1_000_000  # bytes; Python would take minutes and gigabytes to parse what is much larger

Edit = tuple[int, int, str]  # start, end (character offsets), replacement


class SourceError(ValueError):
    """A text that cannot be read as it should be; `line` counts from 1, `reason` is a sentence."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Source:
    """A text without its byte order mark; `bom` gives that back when the text is written."""

    text: str
    bom: str = ""

    @staticmethod
    @lru_cache(maxsize=32)
    def read(text: str) -> "Source":
        # Kept for a while: the functions of this package take the same few texts again and again.
        bom = _BOM if text.startswith(_BOM) else ""
        return Source(text.removeprefix(_BOM), bom)

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their ends, as Python counts them."""
        return _LINE.findall(self.text)

    @cached_property
    def starts(self) -> list[int]:
        """The offset at which each line starts, and one more for the end of the text."""
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line))
        return starts

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree. Raises SourceError where the text is not Python, or far too large."""
        if len(self.text) > LARGEST:
            raise SourceError(1, "far too large for a file of koans")
        try:
            return ast.parse(self.text)
        except SyntaxError as error:
            raise SourceError(error.lineno or 1, f"not Python: {error.msg}") from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise SourceError(1, f"not Python: {error}") from None

    @cached_property
    def newline(self) -> str:
        """The first line's end; what is inserted into the text ends its lines likewise."""
        first = self.lines[0] if self.lines else "\n"
        return first[len(first.rstrip("\r\n")) :] or "\n"

    def offset(self, line: int, column: int) -> int:
        """The offset of a tree position: `line` from 1, `column` in UTF-8 bytes."""
        content = self.lines[line - 1]
        if not content.isascii():
            column = len(content.encode()[:column].decode(errors="ignore"))
        return self.starts[line - 1] + column

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Start and end offset of a node; a definition starts at its first decorator's `@`."""
        start = self.offset(node.lineno, node.col_offset)
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        if decorators:
            first = decorators[0]
            start = self.text.rindex("@", 0, self.offset(first.lineno, first.col_offset))
        return start, self.offset(last_line(node), node.end_col_offset or 0)

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Where a node ends; a statement ends with the comment on its last line."""
        end = self.span(node)[1]
        if isinstance(node, ast.stmt):
            rest = self.text[end : self.starts[last_line(node)]].rstrip()
            if rest.lstrip().startswith("#"):
                end += len(rest)
        return end

    def segment(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node; a statement keeps the comment that ends its last line."""
        return self.text[self.span(node)[0] : self.end(node)]

    def line(self, offset: int) -> int:
        """The line, from 1, that an offset lies in."""
        return bisect(self.starts, offset)

    def indent(self, line: int) -> str:
        """The white space that a line begins with."""
        text = self.lines[line - 1]
        return text[: len(text) - len(text.lstrip(" \t\f"))]

    def with_newlines(self, newline: str) -> "Source":
        """The same text with one kind of line end; Python reads them all alike."""
        text = re.sub(r"\r\n|\r|\n", newline, self.text)
        return self if text == self.text else Source(text, self.bom)

    @cached_property
    def inside_strings(self) -> frozenset[int]:
        """The lines that begin inside a string: what looks like a comment there is none."""
        return frozenset(
            line
            for node in ast.walk(self.tree)
            if isinstance(node, ast.JoinedStr)
            or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
            for line in range(node.lineno + 1, last_line(node) + 1)
        )

    def edited(self, edits: Iterable[Edit]) -> str:
        """The whole text, byte order mark included, with non-overlapping edits made."""
        pieces, position = [self.bom], 0
        for start, end, replacement in sorted(edits, key=lambda edit: edit[:2]):
            pieces += [self.text[position:start], replacement]
            position = end
        return "".join([*pieces, self.text[position:]])


def first_line(node: ast.expr | ast.stmt) -> int:
    """The line on which a node starts, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def last_line(node: ast.expr | ast.stmt) -> int:
    return node.end_lineno or node.lineno


def is_test(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    """Whether a module's statement is a koan: a function whose name begins with `test`."""
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test")


def tests(body: list[ast.stmt]) -> dict[str, ast.FunctionDef]:
    """A module's koans by name; of two with one name the last, as for pytest."""
    return {node.name: node for node in body if is_test(node)}
