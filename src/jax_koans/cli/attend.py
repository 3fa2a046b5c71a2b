"""The commands for learners in a class."""

from pathlib import Path
from typing import Annotated

import typer

from jax_koans.actions import ask as asking
from jax_koans.actions.hint import waiting_koan
from jax_koans.classroom import joining
from jax_koans.cli.app import KoanName, app
from jax_koans.course.path import PathError, Workspace
from jax_koans.i18n import _


@app.command()
def join(
    url: Annotated[str, typer.Argument(help=_("The address that your teacher gives you."))] = "",
    *,
    name: Annotated[str, typer.Option("--as", help=_("Your name in the class."))] = "",
    show: Annotated[bool, typer.Option("--show", help=_("Print what is sent."))] = False,
) -> None:
    """Show a class where you are, after each verdict."""
    workspace = Workspace.find(Path.cwd())
    if url:
        if not name:
            raise PathError(_("Under which name? koans join {url} --as NAME").format(url=url))
        joining.join(workspace, url, name)
        print(
            _("You have joined. After each verdict the class learns where you are: your name, your")
        )
        print(
            _("koan and since when, how many passed, how many hints and solutions you have seen.")
        )
        print(_("To see what is sent: koans join --show\nTo stop:             koans leave"))
    elif not show:
        raise PathError(_("Which class? koans join URL --as NAME"))
    if show:
        print(joining.shown(workspace))


@app.command()
def leave() -> None:
    """Leave the class; it deletes what it knows of you."""
    print(joining.leave(Workspace.find(Path.cwd())))


@app.command()
def ask(koan: KoanName = "") -> None:
    """Ask your teacher for help; again, to ask no more."""
    workspace = Workspace.find(Path.cwd())
    found = waiting_koan(workspace, koan, Path.cwd())
    if found is None:
        raise PathError(_("No koan waits there. Name one: koans ask KOAN"))
    print(asking.ask(workspace, found.name))
