"""The path at a glance: what has passed, was given up, has changed, or waits."""

from collections.abc import Sequence
from dataclasses import dataclass

from jax_koans.i18n import _
from jax_koans.judge.standing import Standing
from jax_koans.screen.text import Text

_WIDEST = 12  # signs in a row: a file has three to seven koans


@dataclass(frozen=True)
class Signs:
    """One sign for each way in which a koan can stand."""

    passed: str
    given_up: str
    changed: str
    here: str
    waiting: str

    @classmethod
    def fit(cls, encoding: str | None) -> "Signs":
        fancy = cls("✓", "○", "≠", "▸", "·")
        try:
            "".join(vars(fancy).values()).encode(encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return cls("+", "o", "!", ">", ".")
        return fancy

    def of(self, standing: Standing, here: Standing | None) -> tuple[str, dict[str, bool]]:
        """A koan's sign and its style."""
        if standing is here:
            return self.here, {"bold": True, "yellow": True}
        if standing.given_up:
            return self.given_up, {"cyan": True}
        if standing.changed:
            return self.changed, {"red": True}
        return (self.passed, {"green": True}) if standing.passed else (self.waiting, {})


def overview(
    standings: Sequence[Standing], here: Standing | None, signs: Signs, title: str
) -> list[Text]:
    """A line a file, its koans as signs; then the koans that need a word, by name."""
    lines = [_count(title, standings)]
    for chapter in dict.fromkeys(each.koan.chapter for each in standings):
        inside = [each for each in standings if each.koan.chapter == chapter]
        lines += [Text(), _count(chapter, inside)]
        for file in dict.fromkeys(each.koan.file for each in inside):
            lines.append(
                _row(file, [each for each in inside if each.koan.file == file], here, signs)
            )
    return [*lines, *_words(standings, here, signs)]


def names(standings: Sequence[Standing], here: Standing | None, signs: Signs) -> list[Text]:
    """A line a koan, under its file's name."""
    lines: list[Text] = []
    for file in dict.fromkeys(each.koan.file for each in standings):
        inside = [each for each in standings if each.koan.file == file]
        lines += [Text()] if lines else []
        lines.append(_count(f"koans/{file}", inside))
        for each in inside:
            sign, style = signs.of(each, here)
            line = Text().add(f"  {sign} {each.koan.name}", **style)
            note = ", ".join(_notes(each))
            lines.append(line.add(f"  ({note})") if note else line)
    return lines


def _count(title: str, standings: Sequence[Standing]) -> Text:
    done = sum(each.passed and not each.changed for each in standings)
    text = _("{done} of {total}").format(done=done, total=len(standings))
    return Text().add(title, bold=True).add(f"  {text}")


def _row(file: str, standings: Sequence[Standing], here: Standing | None, signs: Signs) -> Text:
    line = Text().add("  ")
    for each in standings:
        sign, style = signs.of(each, here)
        line.add(sign, **style)
    padding = " " * max(1, _WIDEST - len(standings))
    return line.add(padding + file.partition("/")[2])


def _words(standings: Sequence[Standing], here: Standing | None, signs: Signs) -> list[Text]:
    lines = []
    for title, chosen in (
        (_("Given up:"), [each for each in standings if each.given_up]),
        (_("Changed since they passed:"), [each for each in standings if each.changed]),
    ):
        if chosen:
            lines += [Text(), Text().add(title, bold=True)]
            lines += [Text().add(f"  {each.koan.name}") for each in chosen]
    if here is None:
        return [*lines, Text(), Text().add(_("All of these have passed."), green=True)]
    lines += [Text(), Text().add(_("Here you are:"), bold=True), _named(here, here, signs)]
    return [*lines, Text().add(f"  pytest koans/{here.koan.file}"), Text(), _legend(signs)]


def _legend(signs: Signs) -> Text:
    pairs = (
        (signs.passed, _("passed")),
        (signs.here, _("here")),
        (signs.waiting, _("waits")),
        (signs.given_up, _("given up")),
        (signs.changed, _("changed since it passed")),
    )
    return Text().add("   ".join(f"{sign} {meaning}" for sign, meaning in pairs), light=True)


def _named(standing: Standing, here: Standing | None, signs: Signs) -> Text:
    sign, style = signs.of(standing, here)
    return Text().add(f"  {sign} {standing.koan.name}", **style)


def _notes(standing: Standing) -> list[str]:
    notes = [_("given up")] if standing.given_up else []
    return [*notes, _("changed")] if standing.changed else notes
