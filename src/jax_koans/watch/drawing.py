"""A report's lines as prompt_toolkit draws them: styled, cut at blanks where they are too wide."""

from collections.abc import Iterable

from prompt_toolkit.formatted_text import StyleAndTextTuples

from jax_koans.screen.text import Text

_STYLES = {"red": "ansired", "green": "ansigreen", "yellow": "ansiyellow", "cyan": "ansicyan",
           "bold": "bold", "light": "dim"}  # fmt: skip


def fold(line: Text, width: int) -> list[Text]:
    """A line, or where it is wider than that, its parts at blanks, each indented as the first."""
    parts, indent = [], len(str(line)) - len(str(line).lstrip())
    while len(str(line)) > width and (end := str(line).rfind(" ", 0, width + 1)) > indent:
        parts.append(Text(_between(line, 0, end), line.link))
        line = Text([(" " * indent, {}), *_between(line, end + 1, None)])
    return [*parts, line]


def draw(lines: Iterable[Text]) -> StyleAndTextTuples:
    """Return lines as prompt_toolkit's formatted text."""
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
        stop = len(text) if end is None else max(end - place, 0)
        if part := text[max(start - place, 0) : stop]:
            found.append((part, style))
        place += len(text)
    return found
