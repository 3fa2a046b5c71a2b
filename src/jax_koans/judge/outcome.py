"""The one record of what became of a koan: everything a person or a program reads is made of it."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    PASSED = "passed"
    BLANK = "blank"  # an unanswered blank
    TODO = "todo"  # a region without code yet
    WRONG = "wrong"  # an assertion does not hold
    ERROR = "error"  # an exception other than an assertion's
    TIMEOUT = "timeout"  # it did not end within its limit
    BROKEN = "broken"  # the file does not import
    REJECTED = "rejected"  # it raised nothing, but a line was changed, or an answer says nothing
    CRASHED = "crashed"  # it ended the process, or would have
    MISSING = "missing"  # its test is not in the file any more


@dataclass(frozen=True)
class Mark:
    """What to point at in a line: `width` characters from `column`, both from 0."""

    column: int
    width: int


@dataclass(frozen=True)
class Line:
    """One line of a learner's file, numbered from 1; `here` where it is the one that matters."""

    number: int
    text: str
    here: bool = False
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of one koan."""

    koan: str
    file: str  # relative to koans/
    state: State
    docstring: str = ""
    error: str = ""  # the public name of an exception's class
    message: str = ""  # what it says
    reason: str = ""  # the message of the assertion that failed
    value: str | None = None  # of a comparison, as text: what was computed
    answer: str | None = None  # the learner's
    expected: str | None = None  # or what their code should have returned
    line: int | None = None  # where it happened in the learner's file
    excerpt: tuple[Line, ...] = ()  # that line with its neighbors
    callers: tuple[Line, ...] = ()  # the lines that led there, the test's own last
    todo: str = ""  # what the region in question asks for
    todo_line: int | None = None
    changed: str = ""  # which of the koan's own lines is missing or differs
    fact: str = ""  # what an author says of this wrong answer, or what is certain of the two values
    why: str = ""  # the right answer is right, or what is certain of an exception
    advice: str = ""
    taught: str = ""  # the koan that taught it
    doc: str = ""  # the page about it
    source: str = ""  # the hash of the koan's own source, known of a koan that passed
    duration: float = 0.0  # in seconds

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers, fit for JSON."""
        return dataclasses.asdict(self) | {"state": self.state.value}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Outcome":
        """Undo `to_dict`. Raises ValueError, KeyError or TypeError for anything else."""
        values = dict(data)
        values["state"] = State(values["state"])
        values["excerpt"] = tuple(_line(each) for each in values["excerpt"])
        values["callers"] = tuple(_line(each) for each in values["callers"])
        return cls(**values)


def _line(data: dict[str, Any]) -> Line:
    return Line(**{**data, "marks": tuple(Mark(**mark) for mark in data["marks"])})
