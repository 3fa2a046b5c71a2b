"""The `koans` command."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from jax_koans import build as building
from jax_koans import learners_folder
from jax_koans.i18n import _
from jax_koans.path import PathError, Workspace

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=_("Learn JAX by hand: failing tests that you make pass, one small idea at a time."),
)


@app.callback()
def _group() -> None:
    """Keep `koans build` a command of its own, however few there are."""


@app.command()
def build(
    *,
    check: Annotated[
        bool, typer.Option("--check", help=_("Write nothing; print what differs and exit 1."))
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help=_("Overwrite edited koans too, after a backup."))
    ] = False,
) -> None:
    """Make koans/ and koans.lock from solutions/."""
    workspace = Workspace.find(Path.cwd())
    if check:
        lines = building.differences(workspace)
        for line in lines:
            print(line)
        if lines:
            print(_("koans/ is not what solutions/ gives. Make it so: koans build"))
            raise typer.Exit(1)
        return
    written, kept, backups = building.build(workspace, force=force)
    for file in written:
        print(_("written: koans/{file}").format(file=file))
    for copy in backups:
        print(_("backup: {file}").format(file=copy))
    for file in kept:
        print(_("kept, because it was edited: koans/{file}").format(file=file))
    if kept:
        print(_("To overwrite them, after a backup: koans build --force"))
        raise typer.Exit(1)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help=_("A new or empty folder."), metavar="DIR")],
) -> None:
    """Make a learner's folder: the koans, and what pytest needs to run them."""
    learners_folder.make(folder)
    print(_("Your koans are in {folder}. Begin with:").format(folder=folder))
    print(f"  cd {folder}\n  pytest koans/01_arrays")


def main() -> None:
    """Run the command; what cannot be done is one message and exit code 2."""
    _survive_narrow_encodings()
    _run(app)


def _run(command: Callable[[], None]) -> None:
    try:
        command()
    except (PathError, OSError) as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


def _survive_narrow_encodings() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
