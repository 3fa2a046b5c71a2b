"""Hostile files on a path of their own."""

from pathlib import Path

import pytest

from jax_koans.source import solve


@pytest.fixture(scope="session")
def make_hostile(make_learner_in):
    """Make a learner whose files are the cases', one after the other."""

    def make(parent: Path, cases, **options):
        files = {f"01_one/test_{i:02}_{case.name}.py": case for i, case in enumerate(cases, 1)}
        solutions = {file: case.solution for file, case in files.items()}
        learner = make_learner_in(parent, solutions, **options)
        for file, case in files.items():
            learner.write(file, case.text(solve(case.solution)))
        return learner

    return make
