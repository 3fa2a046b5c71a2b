"""Save, and the verdict is there: what happens between a learner's save and the screen.

A save starts an attempt: the file's koans that have not passed run in the waiting spare, and the
first that fails, or the last that passes, is the verdict. A newer save overtakes an attempt, which
is ended and never shown. All state lives in the event loop's thread; threads only listen to a
process each and hand on what they hear.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from jax_koans import judge, progress, report
from jax_koans.files import text_hash
from jax_koans.i18n import _
from jax_koans.learner import LearnerFile
from jax_koans.outcome import Outcome, State
from jax_koans.path import Workspace
from jax_koans.run import Died, Event
from jax_koans.source import SourceError
from jax_koans.spare import Spare
from jax_koans.story import Story

_IDLE = 10 * 60.0  # seconds after which a spare that nobody needs is dropped


@dataclass(frozen=True)
class Scope:
    """What is watched: the koans that count, the track's name, and the options of the switch."""

    names: tuple[str, ...]
    track: str = ""
    switch: tuple[str, ...] = ()

    @cached_property
    def wanted(self) -> frozenset[str]:
        return frozenset(self.names)


@dataclass
class View:
    """What the screen holds: the sensei's report, and a line that says what is going on."""

    lines: list[report.Text] = field(default_factory=list)
    status: str = ""
    running: bool = False


