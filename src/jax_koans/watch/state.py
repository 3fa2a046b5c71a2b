"""Save, and the verdict is there: what happens between a learner's save and the screen.

A save starts an attempt: the file's koans that have not passed run in the prestarted process, and
the first that fails, or the last that passes, is the verdict. A newer save overtakes an attempt,
which is ended and never shown. All state lives in the event loop's thread; threads only listen to a
process each and hand on what they hear.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jax_koans.course.path import Workspace
from jax_koans.folder import progress
from jax_koans.i18n import _
from jax_koans.judge import verdict
from jax_koans.judge.koan_status import is_as_passed
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Outcome, State
from jax_koans.run.judge import Judge, Judging, NoVerdict, no_process
from jax_koans.run.listener import Judged
from jax_koans.screen.koan import printed_lines
from jax_koans.screen.results import Results
from jax_koans.screen.text import Text, plain
from jax_koans.source import SourceError
from jax_koans.watch.idle import Idle
from jax_koans.watch.watched_koans import Scope, ahead


@dataclass
class View:
    """The lines of the screen, and the status line below them."""

    lines: list[Text] = field(default_factory=list)
    status: str = ""


class Watch:
    """The state of one `koans watch`; `redraw` is called whenever `view` has changed."""

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
        self.judge = Judge(workspace, scope.switch)
        self._attempt: Judging | None = None  # what runs now
        self._seen: dict[str, str] = {}  # each file's text, or why it could not be read
        self._warned = ""  # about the progress
        self._idle = Idle(self.judge.drop)

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
        if self._attempt is None and self.file:
            self._prepare()
        self._idle.restart()

    def end(self) -> None:
        self._stop_attempt()
        self.judge.drop()

    def say(self, status: str) -> None:
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
            self.judge.drop()

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
        try:
            self._attempt = attempt = self.judge.judge(file, names)
        except OSError as error:  # no room for a process
            self._seen.pop(file, None)  # the next save is judged in any case
            self.say(no_process(error))
            return
        self.say(_("running ..."))
        loop = asyncio.get_running_loop()

        def listen() -> None:
            with contextlib.suppress(RuntimeError):  # the event loop is closed: nobody looks now
                try:
                    for judged in attempt:
                        loop.call_soon_threadsafe(self._heard, attempt, results, judged)
                except NoVerdict as error:
                    loop.call_soon_threadsafe(self._without_verdict, attempt, results, str(error))

        threading.Thread(target=listen, daemon=True).start()

    def _heard(self, attempt: Judging, results: Results, judged: Judged) -> None:
        if attempt is not self._attempt:
            return  # overtaken
        results.hear(judged.outcome)
        if judged.outcome.state is not State.PASSED:
            self._show(results, judged.outcome, attempt.others, judged.printed)
            self._finish(attempt, results)
        elif results.outcomes.keys() >= set(attempt.names):
            self._all_passed(results, attempt.file, attempt.others)
            self._finish(attempt, results)

    def _without_verdict(self, attempt: Judging, results: Results, said: str) -> None:
        """A usage error, a broken conftest.py, or the like: the next save tries again."""
        if attempt is not self._attempt:
            return
        self._seen.pop(attempt.file, None)
        self.passed = False
        head = Text().add(_("No verdict: pytest ended before a koan was judged."), bold=True)
        self._draw([head, Text(), *plain(said.split("\n"))])
        self._finish(attempt, results)

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

    def _finish(self, attempt: Judging, results: Results) -> None:
        """The verdict is on the screen: remember it, and make ready for the next save."""
        self._attempt = None
        # After the redraw: neither the disk nor a process's end may hold it up.
        asyncio.get_running_loop().call_soon(self._tidy, attempt, results)

    def _tidy(self, attempt: Judging, results: Results) -> None:
        attempt.end()
        results.save()
        if results.warning:
            self.say(results.warning)
        if attempt.file == self.file:
            self._prepare()
            self._idle.restart()

    def _prepare(self) -> None:
        if not self.judge.is_prepared:
            try:
                self.judge.prepare(self.file, self.koan)
            except OSError as error:
                self.say(no_process(error))

    def _stop_attempt(self) -> None:
        if self._attempt is not None:
            self._attempt.end()
            self._attempt = None
