"""Lines as the window draws them."""

import pytest

from jax_koans.screen.text import Text
from jax_koans.watch.drawing import draw, fold


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("as it is", ["as it is"]),
        ("two words", ["two", "words"]),
        ("  it is indented", ["  it is", "  indented"]),
        ("    deep", ["    deep"]),
        ("unbreakable", ["unbreakable"]),
        ("", [""]),
    ],
)
def test_a_line_is_cut_at_blanks(line, parts):
    assert [str(each) for each in fold(Text().add(line), 8)] == parts


def test_styles_and_links_are_kept():
    line = Text(link="file:///a").add("bold text", bold=True).add("  plain text")

    parts = fold(line, 9)

    assert parts[0].link == "file:///a"
    assert parts[0].pieces == [("bold text", {"bold": True})]
    assert "".join(str(each).replace(" ", "") for each in parts) == "boldtextplaintext"


def test_a_very_long_line_is_cut_too():
    parts = fold(Text().add("word " * 20_000), 78)

    assert max(len(str(each)) for each in parts) <= 78


def test_a_tab_is_shown_as_wide_as_a_terminal_shows_it():
    line = Text().add("ab", bold=True).add("\tc")

    assert draw([line, Text().add("d")]) == [
        ("bold", "ab"),
        ("", " " * 6 + "c"),
        ("", "\n"),
        ("", "d"),
    ]
