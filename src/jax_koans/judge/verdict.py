"""From what a run raised to an Outcome: the one place that reads exceptions and tracebacks."""

import ast
import contextlib
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import pytest

from jax_koans import feedback
from jax_koans.course.path import Workspace
from jax_koans.course.topics import topic
from jax_koans.feedback.facts import difference
from jax_koans.feedback.frames import Stop, walk
from jax_koans.i18n import _
from jax_koans.judge.interruptions import Stopped, TooLong
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Line, Mark, Outcome, State
from jax_koans.lesson.blank import UnansweredBlank

# Where pytest's rewriting appends its own explanation to the message of an assertion.
_EXPLANATION = "\nassert "
_LONGEST = 400  # characters of a value
_MOST = 8000  # characters of a message
_DIFFERENCES = ("Max absolute difference", "Max relative difference")


@dataclass(frozen=True)
class Sides:
    """The two sides of the last comparison that failed, as text, and a fact about them."""

    left: str = ""
    right: str = ""
    operator: str = ""
    answer: object = None  # the right side itself: in a koan's own line the learner's answer
    fact: str = ""

    @classmethod
    def of(cls, left: object, right: object, operator: str) -> "Sides":
        return cls(
            _brief(_as_plain_as(left, right)),
            _brief(_as_plain_as(right, left)),
            operator,
            right,
            difference(left, right),
        )


def passed(file: LearnerFile, name: str, koan: str) -> Outcome:
    """The outcome of a koan that raised nothing."""
    return Outcome(koan, name, State.PASSED, idea=file.idea(koan), source=file.own.get(koan, ""))


