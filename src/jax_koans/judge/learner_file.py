"""A learner's file: its text, its tree, and where things stand in it."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jax_koans.i18n import _
from jax_koans.judge.outcome import Line, Mark
from jax_koans.source.blanks import bare_blanks
from jax_koans.source.own_source import own_source, own_statements
from jax_koans.source.text import LARGEST, Source, first_line, tests

_TODO = re.compile(r"\s*# TODO: (?P<text>.*\S)")
_BEFORE, _AFTER, _MOST = 2, 1, 9  # lines of context, and of one statement


@dataclass(frozen=True)
class LearnerFile:
    """One file below `koans/`, read once; where it is not Python, its tree raises SourceError."""

    path: Path
    source: Source

    @classmethod
    def read(cls, path: Path) -> "LearnerFile":
        """Raises OSError, UnicodeDecodeError."""
        if (size := path.stat().st_size) > LARGEST:
            text = _("It is far too large for a file of koans: {size:.1f} MB. Is there data in it?")
            raise OSError(text.format(size=size / 1e6))
        return cls(path, Source.read(path.read_bytes().decode("utf-8")))

    @cached_property
    def tests(self) -> dict[str, ast.FunctionDef]:
        return tests(self.source.tree.body)

    @cached_property
    def own(self) -> dict[str, str]:
        return own_source(self.source.text)

    def is_as_passed(self, koan: str, source: str, former: str = "") -> bool:
        """Whether a koan is what had the hash `source`, perhaps under its `former` name."""
        known = [self.own, self._own_in_first_edition]
        return bool(source) and any(
            source == each.get(name) for each in known for name in (koan, former)
        )

    @cached_property
    def _own_in_first_edition(self) -> dict[str, str]:
        return own_source(self.source.text, first_edition=True)

    def docstring(self, koan: str) -> str:
        return (koan in self.tests and ast.get_docstring(self.tests[koan])) or ""

    def blanks(self, koan: str) -> list[ast.Name]:
        return bare_blanks(self.tests[koan]) if koan in self.tests else []

    def todos(self, koan: str) -> list[tuple[int, str]]:
        """What the regions that a koan uses still ask for: line and text of each TODO."""
        if koan not in self.tests:
            return []
        found = []
        for node in own_statements(self.source.tree)[koan]:
            # A region around a whole definition has its TODO above the first decorator.
            for number in range(max(first_line(node) - 1, 1), (node.end_lineno or 0) + 1):
                todo = _TODO.match(self.source.lines[number - 1])
                if todo:
                    found.append((number, todo["text"]))
        return list(dict.fromkeys(found))

    def todo(self, koan: str, lines: Sequence[int] = ()) -> tuple[int, str] | None:
        """The TODO that a failure is about, of which a traceback names these lines.

        The one in the last definition of the file that they lead through, else the last one above
        the test: code that was written for an earlier koan, and is used again, still holds its own.
        """
        todos = self.todos(koan)
        test = self.tests.get(koan)
        around = (self.definition(line) for line in lines)
        passed_through = [node for node in around if node and node is not test]
        node = max(passed_through, key=first_line, default=None)
        if node is not None:
            inside = range(first_line(node) - 1, (node.end_lineno or 0) + 1)
            if found := [todo for todo in todos if todo[0] in inside]:
                return found[0]
        after = first_line(node) if node is not None else 0
        above = [todo for todo in todos if test and after <= todo[0] < test.lineno]
        return max(above or ([] if node else todos), default=None)

    def definition(self, line: int) -> ast.stmt | None:
        """The statement of the module around a line."""
        around = (
            node
            for node in self.source.tree.body
            if first_line(node) <= line <= (node.end_lineno or 0)
        )
        return next(around, None)

    def statement(self, line: int) -> ast.stmt | None:
        around = [
            node
            for node in ast.walk(self.source.tree)
            if isinstance(node, ast.stmt) and first_line(node) <= line <= (node.end_lineno or 0)
        ]
        return max(around, key=first_line, default=None)

    def line(self, number: int, *, here: bool = False, marks: tuple[Mark, ...] = ()) -> Line:
        text = self.source.lines[number - 1] if number <= len(self.source.lines) else ""
        return Line(number, text.rstrip("\r\n").replace("\f", " "), here, marks)

    def mark(self, node: ast.expr) -> tuple[int, Mark]:
        """An expression's line, and what to point at there."""
        start, end = self.source.span(node)
        column = start - self.source.starts[node.lineno - 1]
        width = min(end, self.source.starts[node.lineno]) - start
        return node.lineno, Mark(column, width)

    def excerpt(self, first: int, last: int, marks: dict[int, list[Mark]]) -> tuple[Line, ...]:
        """The lines `first` to `last`, that matter, with a few around them."""
        last = min(last, first + _MOST, len(self.source.lines))
        around = range(max(1, first - _BEFORE), min(len(self.source.lines), last + _AFTER) + 1)
        lines = [
            self.line(number, here=first <= number <= last, marks=tuple(marks.get(number, ())))
            for number in around
        ]
        while lines and not lines[0].text.strip() and not lines[0].here:
            del lines[0]
        while lines and not lines[-1].text.strip() and not lines[-1].here:
            del lines[-1]
        return tuple(lines)
