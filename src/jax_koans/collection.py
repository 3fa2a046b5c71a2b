"""Collecting koans: a file that does not import fails where it stands, and stops nobody else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jax_koans import judge, report
from jax_koans.files import read_text
from jax_koans.outcome import Outcome
from jax_koans.path import Workspace


class KoanModule(pytest.Module):
    """A file of koans."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        try:
            read_text(self.path)  # Python itself lets bytes that are not UTF-8 pass in a comment
            yield from list(super().collect())
        except (Exception, SystemExit) as error:
            workspace = Workspace(self.config.rootpath)
            file = workspace.relative(self.path) or self.path.name
            # The koans keep their names, so that -k, --lf and an IDE's tree find them.
            for name in workspace.names_in(file) or [self.path.stem]:
                outcome = judge.broken(self.path, file, name, error)
                yield BrokenKoan.from_parent(self, name=name, outcome=outcome)


class BrokenKoan(pytest.Item):
    """A koan of a file that does not import: it fails with the file's own trouble."""

    def __init__(self, *, outcome: Outcome, **known: Any) -> None:
        super().__init__(**known)
        self.outcome = outcome

    def runtest(self) -> None:
        pytest.fail(report.summary(self.outcome), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, (self.outcome.line or 1) - 1, self.name
