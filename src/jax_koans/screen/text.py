"""Lines of styled text: plain where they are kept, colored where they are written."""

import os
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

WIDTH = 78  # columns; a terminal is rarely narrower, and a screen is the same everywhere


@dataclass
class Text:
    """A line of styled pieces."""

    pieces: list[tuple[str, dict[str, bool]]] = field(default_factory=list)
    link: str = ""

    def add(self, text: str, **style: bool) -> "Text":
        self.pieces.append((text, style))
        return self

    def __str__(self) -> str:
        return "".join(text for text, _style in self.pieces).rstrip()


@dataclass
class Screen:
    """A report as pytest keeps it: plain as text, colored where it is written to a terminal.

    Not a `str`: of those pytest prints all lines again in its short summary. `reprcrash` is where
    that summary and JUnit take a failure's one line from.
    """

    lines: list[Text]
    summary: str

    @property
    def reprcrash(self) -> SimpleNamespace:
        return SimpleNamespace(message=self.summary)

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))

    def toterminal(self, terminal: Any) -> None:
        """Write it to pytest's TerminalWriter, a class that is not public."""
        for line in self.lines:
            linked = line.link and links() and terminal.hasmarkup
            if linked:
                terminal.write(f"\x1b]8;;{line.link}\x1b\\")
            for text, style in line.pieces:
                terminal.write(text, **style)
            if linked:
                terminal.write("\x1b]8;;\x1b\\")
            terminal.line()


def plain(lines: Iterable[str]) -> list[Text]:
    return [Text().add(line) for line in lines]


def can_show(signs: str, encoding: str | None) -> bool:
    """Whether an encoding, by default ASCII, has these signs."""
    try:
        signs.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


@dataclass(frozen=True)
class Glyphs:
    """The signs of a screen."""

    here: str
    star: str
    empty: str
    slash: str
    passed: str
    waiting: str
    given_up: str
    changed: str

    @classmethod
    def fit(cls, encoding: str | None) -> "Glyphs":
        fancy = cls("▸", "★", "☆", "»", "✓", "·", "○", "≠")
        simple = cls(">", "*", ".", "/", "+", ".", "o", "!")
        return fancy if can_show("".join(vars(fancy).values()), encoding) else simple


def wrapped(line: str, width: int = WIDTH) -> list[str]:
    """A sentence cut to the screen's width."""
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def links(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a terminal may be sent a link; those that know none ignore it."""
    # A notebook shows the bytes of a link as they are.
    plain = environment.get("TERM", "") in ("dumb", "linux") or "CI" in environment
    plain = plain or "JPY_PARENT_PID" in environment
    return not plain and "NO_COLOR" not in environment
