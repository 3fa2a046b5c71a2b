"""A spare that has rehearsed says of every koan what a process says that has not.

    pytest tests/watch/test_agreement.py                     some files, in both precisions
    KOANS_AGREE=all pytest -n 2 tests/watch/test_agreement.py      every file

Two spares a file see to it, one for each precision: they run the file solved, and then, in a
process that by then has run even more, untouched.
"""

import os
from functools import cache
from pathlib import Path

import pytest

from jax_koans.actions import init as learners_folder
from jax_koans.course.path import Workspace
from jax_koans.run.prestarted_process import ARGUMENTS, Prestarted
from jax_koans.run.separate_process import Supervised
from jax_koans.source import solve

FILES = Workspace(Path(__file__).parents[2]).files
SOME = FILES if os.environ.get("KOANS_AGREE") == "all" else FILES[::12]
GO_ON = "--maxfail=1000"  # past the first koan that waits: every one is compared
PATIENCE = 250  # seconds until a spare must be ready: generous, since machines are shared

pytestmark = pytest.mark.timeout(4 * PATIENCE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A learner's folder for each kind of text, `solved` and `untouched`."""
    folders = {}
    for kind in ("solved", "untouched"):
        root = tmp_path_factory.mktemp("agreement") / kind
        learners_folder.make(root)
        folders[kind] = Workspace(root)
    for file in FILES:
        text = solve(folders["solved"].solution(file))
        (folders["solved"].koans_dir / file).write_bytes(text.encode())
    return folders


@pytest.fixture(scope="module")
def cold(folder):
    """What the koans come to in one process, in the order of the path, by kind and precision."""

    @cache
    def cold(kind, precision):
        with Supervised() as process:
            files = [str(folder[kind].koans_dir / file) for file in SOME]
            return verdicts(process.run(folder[kind].root, [*ARGUMENTS, GO_ON, precision, *files]))

    return cold


def verdicts(events):
    """What the learner is told of each koan, by its name."""
    outcomes = [event["outcome"] for event in events if event["event"] == "outcome"]
    told = ("state", "error", "why", "line")
    return {each["koan"]: {key: each[key] for key in told} for each in outcomes}


@pytest.mark.parametrize("precision", ["--no-x64", "--x64"])
@pytest.mark.parametrize("file", SOME)
def test_a_spare_and_a_fresh_process_agree(folder, cold, file, precision):
    names = folder["solved"].names_in(file)
    spare = Prestarted(folder["solved"], file, names[:1], [GO_ON, precision])
    try:
        assert spare.ready.wait(PATIENCE), spare.process.said()
        solved = verdicts(spare.run(names))
        untouched = verdicts(
            spare.process.run(
                folder["untouched"].root,
                [*ARGUMENTS, GO_ON, precision, str(folder["untouched"].koans_dir / file)],
            )
        )
    finally:
        spare.end()

    assert solved == {name: cold("solved", precision)[name] for name in names}
    assert untouched == {name: cold("untouched", precision)[name] for name in names}
    assert {each["state"] for each in solved.values()} == {"passed"}
    assert "passed" not in {each["state"] for each in untouched.values()}
