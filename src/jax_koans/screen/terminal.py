"""Writing styled lines where the learner looks: colored in a terminal, plain anywhere else."""

import os
import sys
from collections.abc import Iterable

import typer

from jax_koans.screen.text import Text

_COLORS = ("red", "green", "yellow", "cyan")


def show(lines: Iterable[Text | str]) -> None:
    colored = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for line in lines:
        if colored and isinstance(line, Text):
            typer.echo("".join(_styled(text, style) for text, style in line.pieces))
        else:
            typer.echo(str(line).rstrip())


def _styled(text: str, style: dict[str, bool]) -> str:
    color = next((name for name in _COLORS if name in style), None)
    # Reports use pytest's names for styles: what is "light" there, is "dim" here.
    bold, dim = style.get("bold"), style.get("light")
    return typer.style(text, fg=color, bold=bold, dim=dim) if style else text
