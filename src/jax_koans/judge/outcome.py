"""The one record of what became of a koan: everything a person or a program reads is made of it."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SCHEMA = 1


class State(StrEnum):
    """What became of a koan."""

    PASSED = "passed"
    BLANK = "blank"  # an unanswered blank
    TODO = "todo"  # a region without code yet
    WRONG = "wrong"  # an assertion does not hold
    ERROR = "error"  # an exception other than an assertion's
    TIMEOUT = "timeout"  # it did not end within its limit
    BROKEN = "broken"  # the file does not import
    REFUSED = "refused"  # it raised nothing, yet shows nothing: a changed line, no real answer
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
    """What became of one koan.

    `koan` and `file` say which (`file` relative to `koans/`), `idea` is its docstring. `error` is
    the public name of an exception's class, `message` what it says, `reason` why the failing
    assertion matters. Of a comparison, as text: `found` is the value that was computed, `said` the
    learner's answer or `wanted` what their code should have come to. `line` is where it happened
    in the learner's file, `excerpt` that line with its neighbours, `caller` the line of the test
    that led there. `todo` is what the region in question asks for, `place` the line it starts at.
    `own` says which of the koan's own lines is missing or differs, where one does.
    Of a wrong answer at a blank, `case` is what its author says of this value, or a fact about it,
    and `why` the right one is right. Of other failures, `why` and `mend` are what is certain and
    what to do, with the koan that `taught` it and the `doc` page about it. `source` is the hash of
    the koan's own source, known of a koan that passed. `duration` is in seconds.
    """

    koan: str
    file: str
    state: State
    idea: str = ""
    error: str = ""
    message: str = ""
    reason: str = ""
    said: str | None = None
    found: str | None = None
    wanted: str | None = None
    line: int | None = None
    excerpt: tuple[Line, ...] = ()
    caller: Line | None = None
    todo: str = ""
    place: int | None = None
    own: str = ""
    case: str = ""
    why: str = ""
    mend: str = ""
    taught: str = ""
    doc: str = ""
    source: str = ""
    duration: float = 0.0
    schema: int = SCHEMA

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers, fit for JSON."""
        return dataclasses.asdict(self) | {"state": self.state.value}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Outcome":
        """Undo `to_dict`, also after a way through JSON.

        Raises:
            ValueError, KeyError, TypeError: the data is not an outcome of this schema.
        """
        if data["schema"] != SCHEMA:
            raise ValueError(f"outcome of schema {data['schema']}, not {SCHEMA}")
        values = dict(data)
        values["state"] = State(values["state"])
        values["excerpt"] = tuple(_line(each) for each in values["excerpt"])
        values["caller"] = _line(values["caller"]) if values["caller"] else None
        return cls(**values)


def _line(data: dict[str, Any]) -> Line:
    return Line(**{**data, "marks": tuple(Mark(**mark) for mark in data["marks"])})
