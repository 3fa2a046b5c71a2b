"""What a koan printed, as far as anybody reads it: the last lines of megabytes."""

import pytest

from jax_koans.i18n import _
from jax_koans.screen.text import Text

_MOST = 4000  # characters; the last ones say most


def shorten(report: pytest.TestReport) -> None:
    """Cut each captured text of a report, for the terminal and JUnit alike."""
    report.sections = [(title, cut(text)) for title, text in report.sections]


def move_above(report: pytest.TestReport) -> list[Text]:
    """Take the captured texts out of a report, as lines that belong above its screen.

    Below it they would push the explanation off a terminal.
    """
    sections, report.sections = report.sections, []
    return [
        Text().add(line, light=True)
        for title, text in sections
        for line in (f"{title}:", *text.rstrip("\n").split("\n"), "")
    ]


def cut(text: str) -> str:
    """The end of a long text, from the beginning of a line, with a note of what is not there."""
    if len(text) <= _MOST:
        return text
    end = text[-_MOST:]
    if "\n" in end.rstrip("\n"):
        end = end.partition("\n")[2]
    note = _("[{count} characters before this are left out; all are printed with pytest -s]")
    return note.format(count=len(text) - len(end)) + "\n" + end
