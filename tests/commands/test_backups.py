"""A backup is whole before anything is written, and nothing is written through a link."""

import os
import stat
import sys

import pytest

from jax_koans.folder import backups
from jax_koans.folder.state_dir import alone

LETTERS = "01_count/test_01_letters.py"
links = pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")


def folders(learner):
    place = learner.workspace.state_dir / "backups"
    return sorted(each.name for each in place.iterdir()) if place.exists() else []


def test_restoring_twice_is_where_one_was(learner):
    learner.answer(LETTERS, "1")
    mine = learner.read(LETTERS)
    learner.koans("reset", LETTERS)
    fresh = learner.read(LETTERS)

    learner.koans("restore")
    assert learner.read(LETTERS) == mine
    learner.koans("restore")
    assert learner.read(LETTERS) == fresh
    learner.koans("restore")
    assert learner.read(LETTERS) == mine


def test_without_a_backup_restore_says_so(learner):
    done = learner.koans("restore")

    assert done.returncode == 1
    assert "no backup yet" in done.stdout


def test_the_last_one_is_the_one_with_the_highest_number(learner):
    place = learner.workspace.state_dir / "backups"
    for name in ("9_2031-01-01_00-00-00", "010_2026-01-01_00-00-00", "unfinished", "notes"):
        (place / name).mkdir(parents=True)

    assert backups.last(learner.workspace) == place / "010_2026-01-01_00-00-00"


def test_bytes_that_are_no_text_come_back_as_they_were(learner):
    learner.write(LETTERS, b"\xff\xfe\x00 not text")

    learner.koans("reset", LETTERS)
    learner.koans("restore")

    assert (learner.workspace.koans_dir / LETTERS).read_bytes() == b"\xff\xfe\x00 not text"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes")
def test_the_mode_stays(learner):
    learner.answer(LETTERS, "1")
    path = learner.workspace.koans_dir / LETTERS
    path.chmod(0o640)

    learner.koans("reset", LETTERS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    learner.koans("restore")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_backup_that_cannot_be_made_stops_before_anything_is_written(learner):
    learner.answer(LETTERS, "1")
    mine = learner.read(LETTERS)
    learner.workspace.state_dir.mkdir()
    (learner.workspace.state_dir / "backups").write_text("a file in its place")

    done = learner.koans("reset", LETTERS)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert learner.read(LETTERS) == mine


def test_one_command_at_a_time_writes(learner, monkeypatch):
    monkeypatch.setattr("jax_koans.folder.state_dir.PATIENCE", 0)
    learner.answer(LETTERS, "1")
    with alone(learner.workspace):
        done = learner.koans("reset", LETTERS)

    assert done.returncode == 2
    assert "Another koans command" in done.stderr
    assert folders(learner) == []


def test_the_leavings_of_a_killed_command_are_swept_and_nothing_else(learner):
    chapter = learner.workspace.koans_dir / "01_count"
    left_over = chapter / ".test_01_letters.py.abc.koans-tmp"
    left_over.write_text("half")
    mine = chapter / ".test_01_letters.py.swp"
    mine.write_text("an editor's")
    unfinished = learner.workspace.state_dir / "backups" / "unfinished" / "koans"
    unfinished.mkdir(parents=True)
    learner.answer(LETTERS, "1")

    done = learner.koans("reset", LETTERS)

    assert done.returncode == 0
    assert not left_over.exists()
    assert mine.exists()
    assert [name[:4] for name in folders(learner)] == ["001_"]


@links
@pytest.mark.parametrize("linked", [".koans", "koans", "koans/01_count", f"koans/{LETTERS}"])
@pytest.mark.parametrize("command", ["reset", "restore", "update", "build"])
def test_no_command_writes_through_a_link(learner, tmp_path, linked, command):
    learner.answer(LETTERS, "1", "2")
    learner.koans("reset", "two_letters")  # so there is a backup
    solution = learner.workspace.solutions_dir / LETTERS
    solution.write_text(solution.read_text().replace("A letter has", "Each letter has"))
    elsewhere = tmp_path / "elsewhere"
    (learner.root / linked).rename(elsewhere)
    os.symlink(elsewhere, learner.root / linked)
    before = _bytes(elsewhere)
    words = {"reset": [LETTERS], "update": ["--yes"], "build": ["--force"]}.get(command, [])

    done = learner.koans(command, *words)

    assert done.returncode == 2
    assert "symbolic link" in done.stderr
    assert "Traceback" not in done.stderr
    assert _bytes(elsewhere) == before


def _bytes(place):
    files = [place] if place.is_file() else [each for each in place.rglob("*") if each.is_file()]
    return {file: file.read_bytes() for file in files if not file.name.endswith("lock")}
