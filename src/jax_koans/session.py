"""One pytest session of the sensei: what each of its koans came to."""

import ast
import sys
import threading
from dataclasses import replace

import pytest

from jax_koans import build, judge, review
from jax_koans.collection import AbsentKoan, BrokenKoan
from jax_koans.hygiene import Snapshot
from jax_koans.outcome import Outcome
from jax_koans.path import PathError, Workspace
from jax_koans.story import Story

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
        self.snapshot = Snapshot()
        self._reviews: dict[str, review.Review | None] = {}

    def file_of(self, item: pytest.Item) -> str | None:
        """An item's file on the path; None for anything outside of `koans/`."""
        return self.workspace.relative(item.path)

    def blanks(self, item: pytest.Function) -> list[ast.Name]:
        """The blanks that a koan still holds."""
        file = self.learner(item.path)
        return file.blanks(item.name) if file else []

    def look_again(self, item: pytest.Function) -> None:
        """Look at a koan of the path that raised nothing.

        Raises:
            Refused: its own lines were changed, or an answer is none.
        """
        file, name = self.learner(item.path), self.file_of(item)
        if file is None or name is None or item.name not in self.workspace.names_in(name):
            return
        if name not in self._reviews:
            # Of koans made from an older solution nobody knows what they said.
            current = build.is_current(self.workspace, name)
            self._reviews[name] = (
                review.Review(file, self.workspace.solution(name)) if current else None
            )
        if made := self._reviews[name]:
            names = {name: item.funcargs[name] for name in item.fixturenames}
            if objection := made.objection(item.name, vars(item.module), names):
                raise review.Refused(objection)

    def judge(
        self, item: pytest.Item, error: BaseException | None, duration: float
    ) -> Outcome | None:
        """What a koan came to; None for what is not on the path or cannot be read any more."""
        if isinstance(item, BrokenKoan | AbsentKoan):
            return item.outcome
        file, name = self.learner(item.path), self.file_of(item)
        if file is None or name is None:
            return None
        if error is None:
            outcome = judge.passed(file, name, item.name)
        elif isinstance(error, review.Refused):
            outcome = review.refused(file, name, item.name, error.objection)
        elif blanks := file.blanks(item.name):
            outcome = judge.unanswered(file, name, item.name, blanks)
        else:
            sides = self.config.stash.get(SIDES, judge.Sides())
            outcome = judge.failed(file, name, item.name, error, sides)
        return replace(outcome, duration=duration)

    def stuck(self, item: pytest.Item, seconds: float) -> Outcome | None:
        """What a koan came to that the main thread does not come back from."""
        file, name = self.learner(item.path), self.file_of(item)
        frame = sys._current_frames().get(threading.main_thread().ident or 0)
        if file is None or name is None or frame is None:
            return None
        return replace(judge.stuck(file, name, item.name, frame, seconds), duration=seconds)
