"""One pytest session of the sensei: what each of its koans came to."""

import ast
import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from jax_koans.course.lock import is_current
from jax_koans.course.path import PathError, Workspace
from jax_koans.feedback.reasons import case_of, reason_at
from jax_koans.i18n import _
from jax_koans.judge import integrity as review
from jax_koans.judge import verdict as judge
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Outcome
from jax_koans.run.collection import AbsentKoan, BrokenKoan
from jax_koans.run.events import Stream
from jax_koans.run.guard import Guard
from jax_koans.run.marks import Mark
from jax_koans.screen.story import Story

SIDES = pytest.StashKey[judge.Sides]()


class Sensei(Story):
    """What the hooks of one pytest session share."""

    def __init__(self, config: pytest.Config) -> None:
        """Raises pytest.UsageError where --track names no track."""
        workspace, here = Workspace(config.rootpath), config.invocation_params.dir
        name = config.getoption("--track") or ""
        try:
            track = workspace.track(name, here) if name else ()
        except PathError as error:
            raise pytest.UsageError(str(error)) from None
        super().__init__(workspace, here, track=track, track_name=name)
        self.config = config
        self.guard = Guard()
        self.mark = Mark(workspace)
        self.session: pytest.Session | None = None
        self._supervised = any(
            isinstance(each, Stream) for each in config.pluginmanager.get_plugins()
        )
        self._reviews: dict[str, review.Review | None] = {}

    def file_of(self, item: pytest.Item) -> str | None:
        """An item's file on the path; None for anything outside of `koans/`."""
        return self.workspace.relative(item.path)

    @contextlib.contextmanager
    def marked(self, file: str, koan: str = "") -> Iterator[None]:
        """Leave a mark on the disk of what is running, while it is; a supervisor needs none."""
        if self.config.option.collectonly or self._supervised:
            yield
            return
        self.mark.begin(file, koan)
        try:
            yield
        finally:
            self.mark.end()

    def stops(self, item: pytest.Item) -> contextlib.AbstractContextManager[None]:
        """Let what a learner's fixture does end no run."""
        return self.guard.stops() if self.file_of(item) else contextlib.nullcontext()

    def close(self) -> None:
        """The session is over, and what was asked for is reported."""
        self.mark.close()
        if self.session is not None:
            self.guard.let_go(int(self.session.exitstatus))

    def blanks(self, item: pytest.Function) -> list[ast.Name]:
        """The blanks that a koan still holds."""
        file = self.learner(item.path)
        return file.blanks(item.name) if file else []

    def is_koan(self, item: pytest.Item) -> bool:
        """Whether an item is a koan of the path, as it was: not one of a class, or one of many."""
        return (
            isinstance(item, pytest.Function)
            and isinstance(item.parent, pytest.Module)
            and item.name in self.workspace.names_in(self.file_of(item) or "")
        )

    def repr_failure(self, ask: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """What pytest says of a failure, or where that fails too, only its class."""
        try:
            with self.guard.stops():
                return ask(*arguments, **options)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return type(error).__name__

    def require_intact(self) -> None:
        """Raises Refused: the koan that has just run replaced what belongs to everybody."""
        if told := self.guard.changed:
            self.guard.changed = ""
            told += " " + _("Use a name of your own instead.")
            raise review.Refused(review.Objection("replaced-a-name", told))

    def look_again(self, item: pytest.Function) -> None:
        """Look at a koan of the path that raised nothing.

        Raises:
            Refused: its own lines were changed, or an answer is none.
        """
        file, name = self.learner(item.path), self.file_of(item)
        if name is not None and not item.path.exists():
            raise review.Refused(review.Objection("own-file-missing", _("The file is gone.")))
        if file is None or name is None or not self.is_koan(item):
            return
        if made := self._review(file, name):
            names = {name: item.funcargs[name] for name in item.fixturenames}
            if objection := made.objection(item.name, item.obj, vars(item.module), names):
                raise review.Refused(objection)

    def _review(self, file: LearnerFile, name: str) -> review.Review | None:
        """Of koans made from an older solution there is none: nobody knows what they said."""
        if name not in self._reviews:
            current = is_current(self.workspace, name)
            self._reviews[name] = (
                review.Review(file, self.workspace.solution(name)) if current else None
            )
        return self._reviews[name]

    def judge(
        self, item: pytest.Item, error: BaseException | None, duration: float
    ) -> Outcome | None:
        """What a koan came to; None for what is not on the path or cannot be read any more."""
        if isinstance(item, BrokenKoan | AbsentKoan):
            return item.outcome
        file, name = self.learner(item.path), self.file_of(item)
        if name is None:
            return None
        if not item.path.exists():
            return judge.gone(name, item.name)
        if file is None or (item.name in self.workspace.names_in(name) and not self.is_koan(item)):
            return None
        if error is None:
            outcome = judge.passed(file, name, item.name)
        elif isinstance(error, review.Refused):
            outcome = review.refused(file, name, item.name, error.objection)
        elif blanks := file.blanks(item.name):
            outcome = judge.unanswered(file, name, item.name, blanks)
        else:
            sides = self.config.stash.get(SIDES, judge.Sides())
            made = self._review(file, name) if self.is_koan(item) else None
            solution = made.solution if made else ""
            outcome = judge.failed(file, name, item.name, error, sides, self.workspace, solution)
            if made:
                outcome = replace(outcome, own=made.changed(item.name))
                if outcome.said is not None:
                    outcome = self._with_reason(outcome, made, sides.answer, vars(item.module))
        return replace(outcome, duration=duration)

    def _with_reason(
        self, outcome: Outcome, made: review.Review, answer: object, namespace: dict[str, Any]
    ) -> Outcome:
        """With what the author says of a wrong answer at a blank whose line is unchanged."""
        statement = made.file.statement(outcome.line or 0)
        if statement is None:
            return outcome
        lines = range(statement.lineno, (statement.end_lineno or 0) + 1)
        reason = reason_at(made.found, made.solution, outcome.koan, lines)
        if reason is None:
            return outcome
        return replace(
            outcome, case=case_of(reason, answer, namespace) or outcome.case, why=reason.why
        )

    def stuck(self, name: str, koan: str, seconds: float, *, interrupted: bool) -> Outcome | None:
        """What a koan came to that the main thread does not come back from."""
        file = self.learner(self.workspace.koans_dir / name)
        frame = sys._current_frames().get(threading.main_thread().ident or 0)
        if file is None or frame is None:
            return None
        outcome = judge.stuck(file, name, koan, frame, seconds, interrupted=interrupted)
        return replace(outcome, duration=seconds)
