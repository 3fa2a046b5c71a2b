"""One thing that the doctor found."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from jax_koans.i18n import _, plural
from jax_koans.screen.text import WIDTH, Text, can_show, plain, wrapped


class Level(Enum):
    """How a finding matters: its color, its sign, and the sign where the encoding has no other."""

    WELL = ("green", "✓", "+")
    NOTE = ("yellow", "!", "!")
    WRONG = ("red", "✗", "x")


@dataclass(frozen=True)
class Finding:
    """What was found, and what to do about it."""

    level: Level
    what: str
    advice: str = ""


def told(finding: Finding, encoding: str | None) -> list[Text]:
    color, sign, plain_sign = finding.level.value
    sign = sign if can_show(sign, encoding) else plain_sign
    first, *rest = finding.what.split("\n")
    lines = [*rest, *wrapped(finding.advice, WIDTH - 4)]
    head = Text().add(f"{sign} ", bold=True, **{color: True}).add(first)
    return [head, *plain(f"  {line}" for line in lines)]


def verdict(levels: Sequence[Level]) -> Text:
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