@dataclass
class _Attempt:
    """One run of the text that was saved."""

    file: str
    names: list[str]
    spare: Spare
    story: Story
    started: str | None = None  # the koan that is running
    over: bool = False


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
        self._note = ""
        self._spare: Spare | None = None
        self._attempt: _Attempt | None = None
        self._seen: dict[str, str] = {}  # a file -> the hash of the text that was judged last
        self._known: tuple[object, progress.Progress] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # What the learner does.

    def begin(self) -> None:
        """Look at the first koan that has not passed. Called in the event loop."""
        self._loop = asyncio.get_running_loop()
        self.go_to(self.waiting())

    def waiting(self, after: str = "") -> str:
        """The first koan that has not passed, further on than `after` where there is one."""
        names = self.scope.names
        passed = self._progress().passed
        open_ = [name for name in names if name not in passed]
        behind = names.index(after) + 1 if after in names else 0
        further = [name for name in names[behind:] if name not in passed]
        return (further or open_ or [names[0]])[0]

    def go_to(self, koan: str) -> None:
        """Make a koan's file the current one, and judge it as it is."""
        file = next(each.file for each in self.workspace.koans if each.name == koan)
        self.koan = koan
        self._turn_to(file)
        self.again()

    def saved(self, files: Sequence[str]) -> None:
        """Files were written, or are gone; the current one comes first, else the last."""
        mine = [file for file in files if self._counts(file)]
        if not mine:
            return
        file = self.file if self.file in mine else mine[-1]
        self._turn_to(file)
        self._judge(file)

    def again(self) -> None:
        """Judge the current file, whatever was judged before."""
        self._seen.pop(self.file, None)
        self._judge(self.file)

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

    def _counts(self, file: str) -> bool:
        return not self.scope.wanted.isdisjoint(self.workspace.names_in(file))

    def _turn_to(self, file: str) -> None:
        if file != self.file:
            self.file = file
            self._drop_spare()

    def _judge(self, file: str) -> None:
        path = self.workspace.koans_dir / file
        try:
            learner = LearnerFile.read(path)
        except FileNotFoundError:
            self.say(_("{file} is gone: save it again.").format(file=file))
            return
        except (OSError, UnicodeDecodeError) as error:
            self._stop_attempt()
            self._show(self._story(), judge.broken(path, file, self.koan, error))
            return
        digest = text_hash(learner.source.text)
        if self._seen.get(file) == digest:
            return
        self._stop_attempt()
        self._keep_awake()
        try:
            own = learner.own
        except SourceError as error:
            # Half a line is no attempt: the last verdict stays, and so does the waiting spare.
            text = _("still typing: {file}, line {line}: {reason}")
            self.say(text.format(file=file, line=error.line, reason=error.reason))
            return
        self._seen[file] = digest
        story = self._story()
        passed = self._progress().passed
        names = [
            name
            for name in self.workspace.names_in(file)
            if name in self.scope.wanted
            and not (name in own and name in passed and passed[name].source == own[name])
        ]
        if not names:
            self._all_passed(story, file)
            return
        self._start(_Attempt(file, names, self._take_spare(file, names), story))

    def _story(self) -> Story:
        track = self.scope.names if self.scope.track else ()
        return Story(
            self.workspace,
            self.here,
            track=track,
            track_name=self.scope.track,
            known=self._progress(),
        )

    def _progress(self) -> progress.Progress:
        """What has passed; read again only where the file has changed."""
        stamp = progress.stamp(self.workspace)
        if self._known is None or self._known[0] != stamp:
            self._known = (stamp, progress.load(self.workspace))
        return self._known[1]

    # An attempt.

    def _start(self, attempt: _Attempt) -> None:
        self._attempt = attempt
        self.view.running = True
        self.say(_("running ..."))
        threading.Thread(target=self._listen, args=(attempt,), daemon=True).start()

    def _listen(self, attempt: _Attempt) -> None:
        """In a thread of its own: hand on what a process says."""
        assert self._loop is not None
        try:
            for event in attempt.spare.run(attempt.names):
                self._loop.call_soon_threadsafe(self._heard, attempt, event)
        except Died as died:
            self._loop.call_soon_threadsafe(self._died, attempt, str(died))
        except RuntimeError:
            pass  # the event loop is closed: nobody looks any more

    def _heard(self, attempt: _Attempt, event: Event) -> None:
        if attempt is not self._attempt:
            return  # overtaken
        match event["event"]:
            case "koan":
                attempt.started = event["koan"]
            case "outcome":
                outcome = Outcome.from_dict(event["outcome"])
                attempt.story.hear(outcome)
                if outcome.state is not State.PASSED:
                    self._show(attempt.story, outcome, event["printed"])
                    self._finish(attempt)
                elif attempt.story.outcomes.keys() >= set(attempt.names):
                    self._all_passed(attempt.story, attempt.file)
                    self._finish(attempt)
            case "end":  # without a verdict: a usage error, or no test was found
                self.view.lines = [report.Text().add(attempt.spare.process.said().strip())]
                self.say(_("The koans could not be run: see above."))
                self._finish(attempt)

    def _died(self, attempt: _Attempt, how: str) -> None:
        if attempt is not self._attempt:
            return
        koan = attempt.started or attempt.names[0]
        file = LearnerFile.read(self.workspace.koans_dir / attempt.file)
        self._show(attempt.story, judge.crashed(file, attempt.file, koan, how))
        self._finish(attempt)

    def _show(self, story: Story, outcome: Outcome, printed: str = "") -> None:
        self.koan = outcome.koan
        self.passed = False
        lines = list(story.screen(outcome).lines)
        if printed.strip():
            lines += [report.Text(), report.Text().add(_("It printed:"), bold=True)]
            lines += [report.Text().add("  " + line) for line in printed.rstrip().split("\n")]
        self._draw(lines)

    def _all_passed(self, story: Story, file: str) -> None:
        self.passed = True
        names = [name for name in self.workspace.names_in(file) if name in self.scope.wanted]
        self.koan = names[-1]
        self._draw(story.file_passed(file))

    def _draw(self, lines: list[report.Text]) -> None:
        self.view = View(lines, self._note)
        self._note = ""
        self.redraw()

    def _finish(self, attempt: _Attempt) -> None:
        """The verdict is on the screen: remember it, and make ready for the next save."""
        self._attempt = None
        self.view.running = False
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
            self.view.running = False

    # Spares.

    def _take_spare(self, file: str, names: list[str]) -> Spare:
        if self._spare is not None and self._spare.outdated:
            self._drop_spare()
        spare, self._spare = self._spare, None
        # With none ready, one that has still to import is as soon there as any.
        return spare or Spare(self.workspace, file, names, self.scope.switch, rehearse=False)

    def _make_spare(self) -> None:
        path = self.workspace.names_in(self.file)
        ahead = path[path.index(self.koan) :] if self.koan in path else path
        self._spare = Spare(self.workspace, self.file, ahead[:1], self.scope.switch)
        self._keep_awake()

    def _drop_spare(self) -> None:
        if self._spare is not None:
            self._spare.end()
            self._spare = None

    def _keep_awake(self) -> None:
        """Count the idle minutes anew."""
        assert self._loop is not None
        if self._idle is not None:
            self._idle.cancel()
        self._idle = self._loop.call_later(_IDLE, self._drop_spare)
