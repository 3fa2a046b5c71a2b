"""The `koans` command."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from jax_koans import doctor
from jax_koans.actions import build as building
from jax_koans.actions import init as learners_folder
from jax_koans.actions import list as listing
from jax_koans.actions import reset as resetting
from jax_koans.actions import solution as reveal
from jax_koans.actions import update as updating
from jax_koans.actions import update_preview
from jax_koans.actions.hint import next_hint, waiting
from jax_koans.course.choose import Choice, choose
from jax_koans.course.path import KOANS, Koan, Workspace
from jax_koans.folder import backups, progress
from jax_koans.folder.state import alone
from jax_koans.i18n import _
from jax_koans.judge import standing
from jax_koans.run import command as running
from jax_koans.screen import terminal
from jax_koans.screen.text import Glyphs
from jax_koans.watch import command as watching

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=_("Learn JAX by hand: failing tests that you make pass, one small idea at a time."),
)

_KOAN = _("A koan, file or chapter, or any part of a name; by default the koan that failed last.")
_Koan = Annotated[str, typer.Argument(help=_KOAN, metavar="[KOAN]")]
_Only = Annotated[str, typer.Argument(help=_("Only this chapter, file or koan."), metavar="[KOAN]")]
_Track = Annotated[str, typer.Option(help=_("Only the koans of this track."), metavar="NAME|FILE")]
_Device = Annotated[str, typer.Option(help=_("cpu, gpu or tpu."), metavar="KIND")]
_X64 = Annotated[bool, typer.Option("--x64", help=_("64-bit types."))]


@app.callback(invoke_without_command=True)
def _watch_the_path(context: typer.Context) -> None:
    """Without a command: watch the whole path."""
    if context.invoked_subcommand is None:
        watch()


@app.command()
def watch(
    koan: _Only = "",
    *,
    track: _Track = "",
    device: _Device = "",
    x64: _X64 = False,
    manual: Annotated[bool, typer.Option("--manual", help=_("Judge on the key r alone."))] = False,
    poll: Annotated[
        bool, typer.Option("--poll", help=_("Poll the files; for network folders."))
    ] = False,
) -> None:
    """Judge each koan as you save it. The same as koans alone."""
    workspace, here = Workspace.find(Path.cwd()), Path.cwd()
    scope = watching.scope(workspace, here, koan, track, _switch(device, x64))
    raise typer.Exit(watching.watch(workspace, scope, here, manual=manual, poll=poll))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help=_("A new or empty folder."), metavar="DIR")],
) -> None:
    """Make a folder of koans to learn in."""
    learners_folder.make(folder)
    print(_("Your koans are in {folder}. Begin with:").format(folder=folder))
    shown = f'"{folder}"' if " " in str(folder) else folder
    print(f"  cd {shown}\n  pytest koans/01_arrays")


@app.command(name="list")
def list_(koan: _Only = "", *, track: _Track = "") -> None:
    """Show how far you are on the path."""
    workspace = Workspace.find(Path.cwd())
    known = progress.load(workspace)
    everything = standing.standings(workspace, known)
    title = _("The path")
    if track:
        on_track = workspace.track(track, Path.cwd())
        everything = [each for each in everything if each.koan.name in on_track]
        title = _("The track {track}").format(track=track)
    here = standing.current(everything)
    glyphs = Glyphs.fit(sys.stdout.encoding)
    if not koan:
        terminal.show(listing.overview(everything, here, glyphs, title))
    else:
        chosen = choose(workspace, koan, Path.cwd()).koans
        only = [each for each in everything if each.koan.name in chosen]
        terminal.show(listing.names(only, here, glyphs))
    _warn(known.warning)


@app.command()
def hint(koan: _Koan = "") -> None:
    """Show the next hint of a koan."""
    workspace = Workspace.find(Path.cwd())
    found = _waiting(workspace, koan)
    if found is None:
        print(_("No koan waits there. Name one to see its hints: koans hint KOAN"))
        return
    lines, warning = next_hint(workspace, found)
    terminal.show([reveal.heading(found), "", *lines])
    _warn(warning)


@app.command()
def solution(
    koan: _Koan = "",
    *,
    give_up: Annotated[
        bool,
        typer.Option("--give-up", help=_("Show it though the koan has not passed; it is noted.")),
    ] = False,
) -> None:
    """Compare a koan that has passed with the reference."""
    workspace = Workspace.find(Path.cwd())
    known = progress.load(workspace)
    current = _waiting(workspace, koan)
    choice = choose(workspace, koan, Path.cwd()) if koan else None
    if choice is None and current is None:
        print(_("All koans have passed. Name one: koans solution KOAN"))
        return
    chosen = _koans(workspace, choice) if choice else [current] if current else []
    seen = [each for each in chosen if reveal.may_see(known, each)]
    if current and give_up:
        seen = [current]
    if not seen and current:
        text = _(
            "{koan} has not passed yet, so its solution is not shown.\n"
            "A hint first:     koans hint {koan}\n"
            "To see it anyway: koans solution --give-up {koan}"
        )
        print(text.format(koan=current.name), file=sys.stderr)
        raise typer.Exit(1)
    for each in seen:
        shown = reveal.reveal(workspace, each)
        terminal.show(reveal.told(each, shown))
        _warn(shown.warning)


@app.command()
def reset(
    what: Annotated[str, typer.Argument(help=_("What to reset."), metavar="KOAN|FILE|CHAPTER")],
) -> None:
    """Reset a koan, file or chapter, after a backup."""
    workspace = Workspace.find(Path.cwd())
    choice = choose(workspace, what, Path.cwd())
    koans = _koans(workspace, choice)
    if choice.is_koan:
        done = resetting.reset_koan(workspace, koans[0])
    else:
        done = resetting.reset_files(workspace, list(dict.fromkeys(each.file for each in koans)))
    for file in done.files:
        print(_("reset: {file}").format(file=f"{KOANS}/{file}"))
    if not done.files:
        print(_("{name} is untouched already.").format(name=choice.name))
    if done.also and done.files:
        text = _("The code that is reset serves these too: {koans}")
        print(text.format(koans=", ".join(done.also)))
    _tell_backup(done.backup)
    _warn(done.warning)


@app.command()
def restore() -> None:
    """Bring the last backup back."""
    workspace = Workspace.find(Path.cwd())
    with alone(workspace):
        folder = backups.last(workspace)
        if folder is None:
            print(_("There is no backup yet. koans reset and koans update make one."))
            raise typer.Exit(1)
        files, kept = backups.restore(workspace, folder)
    for file in files:
        print(_("restored: {file}").format(file=file))
    print(_("from: {folder}").format(folder=_shown(folder)))
    _tell_backup(kept)


@app.command()
def update(
    *, yes: Annotated[bool, typer.Option("--yes", help=_("Do it without asking."))] = False
) -> None:
    """Take new koans in and keep your answers."""
    workspace = Workspace.find(Path.cwd())
    renewals = updating.preview(workspace)
    if not renewals:
        updating.update(workspace, [])  # at most the lock
        print(_("Nothing to do: your koans are those of the path."))
        return
    terminal.show(update_preview.told(renewals))
    if all(each.kind is updating.Kind.LEFT for each in renewals):
        print(_("There is nothing else to do."))
        raise typer.Exit(1)
    if not (yes or (sys.stdin.isatty() and typer.confirm(_("Do this, after a backup?")))):
        print(_("Nothing is done yet. To do it: koans update --yes"))
        raise typer.Exit(1)
    _tell_backup(updating.update(workspace, renewals))
    terminal.show(update_preview.afterwards(renewals))


@app.command(name="doctor")
def doctor_() -> None:
    """Check Python, JAX, devices and this folder."""
    found = []
    for finding in doctor.examine(Path.cwd()):
        terminal.show(doctor.told(finding, sys.stdout.encoding))
        found.append(finding.level)
    terminal.show(["", doctor.verdict(found)])
    if doctor.Level.WRONG in found:
        raise typer.Exit(1)


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
    _tell_backup(backup)
    for file in kept:
        print(_("kept, because it was edited: koans/{file}").format(file=file))
    if kept:
        print(_("To overwrite them, after a backup: koans build --force"))
        raise typer.Exit(1)


@app.command()
def run(
    koan: _Only = "",
    *,
    limit: Annotated[
        float, typer.Option(help=_("How many seconds a koan may take."), min=0.1)
    ] = 60.0,
    device: _Device = "",
    x64: _X64 = False,
) -> None:
    """Run koans in a separate process: even a crash is reported."""
    workspace, here = Workspace.find(Path.cwd()), Path.cwd()
    raise typer.Exit(running.run(workspace, here, koan, limit=limit, switch=_switch(device, x64)))


def _switch(device: str, x64: bool) -> list[str]:
    return [*(["--device", device] if device else []), *(["--x64"] if x64 else [])]


def _koans(workspace: Workspace, choice: Choice) -> list[Koan]:
    return [koan for koan in workspace.koans if koan.name in choice.koans]


def _waiting(workspace: Workspace, wanted: str) -> Koan | None:
    """The koan that is meant: the one named, or the one that waits, there or on the path."""
    choice = choose(workspace, wanted, Path.cwd()) if wanted else None
    if choice and choice.is_koan:
        return _koans(workspace, choice)[0]
    return waiting(workspace, choice.koans if choice else ())


def _tell_backup(folder: Path | None) -> None:
    if folder is not None:
        print(_("backup: {folder}").format(folder=_shown(folder)))
        print(_("To bring it back: koans restore"))


def _shown(path: Path) -> str:
    """A path as the learner would write it here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _warn(warning: str) -> None:
    if warning:
        print(warning, file=sys.stderr)
