"""The application, the options that commands share, and how they tell what they did."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from jax_koans.i18n import _

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=_("Learn JAX by hand: failing tests that you make pass, one small idea at a time."),
)

_KOAN = _("A koan, file or chapter, or any part of a name; by default the koan that failed last.")
KoanName = Annotated[str, typer.Argument(help=_KOAN, metavar="[KOAN]")]
Only = Annotated[str, typer.Argument(help=_("Only this chapter, file or koan."), metavar="[KOAN]")]
Track = Annotated[str, typer.Option(help=_("Only the koans of this track."), metavar="NAME|FILE")]
Device = Annotated[str, typer.Option(help=_("cpu, gpu or tpu."), metavar="KIND")]
X64 = Annotated[bool, typer.Option("--x64", help=_("64-bit types."))]


def switch(device: str, x64: bool) -> list[str]:
    return [*(["--device", device] if device else []), *(["--x64"] if x64 else [])]


def tell_backup(folder: Path | None) -> None:
    if folder is not None:
        print(_("backup: {folder}").format(folder=shown_path(folder)))
        print(_("To bring it back: koans restore"))


def shown_path(path: Path) -> str:
    """A path as the learner would write it here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def warn(warning: str) -> None:
    if warning:
        print(warning, file=sys.stderr)
