"""Collecting koans: a file that does not import fails where it stands, and stops nobody else."""

import ast
import contextlib
import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jax_koans.course.koans_lock import is_current
from jax_koans.course.path import Workspace
from jax_koans.judge import verdict
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Outcome
from jax_koans.run.isolation import GUARD, no_exit
from jax_koans.screen.koan import summary
from jax_koans.source.text import Source, tests

_ENDS = ("skip", "skipif", "xfail")


class KoanModule(pytest.Module):
    """A file of koans."""

    @functools.cached_property
    def workspace(self) -> Workspace:
        return Workspace(self.config.rootpath)

    @functools.cached_property
    def file(self) -> str:
        return self.workspace.relative(self.path) or self.path.name

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        try:
            LearnerFile.read(self.path)  # Python lets bytes that are not UTF-8 pass in a comment
            with self.config.stash[GUARD].kept(), no_exit():
                found = list(super().collect())
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            names = self.workspace.names_in(self.file) or [self.path.stem]
            return [self._broken(name, error) for name in names]
        for node in (self, *found):
            # A koan is not skipped, and not expected to fail: it counts when it runs and holds.
            node.own_markers[:] = [each for each in node.own_markers if each.name not in _ENDS]
        return self._in_order(found)

    def _broken(self, name: str, error: BaseException) -> "FailedKoan":
        """What stands for a koan of a file that does not import: for -k, --lf, an IDE's tree."""
        outcome = verdict.broken(self.path, self.file, name, error, self.workspace)
        with contextlib.suppress(OSError, ValueError, LookupError):
            # The docstring is the solution's: the file cannot be asked for it.
            koan = tests(Source.read(self.workspace.solution(self.file)).tree.body)[name]
            outcome = replace(outcome, docstring=ast.get_docstring(koan) or "")
        return FailedKoan.from_parent(self, name=name, outcome=outcome)

    def _in_order(
        self, found: list[pytest.Item | pytest.Collector]
    ) -> list[pytest.Item | pytest.Collector]:
        """What was found, and where it is missed each koan whose test was renamed or deleted."""
        path = self.workspace.names_in(self.file)
        known = {each.name for each in found}
        missing = [name for name in path if name not in known]
        if not missing or not is_current(self.workspace, self.file):
            return found
        places = {name: place for place, name in enumerate(path)}
        for name in missing:
            outcome = verdict.absent(self.file, name)
            found.append(FailedKoan.from_parent(self, name=name, outcome=outcome))
        return sorted(found, key=lambda each: places.get(each.name, len(path)))


class FailedKoan(pytest.Item):
    """A koan that cannot run: its file does not import, or its test is not in the file."""

    def __init__(self, *, outcome: Outcome, **known: Any) -> None:
        super().__init__(**known)
        self.outcome = outcome

    def runtest(self) -> None:
        pytest.fail(summary(self.outcome), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, (self.outcome.line or 1) - 1, self.name