def unanswered(file: LearnerFile, name: str, koan: str, blanks: list[ast.Name]) -> Outcome:
    """The outcome of a koan that still holds blanks: all of them are shown."""
    marks: dict[int, list[Mark]] = {}
    for blank in blanks:
        line, mark = file.mark(blank)
        marks.setdefault(line, []).append(mark)
    lines = [file.line(number, here=True, marks=tuple(marks[number])) for number in sorted(marks)]
    return Outcome(
        koan,
        name,
        State.BLANK,
        idea=file.idea(koan),
        line=blanks[0].lineno,
        excerpt=tuple(lines),
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
    frames = _own_frames(walk(error.__traceback__), file.path)
    statement = file.statement(frames[-1].lineno or 0) if frames else None
    state = _state(error, statement)
    message, reason = map(_cut, _message(error, statement))
    found, said, wanted = _sides(sides, statement, state)
    if said is not None:
        message = _met(error, statement)
    outcome = replace(
        _located(file, name, koan, state, frames),
        error=_name(error),
        message=message,
        reason=reason,
        found=found,
        said=said,
        wanted=wanted,
    )
    if state not in (State.WRONG, State.ERROR):
        return outcome
    if said is not None or (found is not None and sides.fact):
        return replace(outcome, case=sides.fact)
    return _explained(outcome, error, file, workspace, solution)


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
    told = topic(workspace, found.topic)
    return replace(outcome, why=found.why, mend=found.advice, taught=told.koan, doc=told.doc)


def stuck(
    file: LearnerFile,
    name: str,
    koan: str,
    frame: FrameType,
    seconds: float,
    *,
    interrupted: bool = False,
) -> Outcome:
    """The outcome of a koan that never comes back; `frame` is the main thread's.

    It is in compiled code, unless it was `interrupted`, and went on.
    """
    message = _(
        "It has been inside compiled code for more than {seconds:g} s. A loop whose condition stays"
        " true does not end: does the body change what the condition reads?"
    ).format(seconds=seconds)
    if interrupted:
        message = _(
            "It ran for more than {seconds:g} s, was interrupted, and went on. A bare `except:`, or"
            " `except BaseException:`, catches the interruption too: name the exceptions you mean."
        ).format(seconds=seconds)
    frames = _own_frames(
        (Stop(each, (line, line, None, None), "") for each, line in _outermost_first(frame)),
        file.path,
    )
    return replace(_located(file, name, koan, State.TIMEOUT, frames), message=message)


def _located(
    file: LearnerFile, name: str, koan: str, state: State, frames: list[traceback.FrameSummary]
) -> Outcome:
    """An outcome that says where: at the innermost line of the learner's own file."""
    here = frames[-1] if frames else None
    statement = file.statement(here.lineno) if here and here.lineno else None
    todo = file.todo(koan, here.lineno if here else None)
    return Outcome(
        koan,
        name,
        state,
        idea=file.idea(koan),
        line=here.lineno if here else None,
        excerpt=_excerpt(file, here, statement, state),
        caller=_caller(file, koan, frames),
        todo=todo[1] if todo else "",
        place=todo[0] if todo else None,
    )


def broken(path: Path, name: str, koan: str, error: BaseException, workspace: Workspace) -> Outcome:
    """The outcome of every koan in a file that does not import."""
    while isinstance(error, pytest.Collector.CollectError) and error.__cause__ is not None:
        error = error.__cause__
    kind = _name(error)
    try:
        file = LearnerFile.read(path)
    except UnicodeDecodeError as undecodable:
        return _not_utf8(path, name, koan, undecodable)
    except OSError as unreadable:
        return Outcome(koan, name, State.BROKEN, error=kind, message=str(unreadable))
    line, marks = None, {}
    message = _cut(str(error))
    if isinstance(error, SyntaxError):
        line, message = error.lineno, error.msg
        if line and error.offset and line <= len(file.source.lines):
            width = max((error.end_offset or 0) - error.offset, 1)
            marks = {line: [Mark(error.offset - 1, width if error.end_lineno == line else 1)]}
    else:
        frames = _own_frames(walk(error.__traceback__), path)
        line = frames[-1].lineno if frames else None
        marks = _position(file, frames[-1]) if frames else {}
    line = min(line, len(file.source.lines)) if line else None
    outcome = Outcome(
        koan,
        name,
        State.BROKEN,
        error=kind,
        message=message,
        line=line,
        excerpt=file.excerpt(line, line, marks) if line else (),
    )
    with contextlib.suppress(ValueError):  # changed since it was imported, half typed
        outcome = _explained(outcome, error, file, workspace)
    return outcome


def crashed(
    file: LearnerFile | None, name: str, koan: str, how: str, line: int | None = None
) -> Outcome:
    """The outcome of a koan that ended the process; `line` is where, as far as that is known."""
    if file is None or (line or 0) > len(file.source.lines):
        return Outcome(koan, name, State.CRASHED, message=how)
    return Outcome(
        koan,
        name,
        State.CRASHED,
        idea=file.idea(koan),
        message=how,
        line=line,
        excerpt=file.excerpt(line, line, {}) if line else (),
    )


def absent(name: str, koan: str) -> Outcome:
    """The outcome of a koan whose test is not in its file any more."""
    reason = _(
        "The test of this koan is not in the file any more: it was renamed or deleted.\n"
        "To have it back (a backup is made):\n\n    koans reset {koan}"
    ).format(koan=koan)
    return Outcome(koan, name, State.MISSING, reason=reason)


def _not_utf8(path: Path, name: str, koan: str, error: UnicodeDecodeError) -> Outcome:
    line = error.object[: error.start].count(b"\n") + 1
    text = error.object.split(b"\n")[line - 1].decode("utf-8", "backslashreplace")
    return Outcome(
        koan,
        name,
        State.BROKEN,
        error="UnicodeDecodeError",
        message=_("The file is not UTF-8 text. Save it as UTF-8 in your editor."),
        line=line,
        excerpt=(Line(line, text.rstrip()[:100], here=True),),
    )


def _outermost_first(frame: FrameType) -> Iterator[tuple[FrameType, int]]:
    return reversed(list(traceback.walk_stack(frame)))


def _own_frames(stops: Iterable[Stop], path: Path) -> list[traceback.FrameSummary]:
    """The frames that are the learner's own file, outermost first."""
    return [
        traceback.FrameSummary(
            frame.f_code.co_filename,
            line,
            frame.f_code.co_name,
            lookup_line=False,
            end_lineno=end,
            colno=column,
            end_colno=stop,
        )
        for frame, (line, end, column, stop) in ((each.frame, each.position) for each in stops)
        if frame.f_code.co_filename == str(path)
    ]


def _state(error: BaseException, statement: ast.stmt | None) -> State:
    if isinstance(error, UnansweredBlank):
        return State.BLANK
    if isinstance(error, TooLong):
        return State.TIMEOUT
    if isinstance(error, Stopped):
        return State.CRASHED
    if isinstance(error, NotImplementedError) and isinstance(statement, ast.Raise):
        return State.TODO
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return State.WRONG
    return State.ERROR


def _name(error: BaseException) -> str:
    """What to call an exception; ours stand for what the learner's code did."""
    if isinstance(error, Stopped):
        return error.what
    return "TimeoutError" if isinstance(error, TooLong) else _public_name(type(error))


def _public_name(kind: type) -> str:
    """`TypeError`, `jax.errors.TracerBoolConversionError`: the name that a learner can import."""
    import jax

    for base in kind.__mro__:  # a hidden class goes by the public name above it
        if getattr(jax.errors, base.__name__, None) is base:
            return f"jax.errors.{base.__name__}"
        if "._" not in base.__module__:
            break
    if kind.__module__ in ("builtins", "_pytest.outcomes") or kind.__module__.startswith("_"):
        return kind.__name__
    return f"{kind.__module__}.{kind.__qualname__}"


def _message(error: BaseException, statement: ast.stmt | None) -> tuple[str, str]:
    """What the exception says, and why the assertion matters."""
    text = str(error).strip("\n")
    if isinstance(error, AssertionError) and isinstance(statement, ast.Assert):
        if statement.msg is None:
            return text, ""
        reason, explained, rest = text.partition(_EXPLANATION)
        # Of pytest's own words the first line, where it shows two values that should be equal.
        equal = isinstance(statement.test, ast.Compare) and isinstance(
            statement.test.ops[0], ast.Eq
        )
        values = rest.partition("\n")[0] if equal else ""
        return (f"assert {values}" if explained and values else ""), reason
    if isinstance(error, AssertionError) and (reason := _err_msg(error, statement)):
        kept = [line for line in text.replace(reason, "", 1).split("\n") if line.strip()]
        # The differences come first in numpy's text, and what differs last, where it may be cut.
        kept.sort(key=lambda line: line.startswith(_DIFFERENCES))
        return "\n".join(kept).strip("\n"), reason
    return text, ""


def _cut(text: str) -> str:
    """As much of a message as anybody reads: an array's repr may have megabytes."""
    return text if len(text) <= _MOST else text[:_MOST] + " ..."


def _met(error: BaseException, statement: ast.stmt | None) -> str:
    """What the exception said whose class is asked for: `assert met.type is ...`.

    The learner caught it with `pytest.raises(...) as met`, so nobody has shown it to them.
    """
    if not isinstance(statement, ast.Assert) or not isinstance(statement.test, ast.Compare):
        return ""
    match statement.test.left:
        case ast.Attribute(value=ast.Name(id=name), attr="type"):
            frames = list(traceback.walk_tb(error.__traceback__))
            found = [frame.f_locals[name] for frame, _line in frames if name in frame.f_locals]
            if found and isinstance(found[-1], pytest.ExceptionInfo):
                return f"{_public_name(found[-1].type)}: {found[-1].value}"
    return ""


def _err_msg(error: BaseException, statement: ast.stmt | None) -> str:
    """The `err_msg` that the koan's own line gave to a numpy.testing assertion."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return ""
    if all(keyword.arg != "err_msg" for keyword in statement.value.keywords):
        return ""
    for frame, _line in traceback.walk_tb(error.__traceback__):
        # Where it was handed over: further in, numpy adds remarks of its own to it.
        if frame.f_globals.get("__name__", "").startswith("numpy.") and "err_msg" in frame.f_locals:
            return str(frame.f_locals["err_msg"])
    return ""


def _sides(
    sides: Sides, statement: ast.stmt | None, state: State
) -> tuple[str | None, str | None, str | None]:
    """What a comparison found, what the learner said, and what was wanted.

    What is computed stands on the left, in every koan; on the right the learner's answer, or,
    where the assertion gives a reason, what their code should have come to. A reason that holds
    values itself, beside two computed sides, says it better: "10 steps: 31 equations, 100: 301".
    """
    if (
        state is not State.WRONG
        or not isinstance(statement, ast.Assert)
        or not isinstance(statement.test, ast.Compare)
        or len(statement.test.ops) > 1  # either half may have failed
        or sides.operator not in ("==", "is")
    ):
        return None, None, None
    if statement.msg is None:
        return sides.left, sides.right, None
    (right,) = statement.test.comparators[-1:]
    named = isinstance(right, ast.Name) and not isinstance(statement.test.left, ast.Name)
    if isinstance(statement.msg, ast.JoinedStr) and not (named or _is_literal(right)):
        return None, None, None
    return sides.left, None, sides.right


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True


def _excerpt(
    file: LearnerFile,
    frame: traceback.FrameSummary | None,
    statement: ast.stmt | None,
    state: State,
) -> tuple[Line, ...]:
    if frame is None or not frame.lineno:
        return ()
    compound = statement is not None and hasattr(statement, "body")
    if statement is None or compound:
        first = last = frame.lineno
    else:
        first, last = statement.lineno, statement.end_lineno or statement.lineno
    return file.excerpt(first, last, _marks(file, frame, statement, state))


def _marks(
    file: LearnerFile,
    frame: traceback.FrameSummary,
    statement: ast.stmt | None,
    state: State,
) -> dict[int, list[Mark]]:
    """What to point at: the expression that raised, or the answer that is not right."""
    match statement:
        case ast.Assert(test=ast.Compare(comparators=[*_, answer]), msg=None) if (
            state is State.WRONG
        ):
            line, mark = file.mark(answer)
            return {line: [mark]}
    return _position(file, frame) if state is State.ERROR else {}


def _position(file: LearnerFile, frame: traceback.FrameSummary) -> dict[int, list[Mark]]:
    """Python's own finger on the expression that raised, where it fits on one line."""
    line, begin, end = frame.lineno, frame.colno, frame.end_colno
    if line is None or begin is None or end is None or line != frame.end_lineno:
        return {}
    start, stop = file.source.offset(line, begin), file.source.offset(line, end)
    return {line: [Mark(start - file.source.starts[line - 1], stop - start)]}


def _caller(file: LearnerFile, koan: str, frames: list[traceback.FrameSummary]) -> Line | None:
    """The test's line that led to a failure outside of the test."""
    test = file.tests.get(koan)
    if test is None or not frames:
        return None
    inside = [
        frame.lineno
        for frame in frames
        if frame.lineno and test.lineno <= frame.lineno <= (test.end_lineno or 0)
    ]
    if not inside or frames[-1].lineno in inside:
        return None
    return file.line(inside[-1])


def _as_plain_as(value: object, other: object) -> object:
    """A number without its array, where it is compared with a plain number."""
    if isinstance(value, list) and isinstance(other, list) and len(value) == len(other):
        return [_as_plain_as(*pair) for pair in zip(value, other, strict=True)]
    # By its form, not its class: JAX is imported late.
    array = getattr(value, "shape", None) == () and hasattr(value, "item")
    if array and type(other) in (bool, int, float, complex):
        return value.item()  # type: ignore[attr-defined]
    return value


def _brief(value: object) -> str:
    """A value as a learner would write it, cut where it is long."""
    if isinstance(value, type):
        return _public_name(value)
    try:
        text = repr(value)
    except Exception as error:  # a learner's own __repr__ may do anything
        text = f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " ..."
