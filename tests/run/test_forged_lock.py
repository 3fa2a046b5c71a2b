"""A koans.lock that was changed decides nothing: not for pytest, and koans doctor names it."""

import json

import pytest

from jax_koans.actions import init as learners_folder
from jax_koans.source.textfile import text_hash

FILE = "03_jit/test_01_traced_once.py"
KOAN = "test_print_runs_only_while_jit_traces"


@pytest.fixture
def learner(tmp_path, learner_at):
    learners_folder.make(tmp_path / "learner")
    return learner_at(tmp_path / "learner")


def gut(learner):
    """Replace a koan's test by nothing, and make the lock agree with it."""
    text = learner.read(FILE)
    start, end = text.index(f"def {KOAN}"), text.index("\ndef test_jit_retraces")
    gutted = f'{text[:start]}def {KOAN}():\n    """Nothing."""\n\n{text[end:]}'
    learner.write(FILE, gutted)
    lock = json.loads(learner.workspace.lock.read_text())
    lock["files"][FILE] = text_hash(gutted)
    learner.workspace.lock.write_text(json.dumps(lock))


def test_a_gutted_file_does_not_pass_with_a_forged_lock(learner):
    gut(learner)
    told = learner.pytest(f"koans/{FILE}::{KOAN}")

    assert told.returncode == 1
    assert "does not count yet" in told.stdout
    assert learner.passed() == set()


def test_doctor_names_a_forged_lock(learner):
    assert "koans.lock was changed" not in learner.koans("doctor").stdout
    gut(learner)
    told = learner.koans("doctor")

    assert told.returncode == 1
    assert f"koans.lock was changed: {FILE}" in told.stdout


def test_a_folder_of_an_older_version_is_behind_and_not_forged(learner):
    lock = json.loads(learner.workspace.lock.read_text())
    lock["version"] = "0.1.0"
    lock["files"][FILE] = text_hash("older")
    learner.workspace.lock.write_text(json.dumps(lock))

    assert "koans.lock was changed" not in learner.koans("doctor").stdout
