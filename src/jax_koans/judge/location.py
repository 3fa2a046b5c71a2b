"""Where in a learner's file something happened, and which lines to show."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from types import FrameType

from jax_koans.feedback.frames import Position, walk
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Line, Mark, Outcome, State


@dataclass(frozen=True)
class Location:
    """The frames of a traceback that are the learner's own file, by their positions."""

    file: LearnerFile
    positions: tuple[Position, ...]

    @classmethod
    def among(cls, file: LearnerFile, frames: Iterable[tuple[FrameType, Position]]) -> "Location":
        """Of all frames, outermost first, those of a file."""
        own = (place for frame, place in frames if frame.f_code.co_filename == str(file.path))
        return cls(file, tuple(own))

    @classmethod
    def of(cls, file: LearnerFile, error: BaseException) -> "Location":
        return cls.among(file, ((each.frame, each.position) for each in walk(error.__traceback__)))

    @property
    def line(self) -> int | None:
        return self.positions[-1][0] if self.positions else None

    @property
    def statement(self) -> ast.stmt | None:
        return self.file.statement(self.line) if self.line else None

    def outcome(self, name: str, koan: str, state: State) -> Outcome:
        """An outcome that says where: at the innermost line, with its region's TODO."""
        todo = self.file.todo(koan, self._lines)
        return Outcome(
            koan,
            name,
            state,
            docstring=self.file.docstring(koan),
            line=self.line,
            excerpt=self._excerpt(state),
            callers=self._callers(koan),
            todo=todo[1] if todo else "",
            todo_line=todo[0] if todo else None,
        )

    def expression(self) -> dict[int, list[Mark]]:
        """Where Python points: the expression that raised, if it fits on one line."""
        line, last, begin, end = self.positions[-1] if self.positions else (None,) * 4
        if line is None or begin is None or end is None or line != last:
            return {}
        start, stop = self.file.source.offset(line, begin), self.file.source.offset(line, end)
        return {line: [Mark(start - self.file.source.starts[line - 1], stop - start)]}

    def _excerpt(self, state: State) -> tuple[Line, ...]:
        statement = self.statement
        if self.line is None:
            return ()
        if statement is None or hasattr(statement, "body"):
            first = last = self.line
        else:
            first, last = statement.lineno, statement.end_lineno or statement.lineno
        return self.file.excerpt(first, last, self._marks(state))

    def _marks(self, state: State) -> dict[int, list[Mark]]:
        """What to point at: the expression that raised, or the answer that is not right."""
        match self.statement:
            case ast.Assert(test=ast.Compare(comparators=[*_, answer]), msg=None) if (
                state is State.WRONG
            ):
                line, mark = self.file.mark(answer)
                return {line: [mark]}
        return self.expression() if state is State.ERROR else {}

    @property
    def _lines(self) -> list[int]:
        return [line for line, *_columns in self.positions if line]

    def _callers(self, koan: str) -> tuple[Line, ...]:
        """The lines that led to a failure outside of the test: the last of each definition."""
        last = {self.file.definition(line): line for line in self._lines}
        if not last or self.file.tests.get(koan) in (None, self.file.definition(self._lines[-1])):
            return ()
        test = last.pop(self.file.tests[koan], None)
        last.pop(self.file.definition(self._lines[-1]), None)
        lines = (*reversed(last.values()), test) if test else ()
        return tuple(map(self.file.line, lines))
