"""One cell of a koan: its text goes into the koan's file, and what is judged is the file."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jax_koans.course.path import Koan, PathError, Workspace
from jax_koans.course.renamed import new_names
from jax_koans.course.track import chosen, koans_on_track, track_names
from jax_koans.folder.backups import back_up
from jax_koans.folder.files import write_atomically
from jax_koans.folder.state_dir import alone
from jax_koans.i18n import _
from jax_koans.notebook import files
from jax_koans.notebook.results import CellResults
from jax_koans.run.judge import Judging, NoVerdict
from jax_koans.screen.html import to_html
from jax_koans.screen.koan import printed_lines
from jax_koans.screen.text import Text, plain, wrapped
from jax_koans.source import SourceError, erase
from jax_koans.source.slices import Slices
from jax_koans.source.textfile import text_hash

Reply = dict[str, Any]  # what server.py writes


def reply(lines: Sequence[Text | str], **more: Any) -> Reply:
    """Lines to show, and more for the kernel to do."""
    return {"text": "\n".join(map(str, lines)), "html": to_html(lines), **more}


def told(text: str, **more: Any) -> Reply:
    """A message, cut to the width of a screen."""
    return reply([line for each in text.split("\n") for line in wrapped(each) or [""]], **more)


def named(workspace: Workspace, words: Sequence[str]) -> Koan:
    """The koan that a cell's first line names."""
    name = " ".join(words)
    for koan in workspace.koans:
        if koan.name == name:
            return koan
    if new := new_names(workspace).get(name):
        text = _("{koan} is called {new} now: write that above, or: koans notebook")
        raise PathError(text.format(koan=name, new=new))
    text = _("No koan is called {koan!r}. Write %%koan NAME. All names: koans list CHAPTER")
    raise PathError(text.format(koan=name))


def shown(workspace: Workspace, koan: Koan) -> Reply:
    """A koan's slice as it is in the file, as a new cell."""
    text = _slices(workspace, koan)[koan.name]
    files.remember(workspace, {koan.name: text})
    line = _("The cell below is what koans/{file} holds. Delete the other one of this koan.")
    return told(line.format(file=koan.file), new_cell=f"%%koan {koan.name}\n{text}")


def on_track(workspace: Workspace, wanted: str, folder: Path) -> Reply:
    """Go along a track from now on: one by name, or a file in this folder or in the workspace."""
    found = [base / wanted for base in (folder, workspace.root) if (base / wanted).is_file()]
    track = str(found[0]) if found and wanted not in track_names(workspace) else wanted
    count = len(koans_on_track(workspace, track, folder))
    return told(_("{count} koans on this track.").format(count=count), track=track)


class Cell:
    """A cell that was run; `track` is the session's, "" for the folder's."""

    def __init__(
        self, workspace: Workspace, words: Sequence[str], text: str, track: str = ""
    ) -> None:
        self.workspace = workspace
        self.koan = named(workspace, words)
        self.text = text.strip("\n")
        name, koans = chosen(workspace, workspace.root, track)
        self.results = CellResults(
            workspace, workspace.root, command="", track=koans, track_name=Path(track).name or name
        )
        self._path = workspace.koans_dir / self.koan.file

    def save(self) -> Reply | None:
        """Put the cell's text into the file.

        Where the file has changed since a cell held the same, it is backed up, the difference is
        returned, and nothing is written: the next cell that is run has seen it.
        """
        koan, solution = self.koan.name, self.workspace.solution(self.koan.file)
        with alone(self.workspace):
            slices = _slices(self.workspace, self.koan)
            before = slices[koan]
            try:
                new = slices.splice(koan, self.text)
            except SourceError as error:
                text = _("Not judged, and not saved: line {line} of this cell: {reason}")
                text = text.format(line=error.line + 1, reason=error.reason)
                raise PathError(text) from None
            untouched = text_hash(Slices.of(erase(solution), solution)[koan])
            known = files.remembered(self.workspace).get(koan, untouched)
            if before != self.text and text_hash(before) != known:
                back_up(self.workspace, [self._path])
                files.remember(self.workspace, {koan: before})
                return self._changed(before)
            if before != self.text:
                write_atomically(self._path, new)
            files.remember(self.workspace, {koan: self.text})
        self.results.slices = Slices.of(new, solution)
        return None

    def verdict(self, judging: Judging) -> Reply:
        """Judge the koan, and say what it came to."""
        try:
            judged = next(iter(judging))
        except (NoVerdict, StopIteration) as error:  # the latter where the kernel is gone
            text = _("No verdict: pytest ended before the koan was judged.")
            return reply([Text().add(text, bold=True), "", *str(error).split("\n")])
        lines = self.results.lines(judged.outcome)
        lines += [*printed_lines(judged.printed), *plain(judging.others)]
        return reply(lines, imports=self.results.slices.imports)

    def next_koan(self) -> Koan:
        """The koan that the next cell will hold: this one, until it has passed."""
        after = self.workspace.koans[self.workspace.koans.index(self.koan) + 1 :]
        return after[0] if after and self.koan.name in self.results.passed else self.koan

    def _changed(self, file: str) -> Reply:
        head = _("Not judged: koans/{file} has changed since this cell was run or written.")
        diff = difflib.unified_diff(
            file.split("\n"), self.text.split("\n"), _("the file"), _("this cell"), lineterm=""
        )
        bold = Text().add(head.format(file=self.koan.file), bold=True)
        take = _("To take the file's text:  %koan show {koan}").format(koan=self.koan.name)
        keep = _("To keep this cell's text, run the cell again. The file as it was is backed up.")
        return reply([bold, "", *diff, "", take, keep])


def _slices(workspace: Workspace, koan: Koan) -> Slices:
    """The slices of a koan's file, which has this koan."""
    slices = files.read(workspace, koan.file)
    if koan.name not in slices.lines:
        text = _("koans/{file} has no {koan} any more. To have it back: koans reset {koan}")
        raise PathError(text.format(file=koan.file, koan=koan.name))
    return slices
