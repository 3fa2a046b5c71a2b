"""Where on the path a koan stands: the heading of its screen, stars and counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jax_koans.i18n import _, plural
from jax_koans.screen.text import WIDTH, Glyphs, Text

_BAR, _SHORT_BAR = 24, 10  # stars at most


@dataclass(frozen=True)
class Place:
    """The path around a koan."""

    siblings: Sequence[str]  # the file's koans in order
    passed: frozenset[str]  # all koans of the path that have passed
    path: Sequence[str]
    command: str  # what runs the file again, "" where saving does
    shown: str  # how the learner's folder names the file
    location: Path
    track: str = ""
    cell: str = ""  # in a notebook: how the learner calls the cell that lines count in

    def at(self, line: int | None) -> str:
        """A line as the learner finds it."""
        if self.cell and line:
            return _("line {line} of {cell}").format(line=line, cell=self.cell)
        return f"{self.shown}:{line}" if line else self.shown


def progress(place: Place, glyphs: Glyphs) -> Text:
    """How far along the whole path, as a bar and in numbers."""
    total = len(place.path)
    numbers = plural(
        "{done} of {total} koan on the path", "{done} of {total} koans on the path", total
    )
    if place.track:
        numbers = plural(
            "{done} of {total} koan on the track {track}",
            "{done} of {total} koans on the track {track}",
            total,
        )
    text = numbers.format(done=_done(place), total=total, track=place.track)
    return Text(_bar(place, glyphs, _BAR)).add(f"  {text}")


def _done(place: Place) -> int:
    return len(place.passed.intersection(place.path))


def _bar(place: Place, glyphs: Glyphs, most: int) -> list[tuple[str, dict[str, bool]]]:
    """At most so many stars, full ones for what has passed."""
    width = min(len(place.path), most)
    stars = _done(place) * width // len(place.path) if place.path else 0
    return [
        (glyphs.star * stars, {"yellow": True}),
        (glyphs.empty * (width - stars), {"light": True}),
    ]


def head(file: str, koan: str, place: Place, glyphs: Glyphs) -> Iterable[Text]:
    """Chapter, file and koan ("" where there is none), and how far along the path."""
    chapter, _slash, name = file.partition("/")
    title = f"{chapter} {glyphs.slash} {name}"
    if koan in place.siblings:
        number = place.siblings.index(koan) + 1
        text = _("koan {number} of {count}")
        title += "  " + text.format(number=number, count=len(place.siblings))
    done = Text(_bar(place, glyphs, _SHORT_BAR)).add(f"  {_done(place)}/{len(place.path)}")
    gap = " " * max(2, WIDTH - len(title) - len(str(done)))
    yield Text([(title, {"bold": True}), (gap, {}), *done.pieces])
    if koan:
        yield Text().add(f"{glyphs.here} {koan}", bold=True, yellow=True)
