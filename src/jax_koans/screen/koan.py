"""An Outcome as a person reads it."""

from collections.abc import Iterable
from dataclasses import replace

from jax_koans.i18n import _, plural
from jax_koans.judge.outcome import Line, Outcome, State
from jax_koans.screen.heading import Place, head
from jax_koans.screen.next_step import next_step
from jax_koans.screen.text import WIDTH, Glyphs, Screen, Text, wrapped

_ROWS = 21  # of a terminal's 24: pytest's last lines and the prompt need the others
_ENDS = 6  # lines of a message at its beginning, and at its end
_LABEL = 11  # columns
_HEADLINES = {
    State.WRONG: _("this assertion fails"),
    State.BROKEN: _("this file does not import"),
    State.REJECTED: _("nothing failed, but this does not count yet"),
    State.MISSING: _("this koan is missing"),
    State.TIMEOUT: _("this does not end"),
    State.CRASHED: _("this ended the process"),
}


def render(outcome: Outcome, place: Place, glyphs: Glyphs) -> Screen:
    """The screen of one koan that did not pass, in 21 lines where that is possible.

    Where it has more, first the docstring is shown without its later paragraphs, then the learner's
    line without its neighbors.
    """
    lines = _lines(outcome, place, glyphs)
    if len(lines) > _ROWS:
        outcome = replace(outcome, docstring=outcome.docstring.partition("\n\n")[0])
        lines = _lines(outcome, place, glyphs)
    if len(lines) > _ROWS:
        outcome = replace(outcome, excerpt=tuple(each for each in outcome.excerpt if each.here))
        lines = _lines(outcome, place, glyphs)
    return Screen(lines, summary(outcome))


def _lines(outcome: Outcome, place: Place, glyphs: Glyphs) -> list[Text]:
    return [
        *head(outcome.file, outcome.koan, place, glyphs),
        Text(),
        *_docstring(outcome.docstring),
        *_what(outcome, place),
        *next_step(outcome, place),
    ]


def printed_lines(text: str) -> list[Text]:
    """What stands below a koan's screen: the text that it printed; nothing for blanks alone."""
    lines = text.rstrip().split("\n") if text.strip() else []
    title = [Text(), Text().add(_("It printed:"), bold=True)] if lines else []
    return [*title, *(Text().add(f"  {line}") for line in lines)]


def summary(outcome: Outcome) -> str:
    """What became of a koan, in one line."""
    first = (outcome.reason or outcome.message).strip().partition("\n")[0]
    match outcome.state:
        case State.BLANK:
            count = sum(len(line.marks) for line in outcome.excerpt) or 1
            return plural("{count} blank to fill in", "{count} blanks to fill in", count).format(
                count=count
            )
        case State.TODO:
            return _("code to write: {todo}").format(todo=outcome.todo or "TODO")
        case State.WRONG if outcome.answer is not None:
            return _("this answer is not right")
        case State.WRONG:
            return first or _("an assertion fails")
        case State.BROKEN:
            return _("the file does not import: {error}").format(error=outcome.error)
        case State.REJECTED | State.MISSING | State.TIMEOUT | State.CRASHED:
            return first
        case _:
            return f"{outcome.error}: {first}" if first else outcome.error


def _docstring(text: str) -> Iterable[Text]:
    """A docstring in the screen's width; indented lines and lists stay as they are."""
    for paragraph in text.split("\n\n") if text else ():
        lines = paragraph.split("\n")
        if not any(line.startswith((" ", "-")) for line in lines):
            lines = wrapped(" ".join(lines), WIDTH - 2)
        yield from (Text().add(f"  {line}", cyan=True) for line in lines)
        yield Text()


def _what(outcome: Outcome, place: Place) -> Iterable[Text]:
    line = outcome.line or outcome.todo_line
    link = place.location.as_uri()
    yield Text(link=link).add(place.at(line), bold=True).add(f"  {_headline(outcome)}")
    yield Text()
    shown = [*outcome.excerpt, *outcome.callers]
    width = max((len(str(each.number)) for each in shown), default=0)
    for each in outcome.excerpt:
        yield from _source(each, width)
    for each in outcome.callers:
        (call,) = _source(each, width)
        said = _("(the test's call)") if each is outcome.callers[-1] else _("(called here)")
        yield call.add(f"  {said}", light=True)
    if outcome.excerpt:
        yield Text()
    yield from _why(outcome, place)


