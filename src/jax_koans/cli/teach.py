"""The commands for teachers."""

import json as as_json
import os
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from jax_koans.classroom import command as classes
from jax_koans.classroom import report, table
from jax_koans.classroom.grading import grade_all
from jax_koans.classroom.judging import Record, Terms
from jax_koans.cli.app import Track, app
from jax_koans.course.path import PathError, Workspace, shipped
from jax_koans.course.track import koans_on_track
from jax_koans.folder.files import write_atomically
from jax_koans.i18n import _
from jax_koans.screen import terminal

_FOLDERS = _("Folders with the learners' folders somewhere below.")


@app.command(name="class")
def class_(
    folders: Annotated[
        list[Path] | None, typer.Argument(help=_FOLDERS, metavar="FOLDER...")
    ] = None,
    *,
    track: Track = "",
    follow: Annotated[bool, typer.Option("--follow", help=_("Show it again and again."))] = False,
    csv: Annotated[bool, typer.Option("--csv", help=_("Print it as CSV."))] = False,
    json: Annotated[bool, typer.Option("--json", help=_("Print it as JSON."))] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help=_("Show it as a page, and let learners join."))
    ] = False,
    host: Annotated[str, typer.Option(help=_("With --serve: where it listens."))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=_("With --serve."), min=0, max=65535)] = 8765,
    url: Annotated[
        str, typer.Option(help=_("With --serve: its address behind a proxy."), metavar="URL")
    ] = "",
    keep: Annotated[
        Path, typer.Option(help=_("With --serve: the folder of all that is kept."), metavar="DIR")
    ] = Path("koans-class"),
) -> None:
    """For teachers: who is where."""
    if serve:
        classes.serve(folders or [], track, keep=keep, host=host, port=port, url=url)
        return
    if not folders:
        raise typer.BadParameter(_("Which folders? Or, for learners who join: --serve"))
    if follow:
        classes.follow(folders, track)
    learners = classes.look(folders, track)
    if csv or json:
        print((table.to_csv if csv else table.to_json)(learners), end="")
    else:
        terminal.show(table.lines(learners, datetime.now().astimezone()))


@app.command()
def grade(
    submissions: Annotated[
        list[Path],
        typer.Argument(help=_("Learners' folders, or notebooks."), metavar="SUBMISSION..."),
    ],
    *,
    track: Track = "",
    workers: Annotated[
        int, typer.Option("-n", help=_("How many at a time."), min=1, metavar="NUMBER")
    ] = os.cpu_count() or 1,
    limit: Annotated[
        float, typer.Option(help=_("How many seconds a koan may take."), min=0.1)
    ] = 20.0,
    records: Annotated[
        Path, typer.Option(help=_("Where each record is kept; a second run goes on from there."))
    ] = Path("koans-grades.jsonl"),
    scheduler: Annotated[
        str, typer.Option(help=_("A Dask scheduler whose workers judge."), metavar="ADDRESS")
    ] = "",
    csv: Annotated[Path | None, typer.Option(help=_("Write it as CSV."), metavar="FILE")] = None,
    json: Annotated[Path | None, typer.Option(help=_("Write it as JSON."), metavar="FILE")] = None,
    junit: Annotated[
        Path | None, typer.Option(help=_("Write it as JUnit's XML."), metavar="FILE")
    ] = None,
) -> None:
    """For teachers: judge submissions. It runs other people's code: see docs/teaching.md."""
    if missing := [path for path in submissions if not path.exists()]:
        raise PathError(_("{path} is not there.").format(path=missing[0]))
    course = Workspace(shipped())
    koans = (
        koans_on_track(course, track, Path.cwd()) if track else [koan.name for koan in course.koans]
    )
    terms = Terms(tuple(koans), limit)
    graded = grade_all(submissions, terms, records, workers=workers, scheduler=scheduler)
    found: list[Record] = []
    length, label = len(submissions), _("judged")
    with typer.progressbar(graded, length=length, label=label, file=sys.stderr) as bar:
        found += bar
    for path, text in (
        (csv, report.to_csv(found)),
        (json, as_json.dumps([asdict(each) for each in found], indent=1) + "\n"),
        (junit, report.to_junit(found)),
    ):
        if path is not None:
            write_atomically(path, text)
    terminal.show(report.lines(found))
