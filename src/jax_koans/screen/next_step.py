"""What a learner is to do next: the last lines of a koan's screen."""

from collections.abc import Iterable

from jax_koans.i18n import _
from jax_koans.judge.outcome import Outcome, State
from jax_koans.screen.heading import Place
from jax_koans.screen.text import WIDTH, Text


def next_step(outcome: Outcome, place: Place) -> Iterable[Text]:
    """What to do, how to see the verdict again, and how to get a hint."""
    if place.cell:
        yield Text().add(_step(outcome))
        again = _("Then run the cell again.")
        yield Text().add(again, bold=True).add("  " + _("(a hint: %koan hint)"), light=True)
        return
    if not place.command:  # each save brings a verdict, and the keys are shown below
        then = _("x resets it.") if outcome.state is State.MISSING else _("Then save.")
        yield Text().add(f"{_step(outcome)} {then}".lstrip())
        return
    yield Text().add(f"{_step(outcome)} {_('Save, and run again:')}".lstrip())
    command, hint = f"  {place.command}", "  " + _("(a hint: koans hint)")
    if len(command + hint) > WIDTH:
        yield Text().add(command, bold=True)
        yield Text().add(hint, light=True)
    else:
        yield Text().add(command, bold=True).add(hint, light=True)


def _step(outcome: Outcome) -> str:
    match outcome.state:
        case State.BLANK:
            return _("Replace each __ with the value that you expect.")
        case State.TODO:
            return _("Write the code that the TODO asks for.")
        case State.REJECTED | State.MISSING:
            return ""  # the screen has said it
        case State.BROKEN:
            return _("Fix this line.")
        case State.WRONG if outcome.answer is not None:
            return _("Change your answer.")
        case _ if outcome.todo:
            text = _("TODO at line {line}: {todo}.")
            return text.format(line=outcome.todo_line, todo=outcome.todo)
        case _:
            return _("Change your code.")
