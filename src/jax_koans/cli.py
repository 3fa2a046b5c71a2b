"""The `koans` command."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from jax_koans import doctor
from jax_koans.actions import build as building
from jax_koans.actions import hint as hinting
from jax_koans.actions import init as learners_folder
from jax_koans.actions import list as listing
from jax_koans.actions import reset as resetting
from jax_koans.actions import solution as reveal
from jax_koans.actions import update as updating
from jax_koans.actions import update_preview
from jax_koans.course.choose import Choice, choose
from jax_koans.course.path import KOANS, Koan, PathError, Workspace
from jax_koans.folder import backups, last, progress
from jax_koans.folder.state import alone
from jax_koans.i18n import _
from jax_koans.judge import standing
from jax_koans.judge.outcome import State
from jax_koans.run import command as running
from jax_koans.screen import terminal
from jax_koans.screen.glyphs import Glyphs
from jax_koans.source import SourceError
from jax_koans.watch import command as watching

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=_("Learn JAX by hand: failing tests that you make pass, one small idea at a time."),
)

_KOAN = _("A koan, file or chapter, or any part of a name; else the koan that failed last.")
_OptionalKoan = Annotated[str | None, typer.Argument(help=_KOAN, metavar="KOAN")]


@app.callback(invoke_without_command=True)
def _watch_the_path(context: typer.Context) -> None:
    """Without a command: watch the whole path."""
    if context.invoked_subcommand is None:
        watch()


@app.command()
def watch(
    koan: Annotated[
        str, typer.Argument(help=_("Only this chapter, file or koan."), metavar="[KOAN]")
    ] = "",
    *,
    track: Annotated[
        str, typer.Option(help=_("Only the koans of this track."), metavar="NAME|FILE")
    ] = "",
    device: Annotated[str, typer.Option(help=_("cpu, gpu or tpu."), metavar="KIND")] = "",
    x64: Annotated[bool, typer.Option("--x64", help=_("64-bit types."))] = False,
    manual: Annotated[bool, typer.Option("--manual", help=_("Judge on the key r alone."))] = False,
    poll: Annotated[
        bool, typer.Option("--poll", help=_("Look at the files in turn; for network folders."))
    ] = False,
) -> None:
    """Judge each koan as you save it. The same as koans alone."""
    workspace, here = learners_folder.find(Path.cwd()), Path.cwd()
    switch = [*(["--device", device] if device else []), *(["--x64"] if x64 else [])]
    scope = watching.scope(workspace, here, koan, track, switch)
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
def list_(
    koan: Annotated[
        str | None, typer.Argument(help=_("Only this chapter, file or koan."), metavar="KOAN")
    ] = None,
    *,
    track: Annotated[
        str, typer.Option(help=_("Only the koans of this track."), metavar="NAME|FILE")
    ] = "",
) -> None:
    """Show how far you are on the path."""
    workspace = learners_folder.find(Path.cwd())
    known = progress.load(workspace)
    everything = standing.standings(workspace, known)
    title = _("The path")
    if track:
        on_track = workspace.track(track, Path.cwd())
        everything = [each for each in everything if each.koan.name in on_track]
        title = _("The track {track}").format(track=track)
    here = standing.current(everything)
    glyphs = Glyphs.fit(terminal.encoding())
    if koan is None:
        terminal.show(listing.overview(everything, here, glyphs, title))
    else:
        chosen = choose(workspace, koan, Path.cwd()).koans
        only = [each for each in everything if each.koan.name in chosen]
        terminal.show(listing.names(only, here, glyphs))
    _warn(known.warning)


@app.command()
def hint(koan: _OptionalKoan = None) -> None:
    """Show the next hint of a koan."""
    workspace = learners_folder.find(Path.cwd())
    found = _waiting(workspace, koan)
    if found is None:
        print(_("No koan waits there. Name one to see its hints: koans hint KOAN"))
        return
    lines, warning = hinting.next_hint(workspace, found)
    terminal.show([reveal.heading(found), "", *lines])
    _warn(warning)


@app.command()
def solution(
    koan: _OptionalKoan = None,
    *,
    give_up: Annotated[
        bool,
        typer.Option("--give-up", help=_("Show it though the koan has not passed; it is noted.")),
    ] = False,
) -> None:
    """Compare a koan that has passed with the reference."""
    workspace = learners_folder.find(Path.cwd())
    known = progress.load(workspace)
    waiting = _waiting(workspace, koan)
    choice = choose(workspace, koan, Path.cwd()) if koan else None
    if choice is None and waiting is None:
        print(_("All koans have passed. Name one: koans solution KOAN"))
        return
    chosen = _koans(workspace, choice) if choice else [waiting] if waiting else []
    seen = [each for each in chosen if reveal.may_see(known, each)]
    if waiting and give_up:
        seen = [waiting]
    if not seen and waiting:
        print(_refusal(waiting), file=sys.stderr)
        raise typer.Exit(1)
    for each in seen:
        _reveal(workspace, each)


@app.command()
def reset(
    what: Annotated[str, typer.Argument(help=_("What to reset."), metavar="KOAN|FILE|CHAPTER")],
) -> None:
    """Begin a koan, file or chapter anew, after a backup."""
    workspace = learners_folder.find(Path.cwd())
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
    workspace = learners_folder.find(Path.cwd())
    with alone(workspace):
        folder = backups.last(workspace)
        if folder is None:
            print(_("There is no backup yet. koans reset and koans update make one."))
            raise typer.Exit(1)
        files, kept = backups.restore(workspace, folder)
    for file in files:
        print(_("restored: {file}").format(file=file))
    print(_("from: {folder}").format(folder=_shown(folder)))
    if kept is not None:
        print(_("What was there is in {folder}").format(folder=_shown(kept)))
        print(_("To have it back: koans restore"))


@app.command()
def update(
    *, yes: Annotated[bool, typer.Option("--yes", help=_("Do it without asking."))] = False
) -> None:
    """Take new koans in and keep your answers."""
    workspace = learners_folder.find(Path.cwd())
    renewals = updating.preview(workspace)
    if not renewals:
        updating.update(workspace, [])  # at most the lock
        print(_("Nothing to do: your koans are those of the path."))
        return
    terminal.show(update_preview.told(renewals))
    if all(each.kind is updating.Kind.LEFT for each in renewals):
        print(_("There is nothing else to do."))
        raise typer.Exit(1)
    if not yes:
        if not sys.stdin.isatty():
            print(_("Nothing is done yet. To do it: koans update --yes"))
            raise typer.Exit(1)
        if not typer.confirm(_("Do this, after a backup?")):
            raise typer.Exit(1)
    _tell_backup(updating.update(workspace, renewals))
    terminal.show(update_preview.afterwards(renewals))


@app.command(name="doctor")
def doctor_() -> None:
    """Check Python, JAX, devices and this folder."""
    found = []
    for finding in doctor.examine(Path.cwd()):
        terminal.show(doctor.told(finding, terminal.encoding()))
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
    workspace = learners_folder.find(Path.cwd())
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
    koan: Annotated[
        str | None, typer.Argument(help=_("Only this chapter, file or koan."), metavar="KOAN")
    ] = None,
    *,
    limit: Annotated[
        float, typer.Option(help=_("How many seconds a koan may take."), min=0.1)
    ] = 60.0,
    device: Annotated[str, typer.Option(help=_("cpu, gpu or tpu."))] = "",
    x64: Annotated[bool, typer.Option("--x64", help=_("64-bit types."))] = False,
) -> None:
    """Run koans in a process of their own: even a crash is reported at once."""
    workspace, here = learners_folder.find(Path.cwd()), Path.cwd()
    switch = [*(["--device", device] if device else []), *(["--x64"] if x64 else [])]
    raise typer.Exit(running.run(workspace, here, koan or "", limit=limit, switch=switch))


def main() -> None:
    """Run the command; what cannot be done is one message and exit code 2."""
    _survive_narrow_encodings()
    _run(partial(app, prog_name="koans"))


def _run(command: Callable[[], None]) -> None:
    try:
        command()
    except (PathError, SourceError, OSError) as error:
        text = str(error)
        if isinstance(error, OSError) and error.filename and error.strerror:
            text = _("{file}: {reason}. Mend that, and run this again.").format(
                file=error.filename, reason=error.strerror
            )
        print(text, file=sys.stderr)
        raise SystemExit(2) from None


def _survive_narrow_encodings() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _koans(workspace: Workspace, choice: Choice) -> list[Koan]:
    return [koan for koan in workspace.koans if koan.name in choice.koans]


def _waiting(workspace: Workspace, wanted: str | None) -> Koan | None:
    """The koan that is meant: the one named, the one that failed last, or the first that waits."""
    choice = choose(workspace, wanted, Path.cwd()) if wanted else None
    if choice and choice.is_koan:
        return _koans(workspace, choice)[0]
    everything = standing.standings(workspace, progress.load(workspace))
    verdict = last.load(workspace) if choice is None else None
    failed = [verdict.koan] if verdict and verdict.state != State.PASSED else []
    found = standing.current(everything, failed) or standing.current(
        everything, choice.koans if choice else None
    )
    return found.koan if found else None


def _reveal(workspace: Workspace, koan: Koan) -> None:
    shown = reveal.reveal(workspace, koan)
    terminal.show(reveal.told(koan, shown))
    _warn(shown.warning)


def _refusal(koan: Koan) -> str:
    lines = [
        _("{koan} has not passed yet, so its solution stays closed.").format(koan=koan.name),
        _("A nudge first:    koans hint {koan}").format(koan=koan.name),
        _("To see it anyway: koans solution --give-up {koan}").format(koan=koan.name),
    ]
    return "\n".join(lines)


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
