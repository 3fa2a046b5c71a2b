"""A process that does one thing again and again until it is killed, and says what is done.

    python busy.py OPERATION FOLDER

Each turn begins with an edit of the learner's, which is reported once it is on the disk.
"""

import sys
from itertools import count
from pathlib import Path

from jax_koans.actions.build import build
from jax_koans.actions.reset import reset_files, reset_koan
from jax_koans.actions.update import preview, update
from jax_koans.course.path import Workspace
from jax_koans.folder import backups, progress
from jax_koans.folder.files import write_atomically
from jax_koans.folder.state_dir import alone
from jax_koans.source import erase


def edit(workspace, turn):
    """Both files with an answer of this turn's, and a line of the learner's own."""
    for file in workspace.files:
        text = erase(workspace.solution(file)).replace("== __", f"== {turn}  # turn {turn}", 1)
        write_atomically(workspace.koans_dir / file, text)
    say(turn)


def renew(workspace, turn):
    """The path goes on: the solutions have another version."""
    for file in workspace.files:
        path = workspace.solutions_dir / file
        first, rest = path.read_text().split("\n", 1)
        write_atomically(path, f'"""Version {turn}."""\n{rest}' if first else rest)


def say(turn):
    print(turn, flush=True)


def do_build(workspace, turn):
    edit(workspace, turn)
    build(Workspace(workspace.root), force=True)


def do_reset_koan(workspace, turn):
    edit(workspace, turn)
    reset_koan(workspace, workspace.koans[0])


def do_reset_files(workspace, turn):
    edit(workspace, turn)
    reset_files(workspace, workspace.files)


def do_restore(workspace, turn):
    if turn == 1:
        edit(workspace, turn)
        reset_files(workspace, workspace.files)
    say(1)
    with alone(workspace):
        backups.restore(workspace, backups.last(workspace))


def do_update(workspace, turn):
    edit(workspace, turn)
    renew(workspace, turn)
    update(workspace, preview(workspace))


def do_progress(workspace, turn):
    warning = progress.record(workspace, {f"test_{turn}": "a"})
    assert not warning, warning
    say(turn)


if __name__ == "__main__":
    operation, workspace = globals()[f"do_{sys.argv[1]}"], Workspace(Path(sys.argv[2]))
    for turn in count(1):
        operation(workspace, turn)
