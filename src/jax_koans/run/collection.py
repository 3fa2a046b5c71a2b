"""Collecting koans: a file that does not import fails where it stands, and stops nobody else."""

import functools
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jax_koans.course.lock import is_current
from jax_koans.course.path import Workspace
from jax_koans.judge import verdict as judge
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Outcome
from jax_koans.run.guard import GUARD
from jax_koans.screen import koan as report

_ENDS = ("skip", "skipif", "xfail")


class KoanModule(pytest.Module):
    """A file of koans; `known` is what came of its import in a process that ended over it."""

    known: Outcome | None = None

    @functools.cached_property
    def workspace(self) -> Workspace:
        return Workspace(self.config.rootpath)

    @functools.cached_property
    def file(self) -> str:
        return self.workspace.relative(self.path) or self.path.name

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        if (known := self.known) is not None:
            return self._broken(lambda name: replace(known, koan=name))
        try:
            LearnerFile.read(self.path)  # Python lets bytes that are not UTF-8 pass in a comment
            found = self._import()
        except KeyboardInterrupt:
            raise  # a real one: the guard lets no other through
        except BaseException as error:
            broken = functools.partial(
                judge.broken, self.path, self.file, error=error, workspace=self.workspace
            )
            return self._broken(broken)
        for node in (self, *found):
            # A koan is not skipped, and not expected to fail: it counts when it runs and holds.
            node.own_markers[:] = [each for each in node.own_markers if each.name not in _ENDS]
        return self._in_order(found)

    def _import(self) -> list[pytest.Item | pytest.Collector]:
        guard = self.config.stash[GUARD]
        with guard.kept():
            try:
                with guard.stops():
                    return list(super().collect())
            finally:
                guard.settle(self.file)

    def _broken(self, outcome: Callable[[str], Outcome]) -> list[pytest.Item | pytest.Collector]:
        """What stands for the koans of a file that does not import: for -k, --lf, an IDE's tree."""
        return [
            BrokenKoan.from_parent(self, name=name, outcome=outcome(name))
            for name in self.workspace.names_in(self.file) or [self.path.stem]
        ]

    def _in_order(
        self, found: list[pytest.Item | pytest.Collector]
    ) -> list[pytest.Item | pytest.Collector]:
        """What was found, and where it is missed each koan whose test was renamed or deleted."""
        path = self.workspace.names_in(self.file)
        known = {each.name for each in found}
        missing = [name for name in path if name not in known]
        if not missing or not is_current(self.workspace, self.file):
            return found
        for name in missing:
            below = set(path[path.index(name) :])
            place = next((i for i, each in enumerate(found) if each.name in below), len(found))
            outcome = judge.absent(self.file, name)
            found.insert(place, AbsentKoan.from_parent(self, name=name, outcome=outcome))
        return found


def with_odd_files(
    folder: pytest.Directory, found: list[pytest.Item | pytest.Collector], workspace: Workspace
) -> list[pytest.Item | pytest.Collector]:
    """A chapter's files, and those that pytest passes over: a directory in a file's place, a link
    that leads nowhere. Their koans fail, as those of any file that cannot be read."""
    chapter = workspace.relative(folder.path) or ""
    paths = [workspace.koans_dir / file for file in workspace.files_in(chapter)]
    odd = [path for path in paths if os.path.lexists(path) and not path.is_file()]
    if not odd:
        return found
    kept = [node for node in found if node.path not in odd]
    kept += [KoanModule.from_parent(folder, path=path) for path in odd]
    return sorted(kept, key=lambda node: node.path.name)


class _Standing(pytest.Item):
    """A koan that cannot run: it fails with what is known of it before."""

    def __init__(self, *, outcome: Outcome, **known: Any) -> None:
        super().__init__(**known)
        self.outcome = outcome

    def runtest(self) -> None:
        pytest.fail(report.summary(self.outcome), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, (self.outcome.line or 1) - 1, self.name


class BrokenKoan(_Standing):
    """A koan of a file that does not import: it fails with the file's own trouble."""


class AbsentKoan(_Standing):
    """A koan of the path whose test is not in the file."""
