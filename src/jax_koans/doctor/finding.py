"""One thing that the doctor found."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from jax_koans.i18n import _, plural
from jax_koans.screen.text import WIDTH, Text

_SIGNS = {"well": ("✓", "+", "green"), "note": ("!", "!", "yellow"), "wrong": ("✗", "x", "red")}


class Level(Enum):
    """How a finding matters: it is well, it is good to know, it keeps the koans from working."""

    WELL = "well"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What was found, and what to do about it."""

    level: Level
    what: str
    advice: str = ""


def told(finding: Finding, encoding: str | None) -> list[Text]:
    """A finding for people, in signs that their terminal can show."""
    fancy, plain, color = _SIGNS[finding.level.value]
    try:
        fancy.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        fancy = plain
    first, *rest = finding.what.split("\n")
    lines = [Text().add(f"{fancy} ", bold=True, **{color: True}).add(first)]
    return [*lines, *(Text().add(f"  {line}") for line in [*rest, *_wrapped(finding.advice)])]


def verdict(levels: Sequence[Level]) -> Text:
    """What all findings come to."""
    if wrong := levels.count(Level.WRONG):
        text = plural(
            "{count} thing keeps the koans from working.",
            "{count} things keep the koans from working.",
            wrong,
        )
        return Text().add(text.format(count=wrong), red=True)
    if notes := levels.count(Level.NOTE):
        text = plural(
            "The koans can run. {count} thing to know is marked by !",
            "The koans can run. {count} things to know are marked by !",
            notes,
        )
        return Text().add(text.format(count=notes), green=True)
    return Text().add(_("All is well."), green=True)


def _wrapped(advice: str) -> list[str]:
    return textwrap.wrap(advice, WIDTH - 4, break_long_words=False, break_on_hyphens=False)