def _headline(outcome: Outcome) -> str:
    if outcome.state in (State.BLANK, State.TODO) or outcome.answer is not None:
        return summary(outcome)
    return _HEADLINES.get(outcome.state, _("this raised an exception"))


def _source(line: Line, width: int) -> Iterable[Text]:
    pointer = ">" if line.here else " "
    style = {"bold": True} if line.here else {"light": True}
    yield Text().add(f"  {pointer} {line.number:>{width}}  {line.text}", **style)
    if line.marks:
        # A tab in the source must be a tab here, or the caret points beside it.
        carets = ["\t" if sign == "\t" else " " for sign in line.text.ljust(line.marks[0].column)]
        for mark in line.marks:
            carets[mark.column : mark.column + mark.width] = "^" * mark.width
        yield Text().add(f"    {'':>{width}}  {''.join(carets).rstrip()}", red=True)


def _why(outcome: Outcome, place: Place) -> Iterable[Text]:
    """What an author says of it, what is certain of it, then the values and JAX's own message."""
    yield from _said(_relative(outcome.reason, place))
    yield from _said(outcome.fact)
    if explanation := [*_explanation(outcome, place)]:
        yield from explanation
        yield Text()
    if outcome.value is not None:
        yield from _value(_("your answer"), outcome.answer)
        label = _("got") if outcome.answer is None else _("the value")
        yield from _value(label, outcome.value)
        yield from _value(_("expected"), outcome.expected)
        yield Text()
        if outcome.answer is not None and outcome.message:
            yield from _message(outcome, place)
            yield Text()
    elif outcome.message and outcome.state not in (State.BLANK, State.TODO):
        yield from _message(outcome, place)
        yield Text()
    yield from _said(outcome.changed)


def _said(text: str) -> Iterable[Text]:
    """Sentences are cut to the screen's width, code stays as it is."""
    for line in text.rstrip("\n").split("\n") if text else ():
        parts = [line] if line.startswith("  ") else wrapped(line, WIDTH - 2) or [""]
        for part in parts:
            yield Text().add(f"  {part}".rstrip(), red=True)
    if text:
        yield Text()


def _explanation(outcome: Outcome, place: Place) -> Iterable[Text]:
    yield from _labelled(_("why"), outcome.why)
    yield from _labelled(_("try"), outcome.advice)
    path = list(place.path)
    # Only a koan that lies behind: what comes later is not to be read before.
    if outcome.taught in path[: path.index(outcome.koan) if outcome.koan in path else 0]:
        yield from _labelled(_("taught"), outcome.taught)
    if outcome.doc:
        label = f"  {_('docs'):<{_LABEL}} "
        label = label if len(label + outcome.doc) <= WIDTH else f"  {_('docs')}  "
        yield Text().add(label, bold=True).add(outcome.doc, light=True)


def _relative(text: str, place: Place) -> str:
    """JAX names the learner's file in full; the learner knows it by its place in the folder."""
    return text.replace(str(place.location), place.shown)


def _labelled(label: str, text: str) -> Iterable[Text]:
    indent = " " * (_LABEL + 3)
    for number, line in enumerate(wrapped(text, WIDTH - len(indent))):
        begin = f"  {label:<{_LABEL}} " if number == 0 else indent
        yield Text().add(begin, bold=True).add(line)


def _message(outcome: Outcome, place: Place) -> Iterable[Text]:
    lines = _relative(outcome.message, place).strip().split("\n")
    if outcome.state in (State.ERROR, State.BROKEN):
        lines[0] = f"{outcome.error}: {lines[0]}"
    lines = [line for line in lines if not (outcome.doc and line.startswith("See https://"))]
    left_out = len(lines) - 2 * _ENDS
    if left_out > 0 and not place.cell:  # a notebook scrolls
        text = plural(
            "({count} more line: run with --tb=short)",
            "({count} more lines: run with --tb=short)",
            left_out,
        )
        lines[_ENDS:-_ENDS] = [text.format(count=left_out)]
    for line in lines:
        for part in [line] if len(line) <= WIDTH else wrapped(line):
            yield Text().add(f"  {part}".rstrip())


def _value(label: str, text: str | None) -> Iterable[Text]:
    for line in [] if text is None else text.split("\n"):
        yield Text().add(f"  {label:<{_LABEL}} {line}")
        label = ""
