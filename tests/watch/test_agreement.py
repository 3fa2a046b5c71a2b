"""A spare that has rehearsed says of every koan what a fresh process says.

    pytest tests/watch/test_agreement.py                     a few files, in one precision
    KOANS_AGREE=all pytest tests/watch/test_agreement.py     every file, in both precisions

The second takes a quarter of an hour on two cores.
"""

import os
from pathlib import Path

import pytest

from jax_koans import learners_folder
from jax_koans.path import Workspace
from jax_koans.run import Supervised
from jax_koans.source import solve
from jax_koans.spare import ARGUMENTS, Spare

ALL = os.environ.get("KOANS_AGREE") == "all"
FILES = Workspace(Path(__file__).parents[2]).files
SOME = FILES if ALL else FILES[::12]
PRECISIONS = ["--no-x64", "--x64"] if ALL else ["--no-x64"]
GO_ON = "--maxfail=1000"  # past the first koan that waits: every one is compared
PATIENCE = 250  # seconds until a spare must be ready: generous, since machines are shared


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    root = tmp_path_factory.mktemp("agreement") / "untouched"
    learners_folder.make(root)
    return Workspace(root)


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    root = tmp_path_factory.mktemp("agreement") / "solved"
    learners_folder.make(root)
    workspace = Workspace(root)
    for file in SOME:
        (workspace.koans_dir / file).write_bytes(solve(workspace.solution(file)).encode())
    return workspace


def verdicts(events):
    """What the learner is told of each koan, by its name."""
    outcomes = [event["outcome"] for event in events if event["event"] == "outcome"]
    told = ("state", "error", "misconception", "line")
    return {each["koan"]: {key: each[key] for key in told} for each in outcomes}


def cold(workspace, file, precision):
    with Supervised() as process:
        arguments = [*ARGUMENTS, GO_ON, precision, str(workspace.koans_dir / file)]
        return verdicts(process.run(workspace.root, arguments))


def rehearsed(workspace, file, precision):
    names = workspace.names_in(file)
    spare = Spare(workspace, file, names[:1], [GO_ON, precision])
    try:
        assert spare.ready.wait(PATIENCE), spare.process.said()
        return verdicts(spare.run(names))
    finally:
        spare.end()


@pytest.mark.timeout(2 * PATIENCE)
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("file", SOME)
def test_solutions(solved, file, precision):
    fresh = cold(solved, file, precision)

    assert fresh.keys() == set(solved.names_in(file))
    assert {each["state"] for each in fresh.values()} == {"passed"}
    assert rehearsed(solved, file, precision) == fresh


@pytest.mark.timeout(2 * PATIENCE)
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("file", SOME)
def test_untouched_koans(untouched, file, precision):
    fresh = cold(untouched, file, precision)

    assert fresh.keys() == set(untouched.names_in(file))
    assert "passed" not in {each["state"] for each in fresh.values()}
    assert rehearsed(untouched, file, precision) == fresh
