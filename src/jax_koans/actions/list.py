"""The path at a glance: what has passed, was given up, has changed, or waits."""

import sys
from collections.abc import Sequence
from itertools import groupby

from jax_koans.i18n import _
from jax_koans.judge.koan_status import KoanStatus, current
from jax_koans.screen.text import Glyphs, Text

_WIDEST = 12  # signs in a row: a file has three to seven koans


def overview(statuses: Sequence[KoanStatus], title: str) -> list[Text]:
    """A line per file, its koans as signs; then the koans that need a word, by name."""
    here, glyphs = current(statuses), Glyphs.fit(sys.stdout.encoding)
    lines = [_count(title, statuses)]
    for chapter, koans in groupby(statuses, key=lambda each: each.koan.chapter):
        inside = list(koans)
        lines += [Text(), _count(chapter, inside)]
        for file, in_file in groupby(inside, key=lambda each: each.koan.file):
            signs = [_sign(each, here, glyphs) for each in in_file]
            row = Text([("  ", {}), *signs])
            lines.append(row.add(" " * max(1, _WIDEST - len(signs)) + file.partition("/")[2]))
    return [*lines, *_words(statuses, here, glyphs)]


def names(statuses: Sequence[KoanStatus], here: KoanStatus | None) -> list[Text]:
    """A line per koan, under its file's name."""
    lines, glyphs = list[Text](), Glyphs.fit(sys.stdout.encoding)
    for file, koans in groupby(statuses, key=lambda each: each.koan.file):
        inside = list(koans)
        lines += [Text()] if lines else []
        lines.append(_count(f"koans/{file}", inside))
        for each in inside:
            notes = [_("given up")] if each.given_up else []
            notes += [_("changed")] if each.changed else []
            line = _named(each, here, glyphs)
            lines.append(line.add(f"  ({', '.join(notes)})") if notes else line)
    return lines


def _sign(
    status: KoanStatus, here: KoanStatus | None, glyphs: Glyphs
) -> tuple[str, dict[str, bool]]:
    if status is here:
        return glyphs.here, {"bold": True, "yellow": True}
    if status.given_up:
        return glyphs.given_up, {"cyan": True}
    if status.changed:
        return glyphs.changed, {"red": True}
    return (glyphs.passed, {"green": True}) if status.passed else (glyphs.waiting, {})


def _named(status: KoanStatus, here: KoanStatus | None, glyphs: Glyphs) -> Text:
    sign, style = _sign(status, here, glyphs)
    return Text().add(f"  {sign} {status.koan.name}", **style)


def _count(title: str, statuses: Sequence[KoanStatus]) -> Text:
    done = sum(each.passed and not each.changed for each in statuses)
    text = _("{done} of {total}").format(done=done, total=len(statuses))
    return Text().add(title, bold=True).add(f"  {text}")


def _words(statuses: Sequence[KoanStatus], here: KoanStatus | None, glyphs: Glyphs) -> list[Text]:
    lines = []
    for title, chosen in (
        (_("Given up:"), [each for each in statuses if each.given_up]),
        (_("Changed since they passed:"), [each for each in statuses if each.changed]),
    ):
        if chosen:
            lines += [Text(), Text().add(title, bold=True)]
            lines += [Text().add(f"  {each.koan.name}") for each in chosen]
    if here is None:
        return [*lines, Text(), Text().add(_("All of these have passed."), green=True)]
    legend = (
        (glyphs.passed, _("passed")),
        (glyphs.here, _("here")),
        (glyphs.waiting, _("waits")),
        (glyphs.given_up, _("given up")),
        (glyphs.changed, _("changed since it passed")),
    )
    meanings = "   ".join(f"{sign} {meaning}" for sign, meaning in legend)
    lines += [Text(), Text().add(_("Here you are:"), bold=True), _named(here, here, glyphs)]
    lines.append(Text().add(f"  pytest koans/{here.koan.file}"))
    return [*lines, Text(), Text().add(meanings, light=True)]
