"""A file of koans as cells of a notebook: each koan's slice of the text, and back.

A koan's slice is everything from the end of the koan before it to its own end. What stands before
the first is the head, what stands after the last the tail. Blank lines around a slice belong to
none. Slices have "\\n" line ends and no last one, whatever the file's are.
"""

import ast
import re
from dataclasses import dataclass
from itertools import takewhile

from jax_koans.source.text import Source, SourceError, is_test, last_line, tests

_OF_THE_HEAD = ast.Import | ast.ImportFrom | ast.Expr


@dataclass(frozen=True)
class Slices:
    """A file's text, and the lines of each koan's slice, from 1: `lines[koan]`."""

    source: Source
    lines: dict[str, range]

    @classmethod
    def of(cls, text: str, solution: str) -> "Slices":
        """Slice a learner's text at the solution's koans; those that it lacks have no slice."""
        source, koans = Source.read(text), tests(Source.read(solution).tree.body)
        # What a learner imports at the top of the first cell stays in it: the head is no longer
        # than the solution's.
        head = _head(source.tree.body)[: len(_head(Source.read(solution).tree.body))]
        start, lines = last_line(head[-1]) + 1 if head else 1, {}
        for node in source.tree.body:
            if is_test(node) and node.name in koans:
                while not source.lines[start - 1].strip():
                    start += 1
                lines[node.name] = range(start, _end(source, node) + 1)
                start = lines[node.name].stop
        return cls(source, lines)

    def __getitem__(self, koan: str) -> str:
        """A koan's slice. Raises KeyError."""
        return self._text(self.lines[koan])

    @property
    def imports(self) -> list[str]:
        nodes = [node for node in _head(self.source.tree.body) if not isinstance(node, ast.Expr)]
        return [self.source.segment(node) for node in nodes]

    @property
    def tail(self) -> str:
        """What stands after the last slice."""
        begin = max((each.stop for each in self.lines.values()), default=1)
        return self._text(range(begin, len(self.source.lines) + 1))

    def place(self, line: int) -> tuple[str, int]:
        """The koan whose slice has a line of the file, and which line of the slice, from 1.

        A line of the head, or of none, has the koan "" and stays as it is.
        """
        for koan, lines in self.lines.items():
            if line in lines:
                return koan, line - lines.start + 1
        return "", line

    def splice(self, koan: str, cell: str) -> str:
        """The text with a cell in a slice's place; the line of a SourceError is the cell's."""
        lines, source = self.lines[koan], self.source
        start, stop = source.starts[lines.start - 1], source.starts[lines.stop - 1]
        kept = source.text[start:stop]
        cell = cell.strip("\n")
        self._require_one_koan(koan, cell)
        end = kept[len(kept.rstrip("\r\n")) :]
        return source.edited([(start, stop, cell.replace("\n", source.newline) + end)])

    def _require_one_koan(self, koan: str, cell: str) -> None:
        source = Source.read(cell)
        here = {name: node for name, node in tests(source.tree.body).items() if name in self.lines}
        if koan not in here:
            raise SourceError(1, f"def {koan}() is not in this cell any more")
        for name, node in here.items():
            if name != koan:
                raise SourceError(node.lineno, f"{name} belongs in a cell of its own")
        below = range(_end(source, here[koan]) + 1, len(source.lines) + 1)
        if line := next((line for line in below if source.lines[line - 1].strip()), 0):
            raise SourceError(line, f"move this above def {koan}: its test ends a koan's cell")

    def _text(self, lines: range) -> str:
        text = "".join(self.source.lines[lines.start - 1 : lines.stop - 1])
        return re.sub(r"\r\n|\r", "\n", text).strip("\n")


def _head(body: list[ast.stmt]) -> list[ast.stmt]:
    """The docstring and the imports that a file begins with."""
    return list(takewhile(lambda node: isinstance(node, _OF_THE_HEAD), body))


def _end(source: Source, test: ast.FunctionDef) -> int:
    """The last line of a test, with comments in its column or deeper below it."""
    end = last_line(test)
    for number, line in enumerate(source.lines[end:], end + 1):
        if line.lstrip().startswith("#") and line[0].isspace():
            end = number
        elif line.strip():
            break
    return end
