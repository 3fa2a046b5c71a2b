"""Save, and the verdict is there: what happens between a learner's save and the screen.

A save starts an attempt: the file's koans that have not passed run in the waiting spare, and the
first that fails, or the last that passes, is the verdict. A newer save overtakes an attempt, which
is ended and never shown. All state lives in the event loop's thread; threads only listen to a
process each and hand on what they hear.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from jax_koans.course.path import Koan, Workspace
from jax_koans.folder import progress
from jax_koans.i18n import _
from jax_koans.judge import verdict as judge
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Outcome, State
from jax_koans.run.process import Died, Event
from jax_koans.run.spare import Spare
from jax_koans.screen.text import Text
from jax_koans.source import SourceError
from jax_koans.source.textfile import text_hash
from jax_koans.watch import narrator
from jax_koans.watch.narrator import Narrator

IDLE = 10 * 60.0  # seconds after which nobody seems to be there, and the spare is dropped


@dataclass(frozen=True)
class Scope:
    """What is watched: the koans that count, on which track, and the options of the switch."""

    names: tuple[str, ...]
    track: tuple[str, ...] = ()
    track_name: str = ""
    switch: tuple[str, ...] = ()

    @cached_property
    def wanted(self) -> frozenset[str]:
        return frozenset(self.names)


@dataclass
class View:
    """What the screen holds: the sensei's report, and a line that says what is going on."""

    lines: list[Text] = field(default_factory=list)
    status: str = ""


@dataclass
class _Attempt:
    """One run of the text that was saved."""

    file: str
    names: list[str]
    spare: Spare
    story: Narrator
    waited: bool  # whether the spare was there before, and may have come to harm meanwhile
    begun: bool = False  # whether the learner's file is being imported, or was
    koan: str = ""  # the one that is running
    notes: list[str] = field(default_factory=list)  # what the learner should hear besides


