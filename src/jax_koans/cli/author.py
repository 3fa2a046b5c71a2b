"""The command for authors."""

from pathlib import Path
from typing import Annotated

import typer

from jax_koans.actions import build as building
from jax_koans.cli.app import app, tell_backup
from jax_koans.course.path import Workspace
from jax_koans.i18n import _


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
    """For authors: make koans/ from solutions/."""
    workspace = Workspace.find(Path.cwd())
    if check:
        lines = building.differences(workspace)
        for line in lines:
            print(line)
        if lines:
            print(_("koans/ is not what solutions/ gives. Make it so: koans build"))
            raise typer.Exit(1)
        return
    written, kept, backup = building.build(workspace, force=force)
    for file in written:
        print(_("written: koans/{file}").format(file=file))
    tell_backup(backup)
    for file in kept:
        print(_("kept, because it was edited: koans/{file}").format(file=file))
    if kept:
        print(_("To overwrite them, after a backup: koans build --force"))
        raise typer.Exit(1)
