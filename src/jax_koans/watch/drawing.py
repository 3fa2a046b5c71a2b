"""A report's lines as prompt_toolkit draws them: styled, cut at blanks where they are too wide."""

from collections.abc import Iterable

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.utils import get_cwidth

from jax_koans.screen.text import Text

_STYLES = {"red": "ansired", "green": "ansigreen", "yellow": "ansiyellow", "cyan": "ansicyan",
           "bold": "bold", "light": "dim"}  # fmt: skip


def fold(line: Text, width: int) -> list[Text]:
    """A line, or where it is wider than that many columns, its parts, each indented as the first.

    What holds no blank is left as it is.
    """
    parts = []
    while (end := _end(str(line), width)) is not None:
        indent = len(str(line)) - len(str(line).lstrip())
        parts.append(Text(_between(line, 0, end), line.link))
        line = Text([(" " * indent, {}), *_between(line, end + 1, None)])
    return [*parts, line]


def _end(text: str, width: int) -> int | None:
    """Where to cut a text that is too wide; None where it is not, or cannot be cut."""
    if len(text) <= width and get_cwidth(text) <= width:
        return None
    indent = len(text) - len(text.lstrip())
    end = text.rfind(" ", indent, width + 1)
    while end > indent and get_cwidth(text[:end]) > width:
        end = text.rfind(" ", indent, end)
    return end if end > indent else None


def draw(lines: Iterable[Text]) -> StyleAndTextTuples:
    """Lines as prompt_toolkit takes them."""
    drawn: StyleAndTextTuples = []
    for line in lines:
        if drawn:
            drawn.append(("", "\n"))
        column = 0
        for text, style in line.pieces:
            if "\t" in text:  # prompt_toolkit shows a sign for it
                text = (" " * column + text).expandtabs()[column:]
            column += len(text)
            drawn.append((" ".join(_STYLES[name] for name, on in style.items() if on), text))
    return drawn


def _between(line: Text, start: int, end: int | None) -> list[tuple[str, dict[str, bool]]]:
    """The pieces of a line between two places."""
    found, place = [], 0
    for text, style in line.pieces:
        part = text[max(start - place, 0) : None if end is None else max(end - place, 0)]
        place += len(text)
        if part:
            found.append((part, style))
    return found
