"""The commands to learn with."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from jax_koans.actions import list as listing
from jax_koans.actions import solution as reveal
from jax_koans.actions.hint import next_hint, waiting_koan
from jax_koans.cli.app import (
    X64,
    Device,
    KoanName,
    Only,
    Track,
    app,
    shown_path,
    switch,
    tell_backup,
    warn,
)
from jax_koans.course.koan_argument import choose
from jax_koans.course.path import Workspace
from jax_koans.course.track import chosen
from jax_koans.folder import progress
from jax_koans.i18n import _
from jax_koans.judge import koan_status
from jax_koans.notebook import command as notebooks
from jax_koans.run import command as running
from jax_koans.screen import terminal
from jax_koans.watch import command as watching


@app.callback(invoke_without_command=True)
def _watch_the_path(context: typer.Context) -> None:
    """Without a command: watch the whole path."""
    if context.invoked_subcommand is None:
        watch()


@app.command()
def watch(
    koan: Only = "",
    *,
    track: Track = "",
    device: Device = "",
    x64: X64 = False,
    manual: Annotated[bool, typer.Option("--manual", help=_("Judge on the key r alone."))] = False,
    poll: Annotated[
        bool, typer.Option("--poll", help=_("Poll the files; for network folders."))
    ] = False,
) -> None:
    """Judge each koan as you save it. The same as koans alone."""
    workspace, here = Workspace.find(Path.cwd()), Path.cwd()
    scope = watching.scope(workspace, here, koan, track, switch(device, x64))
    raise typer.Exit(watching.watch(workspace, scope, here, manual=manual, poll=poll))


@app.command()
def run(
    koan: Only = "",
    *,
    limit: Annotated[
        float, typer.Option(help=_("How many seconds a koan may take."), min=0.1)
    ] = 60.0,
    device: Device = "",
    x64: X64 = False,
) -> None:
    """Run koans in a separate process: even a crash is reported."""
    workspace, here = Workspace.find(Path.cwd()), Path.cwd()
    raise typer.Exit(running.run(workspace, here, koan, limit=limit, switch=switch(device, x64)))


@app.command()
def notebook(
    koan: Annotated[
        str,
        typer.Argument(
            help=_("A chapter, a file or a track; by default the folder's track, or all chapters."),
            metavar="[KOAN|TRACK]",
        ),
    ] = "",
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help=_("Replace cells that differ from the files."))
    ] = False,
) -> None:
    """Write notebooks of the koans, with your answers so far."""

    def replace(file: str, name: str) -> bool:
        text = _("{file}: the cell of {koan} is not what its file holds. Replace it?")
        asked = text.format(file=file, koan=name)
        return yes or (sys.stdin.isatty() and typer.confirm(asked))

    made = notebooks.make(Workspace.find(Path.cwd()), koan, Path.cwd(), replace)
    for file in made.files:
        print(shown_path(file))
    for name in made.kept:
        print(_("kept, though its file differs: the cell of {koan}").format(koan=name))
    tell_backup(made.backup)


@app.command(name="list")
def list_(koan: Only = "", *, track: Track = "") -> None:
    """Show how far you are on the path."""
    workspace = Workspace.find(Path.cwd())
    known = progress.load(workspace)
    everything = koan_status.statuses(workspace, known)
    title = _("The path")
    track, on_track = chosen(workspace, Path.cwd(), track)
    if track:
        everything = [each for each in everything if each.koan.name in on_track]
        title = _("The track {track}").format(track=track)
    if not koan:
        terminal.show(listing.overview(everything, title))
    else:
        wanted = choose(workspace, koan, Path.cwd()).koans
        only = [each for each in everything if each.koan.name in wanted]
        terminal.show(listing.names(only, koan_status.current(everything)))
    warn(known.warning)


@app.command()
def hint(koan: KoanName = "") -> None:
    """Show the next hint of a koan."""
    workspace = Workspace.find(Path.cwd())
    found = waiting_koan(workspace, koan, Path.cwd())
    if found is None:
        print(_("No koan waits there. Name one to see its hints: koans hint KOAN"))
        return
    lines, warning = next_hint(workspace, found)
    terminal.show([reveal.heading(found), "", *lines])
    warn(warning)


@app.command()
def solution(
    koan: KoanName = "",
    *,
    give_up: Annotated[
        bool,
        typer.Option("--give-up", help=_("Show it though the koan has not passed; it is noted.")),
    ] = False,
) -> None:
    """Compare a koan that has passed with the reference."""
    workspace = Workspace.find(Path.cwd())
    koans, refusal = reveal.may_show(workspace, koan, Path.cwd(), give_up=give_up)
    if refusal:
        print(refusal, file=sys.stderr)
        raise typer.Exit(1)
    if not koans:
        print(_("All koans have passed. Name one: koans solution KOAN"))
    for each in koans:
        shown = reveal.reveal(workspace, each)
        terminal.show(reveal.told(each, shown))
        warn(shown.warning)
