"""What a koan printed, as far as anybody reads it: the last lines of megabytes."""

import pytest

from jax_koans.i18n import _

_MOST = 4000  # characters; the last ones say most


def shorten(report: pytest.TestReport) -> None:
    """Cut each captured text of a report, for the terminal and JUnit alike."""
    report.sections = [(title, cut(text)) for title, text in report.sections]


def cut(text: str) -> str:
    """The end of a long text, from the beginning of a line, with a note of what is not there."""
    if len(text) <= _MOST:
        return text
    end = text[-_MOST:]
    if "\n" in end.rstrip("\n"):
        end = end.partition("\n")[2]
    note = _("[{count} characters before this are left out; all are printed with pytest -s]")
    return note.format(count=len(text) - len(end)) + "\n" + end
