"""Killed at any moment, the learner has the old file or the new one, and the backup.

A process that works without a pause is killed after a wait that is drawn anew each time: 30 kills,
or as many as `KOANS_KILLS` says.
"""

import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jax_koans.actions.reset import reset_files
from jax_koans.course.path import Workspace
from jax_koans.folder import progress
from jax_koans.source import erase

OPERATIONS = ["build", "reset_koan", "reset_files", "restore", "update", "progress"]
KILLS = int(os.environ.get("KOANS_KILLS", "30"))
LONGEST = 0.15  # seconds that a process works before it is killed: some turns

SOLUTION = '''"""Version 0."""

from jax_koans import __


def test_{name}_one():
    """One."""
    # HINT: Count.
    # HINT: 1.
    assert len("a") == __(1)
    # WHY: It is so.


def test_{name}_two():
    """Two."""
    # HINT: Count.
    # HINT: 2.
    assert len("ab") == __(2)
    # WHY: It is so.
'''
PATH = {
    f"01_one/test_0{n}_{name}.py": SOLUTION.format(name=name) for n, name in ((1, "a"), (2, "b"))
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_is_lost(operation, make_learner):
    draw = random.Random(operation)
    for kill in range(max(1, KILLS // len(OPERATIONS))):
        learner = make_learner(PATH, folder=f"learner{kill}")
        said = _killed(operation, learner.root, draw.uniform(0, LONGEST))
        last = max(map(int, said.split()), default=0)
        if operation == "progress":
            _nothing_forgotten(learner, last)
        else:
            _nothing_lost(learner, last)
        _the_next_command_works(learner)


def _killed(operation, root, seconds):
    """What the process said until it was killed, so many seconds after its first turn."""
    busy = [sys.executable, str(Path(__file__).parent / "busy.py"), operation, str(root)]
    with subprocess.Popen(
        busy, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        first = process.stdout.readline()
        time.sleep(seconds)
        assert process.poll() is None, process.stderr.read()
        process.kill()
        return first + process.stdout.read()


def _nothing_lost(learner, last):
    here = {file: learner.read(file) for file in learner.workspace.files}
    kept = [
        path.read_text()
        for folder in _backups(learner)
        for path in (folder / "koans").rglob("*.py")
    ]
    for text in [*here.values(), *kept]:
        assert _is_whole(text), text
    # The edit of the last turn that was reported, or of one more, is there or in a backup.
    for file, text in here.items():
        name = re.search(r"test_\d\d_(\w)", file)[1]
        copies = [each for each in [text, *kept] if f"test_{name}_one" in each]
        assert any(f"# turn {turn}\n" in each for each in copies for turn in (last, last + 1))


def _is_whole(text):
    """Whether a text is, but for its version and an answer, the koan or the koan answered."""
    plain = re.sub(r"Version \d+", "Version 0", re.sub(r"== \d+  # turn \d+", "== __", text))
    return plain in map(erase, PATH.values())


def _backups(learner):
    place = learner.workspace.state_dir / "backups"
    return [each for each in place.glob("*") if each.name != "unfinished"] if place.exists() else []


def _nothing_forgotten(learner, last):
    state = json.loads((learner.workspace.state_dir / "progress.json").read_text())
    assert state["passed"].keys() >= {f"test_{turn}" for turn in range(1, last + 1)}


def _the_next_command_works(learner):
    workspace = Workspace(learner.root)

    done = reset_files(workspace, workspace.files)

    assert done.warning == ""
    for file in workspace.files:
        assert learner.read(file) == erase(workspace.solution(file))
    assert progress.record(workspace, {"test_after": "b"}) == ""
    assert "test_after" in progress.load(workspace).passed
    # A solution is the authors' file: busy.py writes it, no command does.
    left_over = [each.relative_to(learner.root) for each in learner.root.rglob("*.koans-tmp")]
    assert [each for each in left_over if each.parts[0] != "solutions"] == []