class Watch:
    """The state of one `koans watch`.

    `redraw` is called in the event loop whenever `view` has changed.
    """

    def __init__(
        self, workspace: Workspace, here: Path, scope: Scope, redraw: Callable[[], None]
    ) -> None:
        self.workspace = workspace
        self.here = here
        self.scope = scope
        self.redraw = redraw
        self.view = View()
        self.koan = ""  # the current one
        self.file = ""
        self.passed = False  # whether all that was asked for in the file has passed
        self.asleep = False  # whether nobody has saved, or pressed a key, for a while
        self._note = ""
        self._spare: Spare | None = None
        self._attempt: _Attempt | None = None
        self._seen: dict[str, str] = {}  # a file -> the text that was looked at last, as a hash
        self._stamps: dict[str, object] = {}  # what tells whether a file was written since then
        self._known: tuple[object, progress.Progress] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # What the learner does.

    def begin(self) -> None:
        """Look at the first koan that has not passed. Called in the event loop."""
        self._loop = asyncio.get_running_loop()
        self.go_to(self.waiting() or self.scope.names[0])

    def waiting(self, after: str = "") -> str:
        """The koan that is next, as `narrator.ahead` finds it; "" where all have passed."""
        return narrator.ahead(self.scope.names, self._progress().passed, after)

    def go_to(self, koan: str) -> None:
        """Make a koan's file the current one, and judge it as it is."""
        file = next(each.file for each in self.workspace.koans if each.name == koan)
        self.koan = koan
        self._turn_to(file)
        self._look(file, asked=True)

    def saved(self, files: Sequence[str]) -> None:
        """Files were written, or are gone."""
        if file := self._meant(files):
            self._look(file)

    def noted(self, files: Sequence[str]) -> bool:
        """Files were written, to be judged when asked for; answers whether any counts."""
        file = self._meant(files)
        if file:
            self._turn_to(file)
            self._stamps[file] = self._stamp_now(file)
            self.wake()
        return bool(file)

    def again(self) -> None:
        """Judge the current file in any case; where all its koans have passed, all run again."""
        self._look(self.file, asked=True, everything=True)

    def written(self) -> bool:
        """Whether the current file was written since it was looked at, as far as is easily told."""
        return self._stamps.get(self.file) != self._stamp_now(self.file)

    @property
    def koans(self) -> list[Koan]:
        """The current file's koans that count."""
        names = self._names(self.file)
        return [koan for koan in self.workspace.koans if koan.name in names]

    def wake(self) -> None:
        """A key was pressed: a spare that was dropped comes back."""
        if self._spare is None and self._attempt is None and self.file:
            self._make_spare()
        self._keep_awake()

    def end(self) -> None:
        """End every process."""
        self._stop_attempt()
        self._drop_spare()

    def say(self, status: str) -> None:
        """Show a line of what is going on."""
        self.view.status = status
        self.redraw()

    def note(self, text: str) -> None:
        """Show a line that stays beside the next verdict."""
        self._note = text
        self.say(text)

    # Judging.

    def _meant(self, files: Sequence[str]) -> str:
        """Which file to judge of those that were written; "" for none.

        Several at once that the learner is not at are no editor's save: a checkout, an update.
        """
        mine = [file for file in files if self._counts(file)]
        if self.file in mine:
            return self.file
        return mine[0] if len(mine) == 1 else ""

    def _counts(self, file: str) -> bool:
        return not self.scope.wanted.isdisjoint(self.workspace.names_in(file))

    def _turn_to(self, file: str) -> None:
        if file != self.file:
            self.file, self.passed = file, False
            self._drop_spare()

    def _look(self, file: str, *, asked: bool = False, everything: bool = False) -> None:
        """Judge a file, unless its text is the one that was looked at last, or it is half typed.

        What was `asked` for is judged in any case; `everything` runs again even where all passed.
        """
        self._stamps[file] = self._stamp_now(file)
        try:
            learner = LearnerFile.read(self.workspace.koans_dir / file)
        except (OSError, UnicodeDecodeError) as error:
            if asked or self._seen.get(file) != repr(error):
                self._seen[file] = repr(error)
                self._unreadable(file, error)
            return
        text = text_hash(learner.source.text)
        if self._seen.get(file) == text and not asked:
            return
        self._seen[file] = text
        self._keep_awake()
        try:
            own = learner.own
        except SourceError as error:
            if not asked:
                self._half_typed(file, error)
                return
            own = {}
        self._stop_attempt()
        self._turn_to(file)
        story = self._story()
        passed = self._progress().passed
        names = self._names(file)
        waiting = [
            name
            for name in names
            if not (name in own and name in passed and passed[name].source == own[name])
        ]
        if waiting or everything:
            self._begin(file, waiting or names, story)
        else:
            self._all_passed(story, file)

    def _names(self, file: str) -> list[str]:
        """The koans of a file that count."""
        return [name for name in self.workspace.names_in(file) if name in self.scope.wanted]

    def _unreadable(self, file: str, error: OSError | UnicodeDecodeError) -> None:
        gone = isinstance(error, FileNotFoundError)
        if gone and file != self.file:
            return
        self._stop_attempt()
        self._turn_to(file)
        self.wake()
        if gone:
            self.say(_("{file} is gone: save it again.").format(file=file))
            return
        names = self._names(file)
        koan = self.koan if self.koan in names else names[0]
        path = self.workspace.koans_dir / file
        self._show(self._story(), judge.broken(path, file, koan, error, self.workspace))

    def _half_typed(self, file: str, error: SourceError) -> None:
        """Half a line is no attempt: the last verdict stays, and so does the waiting spare."""
        if file == self.file:
            self._stop_attempt()
            self.wake()
        text = _("still typing: {file}, line {line}: {reason}")
        self.say(text.format(file=file, line=error.line, reason=error.reason))

    def _stamp_now(self, file: str) -> object:
        try:
            status = (self.workspace.koans_dir / file).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _story(self) -> Narrator:
        scope = self.scope
        return Narrator(
            self.workspace,
            self.here,
            scope.names,
            track=scope.track,
            track_name=scope.track_name,
            known=self._progress(),
        )

    def _progress(self) -> progress.Progress:
        """What has passed; read again only where the file has changed."""
        stamp = progress.stamp(self.workspace)
        if self._known is None or self._known[0] != stamp:
            known = progress.load(self.workspace)
            self._known = (stamp, known)
            if known.warning:
                self.note(known.warning)
        return self._known[1]

    # An attempt.

    def _begin(self, file: str, names: list[str], story: Narrator) -> None:
        waited = self._spare is not None
        spare = self._take_spare(file, names)
        if spare is None:
            return
        attempt = _Attempt(file, names, spare, story, waited)
        self._attempt = attempt
        self.say(_("running ..."))
        threading.Thread(target=self._listen, args=(attempt,), daemon=True).start()

    def _listen(self, attempt: _Attempt) -> None:
        """In a thread of its own: hand on what a process says."""
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the event loop is closed: nobody looks any more
            try:
                for event in attempt.spare.run(attempt.names):
                    self._loop.call_soon_threadsafe(self._heard, attempt, event)
            except Died as died:
                self._loop.call_soon_threadsafe(self._died, attempt, str(died))

    def _heard(self, attempt: _Attempt, event: Event) -> None:
        if attempt is not self._attempt:
            return  # overtaken
        match event["event"]:
            case "file":
                attempt.begun = True
            case "koan":
                attempt.koan = event["koan"]
            case "warning":
                attempt.notes.append(event["text"])
            case "other":
                attempt.notes += event["text"].split("\n")
            case "outcome":
                outcome = Outcome.from_dict(event["outcome"])
                attempt.story.hear(outcome)
                if outcome.state is not State.PASSED:
                    self._show(attempt.story, outcome, attempt.notes, event["printed"])
                    self._finish(attempt)
                elif attempt.story.outcomes.keys() >= set(attempt.names):
                    self._all_passed(attempt.story, attempt.file, attempt.notes)
                    self._finish(attempt)
            case "end":
                self._without_verdict(attempt)

    def _died(self, attempt: _Attempt, how: str) -> None:
        if attempt is not self._attempt:
            return
        if not attempt.begun:
            # Not the koans' doing: while it waited the system may have taken it.
            if attempt.waited:
                self._stop_attempt()
                self._begin(attempt.file, attempt.names, attempt.story)
            else:
                attempt.notes.append(how)
                self._without_verdict(attempt)
            return
        koan = attempt.koan
        if not koan:
            koan, how = attempt.names[0], _("It happened while the file was imported.") + "\n" + how
        path = self.workspace.koans_dir / attempt.file
        file, line = attempt.story.learner(path), attempt.spare.process.line_in(path)
        outcome = judge.crashed(file, attempt.file, koan, how, line)
        self._show(attempt.story, outcome, attempt.notes)
        self._finish(attempt)

    def _without_verdict(self, attempt: _Attempt) -> None:
        """A usage error, a broken conftest.py, a test that is no koan; the next save tries anew."""
        self._seen.pop(attempt.file, None)
        self.passed = False
        said = attempt.spare.process.said().strip()
        told = [*(said.split("\n") if said else []), *attempt.notes]
        head = _("No verdict: pytest ended before a koan was judged.")
        self._draw([Text().add(head, bold=True), Text(), *_plain(told)])
        self._finish(attempt)

    def _show(
        self, story: Narrator, outcome: Outcome, notes: Sequence[str] = (), printed: str = ""
    ) -> None:
        self.koan = outcome.koan
        self.passed = False
        lines = list(story.screen(outcome).lines)
        if printed.strip():
            lines += [Text(), Text().add(_("It printed:"), bold=True)]
            lines += _plain(f"  {line}" for line in printed.rstrip().split("\n"))
        self._draw([*lines, *_plain(notes)])

    def _all_passed(self, story: Narrator, file: str, notes: Sequence[str] = ()) -> None:
        self.passed = True
        self.koan = self._names(file)[-1]
        self._draw([*story.file_passed(file), *_plain(notes)])

    def _draw(self, lines: list[Text]) -> None:
        self.view = View(lines, self._note)
        self._note = ""
        self.redraw()

    def _finish(self, attempt: _Attempt) -> None:
        """The verdict is on the screen: remember it, and make ready for the next save."""
        self._attempt = None
        assert self._loop is not None
        # After the redraw: neither the disk nor a process's end may hold it up.
        self._loop.call_soon(self._tidy, attempt)

    def _tidy(self, attempt: _Attempt) -> None:
        attempt.spare.end()
        if warning := progress.record(self.workspace, attempt.story.passed):
            self.say(warning)
        self._progress()  # read now what was written: the next save need not
        if self._spare is None and attempt.file == self.file:
            self._make_spare()

    def _stop_attempt(self) -> None:
        if self._attempt is not None:
            self._attempt.spare.end()
            self._attempt = None

    # Spares.

    def _take_spare(self, file: str, names: list[str]) -> Spare | None:
        if self._spare is not None and self._spare.outdated:
            self._drop_spare()
        spare, self._spare = self._spare, None
        # With none ready, one that has still to import is as soon there as any.
        return spare or self._new_spare(file, names, rehearse=False)

    def _make_spare(self) -> None:
        path = self.workspace.names_in(self.file)
        ahead = path[path.index(self.koan) :] if self.koan in path else path
        self._spare = self._new_spare(self.file, ahead[:1], rehearse=True)
        self._keep_awake()

    def _new_spare(self, file: str, names: list[str], *, rehearse: bool) -> Spare | None:
        try:
            return Spare(self.workspace, file, names, self.scope.switch, rehearse=rehearse)
        except OSError as error:  # no room for a folder or a process: the next save tries anew
            self._seen.pop(file, None)
            self.say(_("No process can be started: {error}").format(error=error))
            return None

    def _drop_spare(self) -> None:
        if self._spare is not None:
            self._spare.end()
            self._spare = None

    def _keep_awake(self) -> None:
        """Count the idle minutes anew."""
        assert self._loop is not None
        if self._idle is not None:
            self._idle.cancel()
        self.asleep = False
        self._idle = self._loop.call_later(IDLE, self._fall_asleep)

    def _fall_asleep(self) -> None:
        self.asleep = True
        self._drop_spare()


def _plain(lines: Iterable[str]) -> list[Text]:
    return [Text().add(line) for line in lines]
