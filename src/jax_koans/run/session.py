"""One pytest session: what each of its koans came to."""

import ast
import sys
import threading
from dataclasses import replace
from typing import Any

import pytest

from jax_koans.course import track
from jax_koans.course.koans_lock import is_current
from jax_koans.course.path import PathError, Workspace
from jax_koans.feedback.reasons import case_of, has_no_blank, is_right, reason_at
from jax_koans.i18n import _
from jax_koans.judge import verdict
from jax_koans.judge.comparison import Sides
from jax_koans.judge.integrity import Rejected, Review
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Outcome
from jax_koans.run.collection import FailedKoan
from jax_koans.run.isolation import Guard
from jax_koans.run.time_limit import Limit
from jax_koans.screen.results import Results
from jax_koans.source.text import Source

SIDES = pytest.StashKey[Sides]()


class KoanSession:
    """What the hooks of one pytest session share."""

    def __init__(self, config: pytest.Config) -> None:
        """Raises pytest.UsageError where --track names no track."""
        self.workspace, here = Workspace(config.rootpath), config.invocation_params.dir
        option = config.getoption("--track") or ""
        try:
            name, self.track = track.chosen(self.workspace, here, option)
        except PathError as error:
            raise pytest.UsageError(str(error)) from None
        self.config = config
        self.results = Results(
            self.workspace,
            here,
            track=self.track,
            track_name=name,
            options=f"--track {option}" if option else "",
        )
        self.guard = Guard()
        self._reviews: dict[str, Review | None] = {}

    def file_of(self, node: pytest.Item | pytest.Module) -> str | None:
        """A node's file on the path; None for anything outside of `koans/`."""
        return self.workspace.relative(node.path)

    def koans_in(self, node: pytest.Item | pytest.Module) -> list[str]:
        return self.workspace.names_in(self.file_of(node) or "")

    def is_koan(self, item: pytest.Item) -> bool:
        """Whether an item is a koan of the path: no test of a class, none of several of a name."""
        return (
            isinstance(item, pytest.Function)
            and isinstance(item.parent, pytest.Module)
            and item.name in self.koans_in(item)
        )

    def blanks(self, item: pytest.Function) -> list[ast.Name]:
        file = self.results.learner(item.path)
        return file.blanks(item.name) if file else []

    def require_intact(self, item: pytest.Function) -> None:
        """Raises Rejected: a koan's own lines were changed, or an answer says nothing."""
        if self.is_koan(item) and (review := self._review(item)):
            review.require(item.name, vars(item.module))

    def _review(self, item: pytest.Item) -> Review | None:
        """None for koans made from an older solution: nobody knows what they said."""
        file, name = self.results.learner(item.path), self.file_of(item)
        if file is None or name is None:
            return None
        if name not in self._reviews:
            current = is_current(self.workspace, name)
            self._reviews[name] = Review(file, self.workspace.solution(name)) if current else None
        return self._reviews[name]

    def judge(
        self, item: pytest.Item, error: BaseException | None, duration: float
    ) -> Outcome | None:
        """What a koan came to; None for what is not on the path or cannot be read any more."""
        if isinstance(item, FailedKoan):
            return item.outcome
        file, name = self.results.learner(item.path), self.file_of(item)
        if file is None or name is None:
            return None
        if item.name in self.koans_in(item) and not self.is_koan(item):
            return None
        if error is None:
            outcome = verdict.passed(file, name, item.name)
        elif isinstance(error, Rejected):
            outcome = error.outcome(file, name, item.name)
        elif blanks := file.blanks(item.name):
            outcome = verdict.unanswered(file, name, item.name, blanks)
        else:
            sides = self.config.stash.get(SIDES, Sides())
            review = self._review(item) if self.is_koan(item) else None
            solution = review.solution if review else ""
            outcome = verdict.failed(file, name, item.name, error, sides, self.workspace, solution)
            if review:
                outcome = replace(outcome, changed=review.changed(item.name))
                if outcome.answer is not None and isinstance(item, pytest.Function):
                    outcome = _with_reason(outcome, review, sides.answer, vars(item.module))
        return replace(outcome, duration=duration)

    def stuck(self, node: pytest.Item | pytest.Module, koan: str, limit: Limit) -> Outcome:
        file = self.results.learner(node.path) or LearnerFile(node.path, Source(""))  # half typed
        name = self.file_of(node) or node.path.name
        frame = sys._current_frames()[threading.main_thread().ident or 0]
        return verdict.stuck(file, name, koan, frame, limit.seconds, interrupted=limit.interrupted)


def _with_reason(
    outcome: Outcome, review: Review, answer: object, namespace: dict[str, Any]
) -> Outcome:
    """With what the author says of a wrong answer at a blank whose line is unchanged.

    Where the line has no blank, or its answer is right, the computed value is what is wrong.
    """
    statement = review.file.statement(outcome.line or 0)
    lines = range(statement.lineno, (statement.end_lineno or 0) + 1) if statement else range(0)
    reason = reason_at(review.found, review.solution, outcome.koan, lines)
    if reason is not None and is_right(reason, answer, namespace):
        text = _("The answer is right here. What your code computes is not: look there first.")
        return replace(outcome, answer=None, expected=outcome.answer, fact=text)
    if reason is None:
        asks_nothing = statement is not None and has_no_blank(statement, review.solution)
        return replace(outcome, answer=None, expected=outcome.answer) if asks_nothing else outcome
    return replace(outcome, fact=case_of(reason, answer, namespace) or outcome.fact, why=reason.why)
