"""The commands for the learner's folder."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from jax_koans import doctor
from jax_koans.actions import init as learners_folder
from jax_koans.actions import reset as resetting
from jax_koans.actions import update as updating
from jax_koans.actions import update_preview
from jax_koans.cli.app import Track, app, shown_path, tell_backup, warn
from jax_koans.course.koan_argument import choose
from jax_koans.course.path import KOANS, Workspace
from jax_koans.folder import backups
from jax_koans.folder.state_dir import alone
from jax_koans.i18n import _
from jax_koans.screen import terminal


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help=_("A new or empty folder."), metavar="DIR")],
    *,
    track: Track = "",
) -> None:
    """Make a folder of koans to learn in."""
    learners_folder.make(folder, track)
    print(_("Your koans are in {folder}. Begin with:").format(folder=folder))
    shown = f'"{folder}"' if " " in str(folder) else folder
    print(f"  cd {shown}\n  pytest {'koans' if track else 'koans/01_arrays'}")


@app.command()
def reset(
    what: Annotated[str, typer.Argument(help=_("What to reset."), metavar="KOAN|FILE|CHAPTER")],
) -> None:
    """Reset a koan, file or chapter, after a backup."""
    workspace = Workspace.find(Path.cwd())
    choice = choose(workspace, what, Path.cwd())
    koans = choice.koans_in(workspace)
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
    tell_backup(done.backup)
    warn(done.warning)


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
    print(_("from: {folder}").format(folder=shown_path(folder)))
    tell_backup(kept)


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
    tell_backup(updating.update(workspace, renewals))
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
