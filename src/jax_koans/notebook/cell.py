"""One cell of a koan: its text goes into the koan's file, and what is judged is the file."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field

from jax_koans.course.path import Koan, PathError, Workspace
from jax_koans.course.renamed import new_names
from jax_koans.folder.backups import rewrite
from jax_koans.folder.files import write_atomically
from jax_koans.folder.state import alone
from jax_koans.i18n import _
from jax_koans.judge.outcome import State
from jax_koans.notebook import memory
from jax_koans.notebook.results import CellResults
from jax_koans.run.judge import Judging, NoVerdict
from jax_koans.screen.koan import printed_lines
from jax_koans.screen.text import Text, plain
from jax_koans.source import SourceError, erase
from jax_koans.source.slices import Slices
from jax_koans.source.textfile import read_text, text_hash


@dataclass(frozen=True)
class Reply:
    """What a cell shows, the text of a new cell below it, and what the kernel imports."""

    lines: Sequence[Text | str]
    new_cell: str = ""
    imports: list[str] = field(default_factory=list)


def named(workspace: Workspace, words: Sequence[str]) -> Koan:
    """The koan that a cell's first line names.

    Raises:
        PathError: there is none; the text says what to do.
    """
    if len(words) != 1:
        raise PathError(_("Name one koan: %%koan NAME. All names: %koan list"))
    known = {koan.name: koan for koan in workspace.koans}
    if words[0] not in known:
        text = _("No koan is called {koan}. All names: %koan list")
        if new := new_names(workspace).get(words[0]):
            text = _("{koan} is called {new} now: write that above. Or make the notebook anew.")
            raise PathError(text.format(koan=words[0], new=new))
        raise PathError(text.format(koan=words[0]))
    return known[words[0]]


def shown(workspace: Workspace, koan: Koan) -> Reply:
    """A koan's slice as it is in the file, as a new cell.

    Raises:
        SourceError, PathError, OSError: the file has no such slice, or cannot be read.
    """
    text = _in(workspace, koan).slices[koan.name]
    memory.save(workspace, {koan.name: text})
    file = f"koans/{koan.file}"
    line = _("The cell below is what {file} holds. Delete the other one of this koan.")
    return Reply([line.format(file=file)], new_cell=f"%%koan {koan.name}\n{text}")


class Cell:
    """A cell that was run; `track` holds the koans of the learner's track.

    Raises:
        PathError, SourceError, OSError: as `named`; or the file cannot be read, or has no such
            koan.
    """

    def __init__(
        self, workspace: Workspace, words: Sequence[str], text: str, track: tuple[str, ...] = ()
    ) -> None:
        self.workspace = workspace
        self.koan = named(workspace, words)
        self.text = text.strip("\n")
        self.results = CellResults(workspace, workspace.root, command="", track=track)
        self._path = workspace.koans_dir / self.koan.file

    def save(self, confirmed: tuple[str, str] | None) -> "Changed | None":
        """Put the cell's text into the file.

        Where the file has changed since a cell held the same, nothing is written, and that change
        is returned; when the learner has seen it, it comes back as `confirmed`, and the cell's
        text goes into the file after a backup.

        Raises:
            SourceError: the cell is not Python, or not this koan's; the line is the cell's.
        """
        with alone(self.workspace):
            file = _in(self.workspace, self.koan)
            before, name = file.slices[self.koan.name], self.koan.name
            try:
                new = file.slices.splice(name, self.text)
            except SourceError as error:
                raise PathError(_still_typing(error)) from None
            known = memory.load(self.workspace).get(name, text_hash(file.untouched(name)))
            change = Changed(self.koan, before, self.text)
            if before == self.text:
                pass
            elif text_hash(before) == known:
                write_atomically(self._path, new)
            elif confirmed == change.seen:
                rewrite(self.workspace, {self._path: new}, {self._path})
            else:
                return change
            memory.save(self.workspace, {name: self.text})
        self.results.slices = Slices.of(new, file.solution)
        return None

    def verdict(self, judging: Judging) -> Reply:
        """Judge the koan, and say what it came to."""
        try:
            judged = next(iter(judging))
        except NoVerdict as error:
            text = _("No verdict: pytest ended before the koan was judged.")
            return Reply([Text().add(text, bold=True), "", *str(error).split("\n")])
        except StopIteration:
            return Reply([_("Interrupted.")])
        outcome, results = judged.outcome, self.results
        results.hear(outcome)
        if outcome.state is State.PASSED:
            lines = results.gained_by(self.koan.name)
        else:
            lines = results.lines(outcome)
        lines += [*printed_lines(judged.printed), *plain(judging.others)]
        return Reply(lines, imports=results.slices.imports)

    def next_koan(self) -> str:
        """The koan of this file that the next cell will hold."""
        names, name = self.workspace.names_in(self.koan.file), self.koan.name
        after = names[names.index(name) + 1 :]
        return after[0] if after and name in self.results.passed else name


@dataclass(frozen=True)
class Changed:
    """A koan's slice in its file, which somebody changed, and the cell that would replace it."""

    koan: Koan
    file: str
    cell: str

    @property
    def seen(self) -> tuple[str, str]:
        """What the learner has seen, when they run the cell again."""
        return text_hash(self.file), text_hash(self.cell)

    def reply(self) -> Reply:
        """The difference, and how to go on."""
        head = _("Not judged: {file} has changed since this cell was run or written.")
        diff = difflib.unified_diff(
            self.file.split("\n"), self.cell.split("\n"), _("the file"), _("this cell"), lineterm=""
        )
        return Reply(
            [
                Text().add(head.format(file=f"koans/{self.koan.file}"), bold=True),
                "",
                *(Text().add(line, **_COLORS.get(line[:1], {})) for line in diff),
                "",
                _("To take the file's text:  %koan show {koan}").format(koan=self.koan.name),
                _("To keep this cell's text, run the cell again: the file is backed up first."),
            ]
        )


_COLORS = {"-": {"red": True}, "+": {"green": True}, "@": {"cyan": True}}


@dataclass(frozen=True)
class _File:
    slices: Slices
    solution: str

    def untouched(self, koan: str) -> str:
        return Slices.of(erase(self.solution), self.solution)[koan]


def _in(workspace: Workspace, koan: Koan) -> _File:
    """The file of a koan, which has it.

    Raises:
        PathError: it is not Python, not UTF-8, or has no such koan.
        OSError: it cannot be read.
    """
    solution = workspace.solution(koan.file)
    reset = _("To have it back, after a backup: %koan reset {what}")
    try:
        slices = Slices.of(read_text(workspace.koans_dir / koan.file), solution)
    except (SourceError, UnicodeDecodeError) as error:
        text = _("koans/{file} cannot be read as Python: {error}").format(
            file=koan.file, error=error
        )
        raise PathError(f"{text}\n{reset.format(what=koan.file)}") from None
    if koan.name not in slices.lines:
        text = _("koans/{file} has no {koan} any more.").format(file=koan.file, koan=koan.name)
        raise PathError(f"{text}\n{reset.format(what=koan.name)}")
    return _File(slices, solution)


def _still_typing(error: SourceError) -> str:
    text = _("Not judged, and not saved: line {line} of this cell: {reason}")
    return text.format(line=error.line + 1, reason=error.reason)
