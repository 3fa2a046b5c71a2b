"""Save, and the verdict is there: what happens between a learner's save and the screen.

A save starts an attempt: the file's koans that have not passed run in the prestarted process, and
the first that fails, or the last that passes, is the verdict. A newer save overtakes an attempt,
which is ended and never shown. All state lives in the event loop's thread; threads only listen to a
process each and hand on what they hear.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jax_koans.course.path import Workspace
from jax_koans.folder import progress
from jax_koans.i18n import _
from jax_koans.judge import verdict
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Outcome, State
from jax_koans.judge.standing import is_as_passed
from jax_koans.run.listener import Listener
from jax_koans.run.process import Event
from jax_koans.screen.koan import printed_lines
from jax_koans.screen.results import Results
from jax_koans.screen.text import Text, plain
from jax_koans.source import SourceError
from jax_koans.watch.attempt import Attempt
from jax_koans.watch.scope import Scope, ahead
from jax_koans.watch.standby import Idle, Standby


@dataclass
class View:
    """The lines of the screen, and the status line below them."""

    lines: list[Text] = field(default_factory=list)
    status: str = ""


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
        self.standby = Standby(workspace, scope.switch, self.say)
        self._attempt: Attempt | None = None
        self._seen: dict[str, str] = {}  # each file's text, or why it could not be read
        self._warned = ""  # about the progress
        self._idle = Idle(self.standby.drop)

    # What the learner does.

    def begin(self) -> None:
        """Look at the first koan that has not passed. Called in the event loop."""
        self.go_to(self.waiting() or self.scope.names[0])

    def waiting(self, after: str = "") -> str:
        """The koan that is next, as `ahead` finds it; "" where all have passed."""
        return ahead(self.scope.names, self._progress().passed, after)

    def widened(self) -> str:
        """Watch the whole path from now on; returns the next koan, "" where all have passed."""
        everything = tuple(koan.name for koan in self.workspace.koans)
        koan = ahead(everything, self._progress().passed, self.koan)
        if koan:
            self.scope = Scope(everything, switch=self.scope.switch)
        return koan

    def go_to(self, koan: str) -> None:
        """Make a koan's file the current one, and judge it as it is."""
        file = next(each.file for each in self.workspace.koans if each.name == koan)
        self.koan = koan
        self._turn_to(file)
        self._look(file, asked=True)

    def saved(self, files: Sequence[str], *, judge: bool = True) -> None:
        """Files were written, or are gone; without `judge` they wait for the key r."""
        file = self.scope.meant(files, self.file, self.workspace)
        if file and judge:
            self._look(file)
        elif file:
            self._turn_to(file)
            self.wake()
            self.say(_("saved; r runs it"))

    def again(self) -> None:
        """Judge the current file in any case; where all its koans have passed, all run again."""
        self._look(self.file, asked=True, everything=True)

    @property
    def asleep(self) -> bool:
        """Whether nobody has saved, or pressed a key, for a while."""
        return self._idle.over

    def wake(self) -> None:
        """A key was pressed: a process that was dropped comes back."""
        if not self.standby and self._attempt is None and self.file:
            self.standby.prepare(self.file, self.koan)
        self._idle.restart()

    def end(self) -> None:
        self._stop_attempt()
        self.standby.drop()

    def say(self, status: str) -> None:
        """Show a line of what is going on."""
        self.view.status = status
        self.redraw()

    def note(self, text: str) -> None:
        """Show a line that stays beside the next verdict."""
        self._note = text
        self.say(text)

    # Judging.

    def _turn_to(self, file: str) -> None:
        if file != self.file:
            self.file, self.passed = file, False
            self.standby.drop()

    def _look(self, file: str, *, asked: bool = False, everything: bool = False) -> None:
        """Judge a file, unless its text is the one that was looked at last, or it is half typed.

        What was `asked` for is judged in any case; `everything` runs again even where all passed.
        """
        try:
            learner = LearnerFile.read(self.workspace.koans_dir / file)
        except (OSError, UnicodeDecodeError) as error:
            if self._is_new(file, repr(error)) or asked:
                self._unreadable(file, error)
            return
        if not self._is_new(file, learner.source.text) and not asked:
            return
        self._idle.restart()
        names = self._names(file)
        try:
            _own = learner.own  # of every text, also of one whose koans have not passed
            known = self._progress()
            waiting = [n for n in names if not is_as_passed(self.workspace, known, learner, n)]
        except SourceError as error:
            if not asked:
                # Half a line is no attempt: the last verdict stays, and so does what waits.
                if file == self.file:
                    self._stop_attempt()
                    self.wake()
                text = _("still typing: {file}, line {line}: {reason}")
                self.say(text.format(file=file, line=error.line, reason=error.reason))
                return
            waiting = names
        self._stop_attempt()
        self._turn_to(file)
        results = self._results()
        if waiting or everything:
            self._begin(file, waiting or names, results)
        else:
            self._all_passed(results, file)

    def _is_new(self, file: str, content: str) -> bool:
        """Whether this is not what was seen last of a file; it is now."""
        before, self._seen[file] = self._seen.get(file), content
        return before != content

    def _names(self, file: str) -> list[str]:
        return self.scope.names_in(file, self.workspace)

    def _unreadable(self, file: str, error: OSError | UnicodeDecodeError) -> None:
        gone = isinstance(error, FileNotFoundError)
        if gone and file != self.file:
            return
        self._stop_attempt()
        self._turn_to(file)
        self.wake()
        if gone:
            self.say(_("{file} is gone: save it again.").format(file=file))
        else:
            koan = self.koan if self.koan in (names := self._names(file)) else names[0]
            path = self.workspace.koans_dir / file
            self._show(self._results(), verdict.broken(path, file, koan, error, self.workspace))

    def _results(self) -> Results:
        scope = self.scope
        return Results(
            self.workspace,
            self.here,
            track=scope.track,
            track_name=scope.track_name,
            names=scope.names,
            command="",
            known=self._progress(),
        )

    def _progress(self) -> progress.Progress:
        """What has passed; a warning about it is shown once."""
        known = progress.load(self.workspace)
        if known.warning and known.warning != self._warned:
            self._warned = known.warning
            self.note(known.warning)
        return known

    # An attempt.

    def _begin(self, file: str, names: list[str], results: Results) -> None:
        waited = bool(self.standby)
        process = self.standby.take(file, names)
        if process is None:
            self._seen.pop(file, None)  # the next save is judged in any case
            return
        self._attempt = Attempt(file, names, process, Listener(results), waited)
        self.say(_("running ..."))
        self._attempt.start(self._heard, self._died)

    def _heard(self, attempt: Attempt, event: Event) -> None:
        if attempt is not self._attempt:
            return  # overtaken
        outcome = attempt.listener.hear(event)
        if outcome is not None and outcome.state is not State.PASSED:
            self._show(attempt.listener.results, outcome, attempt.listener.others, event["printed"])
            self._finish(attempt)
        elif outcome is not None and attempt.listener.results.outcomes.keys() >= set(attempt.names):
            self._all_passed(attempt.listener.results, attempt.file, attempt.listener.others)
            self._finish(attempt)
        elif event["event"] == "end":
            self._without_verdict(attempt)

    def _died(self, attempt: Attempt, how: str) -> None:
        if attempt is not self._attempt:
            return
        if not attempt.listener.begun and attempt.waited:
            # Not the koans' doing: while it waited the system may have taken it.
            self._stop_attempt()
            self._begin(attempt.file, attempt.names, attempt.listener.results)
            return
        outcome = attempt.listener.died(how, attempt.process.process.line_in)
        if outcome is None:
            attempt.listener.others.append(how)
            self._without_verdict(attempt)
        else:
            self._show(attempt.listener.results, outcome, attempt.listener.others)
            self._finish(attempt)

    def _without_verdict(self, attempt: Attempt) -> None:
        """A usage error, a broken conftest.py, or the like: the next save tries again."""
        self._seen.pop(attempt.file, None)
        self.passed = False
        head = Text().add(_("No verdict: pytest ended before a koan was judged."), bold=True)
        said = attempt.process.process.said().strip()
        lines = [*(said.split("\n") if said else ()), *attempt.listener.others]
        self._draw([head, Text(), *plain(lines)])
        self._finish(attempt)

    def _show(
        self, results: Results, outcome: Outcome, notes: Sequence[str] = (), text: str = ""
    ) -> None:
        self.koan, self.passed = outcome.koan, False
        self._draw([*results.screen(outcome).lines, *printed_lines(text), *plain(notes)])

    def _all_passed(self, results: Results, file: str, notes: Sequence[str] = ()) -> None:
        self.koan, self.passed = self._names(file)[-1], True
        self._draw([*results.file_passed(file), *plain(notes)])

    def _draw(self, lines: list[Text]) -> None:
        self.view = View(lines, self._note)
        self._note = ""
        self.redraw()

    def _finish(self, attempt: Attempt) -> None:
        """The verdict is on the screen: remember it, and make ready for the next save."""
        self._attempt = None
        # After the redraw: neither the disk nor a process's end may hold it up.
        asyncio.get_running_loop().call_soon(self._tidy, attempt)

    def _tidy(self, attempt: Attempt) -> None:
        attempt.process.end()
        attempt.listener.results.save()
        if attempt.listener.results.warning:
            self.say(attempt.listener.results.warning)
        if not self.standby and attempt.file == self.file:
            self.standby.prepare(self.file, self.koan)
            self._idle.restart()

    def _stop_attempt(self) -> None:
        if self._attempt is not None:
            self._attempt.process.end()
            self._attempt = None
