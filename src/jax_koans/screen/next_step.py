"""The last lines of a screen: what to do next."""

from collections.abc import Iterable

from jax_koans.i18n import _
from jax_koans.judge.outcome import Outcome, State
from jax_koans.screen.place import Place
from jax_koans.screen.text import Text


def next_step(outcome: Outcome, place: Place) -> Iterable[Text]:
    if not place.command:
        yield Text().add(_saved(outcome))
        return
    match outcome.state:
        case State.BLANK:
            step = _("Replace each __ by what you expect there, save, and run again:")
        case State.TODO:
            step = _("Write the code that the TODO asks for, save, and run again:")
        case State.REFUSED | State.MISSING:
            step = _("Then run again:")
        case State.BROKEN:
            step = _("Mend this line, save, and run again:")
        case State.WRONG if outcome.said is not None:
            step = _("Think about why, change your answer, save, and run again:")
        case _ if outcome.todo:
            step = _("TODO at line {line}: {todo}. Then run again:").format(
                line=outcome.place, todo=outcome.todo
            )
        case _:
            step = _("Change your code, save, and run again:")
    yield Text().add(step)
    yield Text().add(f"  {place.command}", bold=True)


def _saved(outcome: Outcome) -> str:
    """What to do next where each save brings a verdict."""
    match outcome.state:
        case State.BLANK:
            return _("Replace each __ by what you expect there, and save.")
        case State.TODO:
            return _("Write the code that the TODO asks for, and save.")
        case State.REFUSED:
            return _("Then save.")
        case State.MISSING:
            return _("x does that here.")
        case State.BROKEN:
            return _("Mend this line, and save.")
        case State.WRONG if outcome.said is not None:
            return _("Think about why, change your answer, and save.")
        case _ if outcome.todo:
            return _("TODO at line {line}: {todo}. Then save.").format(
                line=outcome.place, todo=outcome.todo
            )
        case _:
            return _("Change your code, and save.")
