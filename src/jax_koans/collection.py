"""Collecting koans: a file that does not import fails where it stands, and stops nobody else."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from jax_koans import judge, report
from jax_koans.build import is_current
from jax_koans.files import read_text
from jax_koans.outcome import Outcome
from jax_koans.path import Workspace


class KoanModule(pytest.Module):
    """A file of koans."""

    @cached_property
    def workspace(self) -> Workspace:
        return Workspace(self.config.rootpath)

    @cached_property
    def file(self) -> str:
        return self.workspace.relative(self.path) or self.path.name

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        try:
            read_text(self.path)  # Python itself lets bytes that are not UTF-8 pass in a comment
            yield from self._in_order(list(super().collect()))
        except (Exception, SystemExit) as error:
            # The koans keep their names, so that -k, --lf and an IDE's tree find them.
            for name in self.workspace.names_in(self.file) or [self.path.stem]:
                outcome = judge.broken(self.path, self.file, name, error)
                yield BrokenKoan.from_parent(self, name=name, outcome=outcome)

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
