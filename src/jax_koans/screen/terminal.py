"""Writing styled lines where the learner looks: colored in a terminal, plain anywhere else."""

import os
import sys
from collections.abc import Iterable

import typer

from jax_koans.screen.text import Text

# pytest's names for styles, which reports use, beside click's.
_STYLES = {"bold": {"bold": True}, "light": {"dim": True}}
_COLORS = ("red", "green", "yellow", "cyan")


def show(lines: Iterable[Text | str]) -> None:
    """Print lines to the learner."""
    for line in lines:
        pieces = line.pieces if isinstance(line, Text) else [(line, {})]
        plain = "".join(text for text, _style in pieces)
        styled = "".join(_styled(text, style) for text, style in pieces)
        typer.echo(styled if _colored() else plain.rstrip())


def encoding() -> str | None:
    """What the terminal can show."""
    return getattr(sys.stdout, "encoding", None)


def _styled(text: str, style: dict[str, bool]) -> str:
    options: dict[str, bool] = {}
    for name in style:
        options |= _STYLES.get(name, {})
    color = next((name for name in _COLORS if name in style), None)
    return typer.style(text, fg=color, **options) if options or color else text


def _colored() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
