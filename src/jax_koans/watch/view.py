"""What the watch shows: a koan's screen, with what it printed, and a line on what is going on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from jax_koans.i18n import _
from jax_koans.judge.outcome import Outcome
from jax_koans.screen.results import Results
from jax_koans.screen.text import Text
from jax_koans.source import SourceError


@dataclass
class View:
    """The lines of the screen, and the status line below them."""

    lines: list[Text] = field(default_factory=list)
    status: str = ""


def failed(results: Results, outcome: Outcome, notes: Sequence[str], printed: str) -> list[Text]:
    """The screen of a koan that did not pass."""
    lines = list(results.screen(outcome).lines)
    if printed.strip():
        lines += [Text(), Text().add(_("It printed:"), bold=True)]
        lines += plain(f"  {line}" for line in printed.rstrip().split("\n"))
    return [*lines, *plain(notes)]


def without_verdict(said: str, notes: Sequence[str]) -> list[Text]:
    """The screen where pytest has judged nothing: what it said on standard error, and notes."""
    head = Text().add(_("No verdict: pytest ended before a koan was judged."), bold=True)
    return [head, Text(), *plain(said.split("\n") if said else ()), *plain(notes)]


def half_typed(file: str, error: SourceError) -> str:
    """The status line for a text that is not Python yet."""
    text = _("still typing: {file}, line {line}: {reason}")
    return text.format(file=file, line=error.line, reason=error.reason)


def plain(lines: Iterable[str]) -> list[Text]:
    """Lines without style."""
    return [Text().add(line) for line in lines]
