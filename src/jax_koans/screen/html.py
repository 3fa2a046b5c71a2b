"""Styled lines as HTML for a notebook: no style sheet, no script, so every viewer shows it."""

import html
import os
import re
from collections.abc import Iterable

from jax_koans.screen.text import Text

_URL = re.compile(r"https://[^\s&]+")
# Readable on white and on black.
_STYLES = {
    "red": "color:#d9363e",
    "green": "color:#2e9e4f",
    "yellow": "color:#b7791f",
    "cyan": "color:#1793a6",
    "bold": "font-weight:bold",
    "light": "opacity:.65",
}


def to_html(lines: Iterable[Text | str]) -> str:
    """Lines as one preformatted block; without colors where NO_COLOR is set."""
    plain = "NO_COLOR" in os.environ
    rows = []
    for line in lines:
        pieces = [(line, {})] if isinstance(line, str) else line.pieces
        rows.append("".join(_piece(text, {} if plain else style) for text, style in pieces))
    body = "\n".join(row.rstrip() for row in rows)
    return f'<pre style="white-space:pre;overflow-x:auto;line-height:1.3">{body}</pre>'


def _piece(text: str, style: dict[str, bool]) -> str:
    rules = ";".join(_STYLES[name] for name, on in style.items() if on and name in _STYLES)
    text = _URL.sub(r'<a href="\g<0>">\g<0></a>', html.escape(text))
    return f'<span style="{rules}">{text}</span>' if rules else text
