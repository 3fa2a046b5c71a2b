"""What has passed is remembered, whatever happens to the file that remembers it."""

import errno
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from jax_koans.folder import progress

FIRST = "01_one/test_01_one.py"


def file(learner):
    return learner.workspace.state_dir / "progress.json"


def test_a_pass_is_kept_with_its_source_and_time(learner):
    learner.answer(FIRST, "1")

    learner.pytest("koans", "-q")

    state = json.loads(file(learner).read_text())
    assert state["schema"] == progress.SCHEMA
    assert state["passed"].keys() == {"test_first"}
    assert len(state["passed"]["test_first"]["source"]) == 32
    assert state["passed"]["test_first"]["at"].endswith("+00:00")


def test_git_never_sees_it(learner):
    learner.answer(FIRST, "1")

    learner.pytest("koans", "-q")

    assert (
        learner.workspace.state_dir / ".gitignore"
    ).read_text() == "*\n!progress.json\n!last.json\n"


def test_a_koan_that_passed_and_fails_now_is_not_shown_as_passed(learner):
    learner.answer(FIRST, "1")
    learner.pytest("koans", "-q")
    learner.write(FIRST, learner.read(FIRST).replace("== 1", "== 4"))

    done = learner.pytest("koans", "-q")

    assert "▸ test_first" in done.stdout
    assert " 0/6" in done.stdout


def test_a_koan_changed_since_it_passed_waits_again(learner):
    learner.answer(FIRST, "1", "2")
    learner.pytest("koans", "-q")
    learner.write(FIRST, learner.read(FIRST).replace('len("ab") == 2', 'len("ab") == 1 + 1'))

    done = learner.pytest("koans", "-q", "-k", "third")

    assert "▸ test_third" in done.stdout
    assert " 1/6" in done.stdout


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"schema": 0, "passed": {}}', '{"schema": 99, "passed": {}}',
     '{"schema": 1}', '{"schema": 1, "passed": {"test_first": 3}}', b"\xff\xfe\x00", "[" * 5000],
)  # fmt: skip
def test_a_file_that_cannot_be_understood_is_set_aside_with_one_line(learner, text):
    learner.workspace.state_dir.mkdir()
    data = text if isinstance(text, bytes) else text.encode()
    file(learner).write_bytes(data)

    before = progress.load(learner.workspace)
    warning = progress.record(learner.workspace, {"test_first": "a"})

    assert before.passed == {}
    assert "starts again" in before.warning
    assert "\n" not in before.warning
    assert warning == ""
    assert progress.load(learner.workspace).passed.keys() == {"test_first"}
    kept = learner.workspace.state_dir / "progress.unreadable-1.json"
    assert kept.read_bytes() == data


def test_the_warning_reaches_the_learner(learner):
    learner.workspace.state_dir.mkdir()
    file(learner).write_text("{")

    done = learner.pytest("koans", "-q")

    assert done.stdout.count("Progress could not be understood") == 1


def test_two_runs_at_once_lose_nothing(learner):
    names = [f"test_{number}" for number in range(20)]

    with ThreadPoolExecutor(8) as pool:
        warnings = list(
            pool.map(lambda name: progress.record(learner.workspace, {name: "a"}), names)
        )

    assert warnings == [""] * 20
    assert progress.load(learner.workspace).passed.keys() == set(names)


def test_a_full_disk_costs_the_progress_and_not_the_run(learner, monkeypatch):
    def full(path, text):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(progress, "write_atomically", full)

    warning = progress.record(learner.workspace, {"test_first": "a"})

    assert "not saved" in warning
    assert "No space left" in warning


def test_a_state_folder_that_cannot_be_made_costs_the_progress_and_not_the_run(learner):
    learner.workspace.state_dir.write_text("a file where the folder should be")
    learner.answer(FIRST, "1")

    done = learner.pytest("koans", "-q")

    assert "1 failed, 1 passed" in done.stdout
    assert "Progress is not saved" in done.stdout or "Progress cannot be read" in done.stdout
