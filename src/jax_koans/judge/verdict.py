"""From what a run raised to an Outcome."""

import ast
import contextlib
import traceback
from dataclasses import replace
from pathlib import Path
from types import FrameType

import pytest

from jax_koans import feedback
from jax_koans.course.path import Workspace
from jax_koans.course.topics import topic
from jax_koans.i18n import _
from jax_koans.judge.comparison import Sides, caught, cut, messages, public_name
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.location import Location
from jax_koans.judge.outcome import Line, Mark, Outcome, State
from jax_koans.lesson.blank import UnansweredBlank


class TooLong(BaseException):
    """A koan ran past its limit. Not an Exception: a learner's `except Exception` is no way on."""


class Stopped(BaseException):
    """A koan tried to end the whole run; `what` is the name of what it called or raised."""

    def __init__(self, what: str, text: str) -> None:
        super().__init__(text)
        self.what = what


def passed(file: LearnerFile, name: str, koan: str) -> Outcome:
    source = file.own.get(koan, "")
    return Outcome(koan, name, State.PASSED, docstring=file.docstring(koan), source=source)


def unanswered(file: LearnerFile, name: str, koan: str, blanks: list[ast.Name]) -> Outcome:
    """The outcome of a koan that still holds blanks: all of them are shown."""
    marks: dict[int, list[Mark]] = {}
    for blank in blanks:
        line, mark = file.mark(blank)
        marks.setdefault(line, []).append(mark)
    return Outcome(
        koan,
        name,
        State.BLANK,
        docstring=file.docstring(koan),
        line=blanks[0].lineno,
        excerpt=tuple(file.line(n, here=True, marks=tuple(marks[n])) for n in sorted(marks)),
    )


def failed(
    file: LearnerFile,
    name: str,
    koan: str,
    error: BaseException,
    sides: Sides,
    workspace: Workspace,
    solution: str = "",
) -> Outcome:
    """The outcome of a koan that raised; `solution` is its file's, "" where that is unknown."""
    where = Location.of(file, error)
    state = _state(error, where.statement)
    message, reason = messages(error, where.statement)
    shown = sides.shown(where.statement) if state is State.WRONG else {}
    if "answer" in shown:
        message = caught(error, where.statement)
    outcome = replace(
        where.outcome(name, koan, state),
        error=_name(error),
        message=message,
        reason=reason,
        **shown,
    )
    if state not in (State.WRONG, State.ERROR):
        return outcome
    if "answer" in shown or (shown and sides.fact):
        return replace(outcome, fact=sides.fact)
    return _explained(outcome, error, file, workspace, solution)


def stuck(
    file: LearnerFile, name: str, koan: str, frame: FrameType, seconds: float, *, interrupted: bool
) -> Outcome:
    """The outcome of a koan that never comes back; `frame` is the main thread's.

    It is in compiled code, unless it was `interrupted`, and went on.
    """
    message = _(
        "It has been inside compiled code for more than {seconds:g} s. A loop whose condition stays"
        " true does not end: does the body change what the condition reads?"
    )
    if interrupted:
        message = _(
            "It ran for more than {seconds:g} s, was interrupted, and went on. A bare `except:`, or"
            " `except BaseException:`, catches the interruption too: name the exceptions you mean."
        )
    frames = [(each, (line, line, None, None)) for each, line in traceback.walk_stack(frame)]
    where = Location.among(file, reversed(frames))
    outcome = where.outcome(name, koan, State.TIMEOUT)
    return replace(outcome, message=message.format(seconds=seconds), duration=seconds)


def broken(path: Path, name: str, koan: str, error: BaseException, workspace: Workspace) -> Outcome:
    while isinstance(error, pytest.Collector.CollectError) and error.__cause__ is not None:
        error = error.__cause__
    outcome = Outcome(koan, name, State.BROKEN, error=_name(error), message=cut(str(error)))
    try:
        file = LearnerFile.read(path)
    except UnicodeDecodeError as undecodable:
        return _not_utf8(outcome, undecodable)
    except OSError as unreadable:
        return replace(outcome, message=str(unreadable))
    if isinstance(error, SyntaxError):
        outcome = replace(outcome, message=error.msg)
        line, marks = error.lineno, {}
        if line and error.offset and line <= len(file.source.lines):
            width = max((error.end_offset or 0) - error.offset, 1)
            marks = {line: [Mark(error.offset - 1, width if error.end_lineno == line else 1)]}
    else:
        where = Location.of(file, error)
        line, marks = where.line, where.expression()
    if line:
        line = min(line, len(file.source.lines))
        outcome = replace(outcome, line=line, excerpt=file.excerpt(line, line, marks))
    with contextlib.suppress(ValueError):  # changed since it was imported, half typed
        outcome = _explained(outcome, error, file, workspace)
    return outcome


def crashed(
    file: LearnerFile | None, name: str, koan: str, how: str, line: int | None = None
) -> Outcome:
    """The outcome of a koan that ended the process; `line` is where, as far as that is known."""
    outcome = Outcome(koan, name, State.CRASHED, message=how)
    if file is None or (line or 0) > len(file.source.lines):
        return outcome
    excerpt = file.excerpt(line, line, {}) if line else ()
    return replace(outcome, docstring=file.docstring(koan), line=line, excerpt=excerpt)


def absent(name: str, koan: str) -> Outcome:
    reason = _(
        "The test of this koan is not in the file any more: it was renamed or deleted.\n"
        "To have it back (a backup is made):\n\n    koans reset {koan}"
    ).format(koan=koan)
    return Outcome(koan, name, State.MISSING, reason=reason)


def _explained(
    outcome: Outcome,
    error: BaseException,
    file: LearnerFile,
    workspace: Workspace,
    solution: str = "",
) -> Outcome:
    found = feedback.explain(error, file.source.tree, file.path, outcome.koan, solution)
    if found is None:
        return outcome
    about = topic(workspace, found.topic)
    return replace(outcome, why=found.why, advice=found.advice, taught=about.koan, doc=about.doc)


def _not_utf8(outcome: Outcome, error: UnicodeDecodeError) -> Outcome:
    line = error.object[: error.start].count(b"\n") + 1
    text = error.object.split(b"\n")[line - 1].decode("utf-8", "backslashreplace")
    return replace(
        outcome,
        error="UnicodeDecodeError",
        message=_("The file is not UTF-8 text. Save it as UTF-8 in your editor."),
        line=line,
        excerpt=(Line(line, text.rstrip()[:100], here=True),),
    )


def _state(error: BaseException, statement: ast.stmt | None) -> State:
    match error:
        case UnansweredBlank():
            return State.BLANK
        case TooLong():
            return State.TIMEOUT
        case Stopped():
            return State.CRASHED
        case NotImplementedError() if isinstance(statement, ast.Raise):
            return State.TODO
        case AssertionError(args=()) if not isinstance(statement, ast.Assert):
            return State.ERROR  # JAX's own
        case AssertionError() | pytest.fail.Exception():
            return State.WRONG
    return State.ERROR


def _name(error: BaseException) -> str:
    """What to call an exception; ours stand for what the learner's code did."""
    if isinstance(error, Stopped):
        return error.what
    return "TimeoutError" if isinstance(error, TooLong) else public_name(type(error))
