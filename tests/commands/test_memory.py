"""Hints and what was given up are remembered, until a koan is reset."""

import json

import pytest

from jax_koans.folder import last_verdict, progress

LETTERS = "01_count/test_01_letters.py"
FIRST, SECOND = "test_a_letter_is_one", "test_two_letters_are_two"


def state(learner):
    return json.loads((learner.workspace.state_dir / "progress.json").read_text())


def test_hints_come_one_at_a_time_for_the_koan_where_the_learner_is(learner, mark_passed):
    assert "Hint 1 of 2" in learner.koans("hint").stdout
    learner.answer(LETTERS, "1")
    mark_passed(FIRST)

    assert SECOND in learner.koans("hint").stdout
    assert "Hint 2 of 2" in learner.koans("hint").stdout
    assert "no more hints" in learner.koans("hint").stdout
    assert state(learner)["hints"] == {FIRST: 1, SECOND: 2}


def test_a_koan_that_changed_since_it_passed_is_where_the_learner_is(learner, mark_passed):
    learner.answer(LETTERS, "1")
    mark_passed(FIRST)
    learner.answer(LETTERS, "2")
    learner.write(LETTERS, learner.read(LETTERS).replace('len("a") == 1', 'len("a") == 3'))

    assert FIRST in learner.koans("hint").stdout


def test_without_a_name_the_koan_that_failed_last_is_meant(learner):
    learner.answer(LETTERS, "1", "2", "7")
    learner.pytest("koans", "-q", "-k", "two_letters")
    record = json.loads((learner.workspace.state_dir / "last.json").read_text())
    assert record.pop("at").endswith("+00:00")
    assert record == {"koan": SECOND, "state": "wrong", "passed": 0}
    assert not (learner.workspace.state_dir / "progress.json").exists()

    assert SECOND in learner.koans("hint").stdout

    learner.write(LETTERS, learner.read(LETTERS).replace("== 7", "== 1"))
    learner.pytest(f"koans/{LETTERS}", "-q")
    passed = last_verdict.load(learner.workspace)
    assert (passed.koan, passed.state, passed.passed) == (SECOND, "passed", 2)

    assert "test_double_is_twice" in learner.koans("hint").stdout


def test_a_koan_that_failed_last_and_passed_since_is_not_meant(learner, mark_passed):
    progress.record(learner.workspace, {}, (FIRST, "wrong"))
    learner.answer(LETTERS, "1")
    mark_passed(FIRST)

    assert SECOND in learner.koans("hint").stdout


@pytest.mark.parametrize(
    "text", ["", "[]", '{"koan": "test_two_letters_are_two"}', '{"koan": 1e999', "\udcff"]
)
def test_a_last_verdict_that_cannot_be_read_counts_as_none(learner, text):
    learner.workspace.state_dir.mkdir()
    last_verdict.file(learner.workspace).write_bytes(text.encode(errors="surrogateescape"))

    assert last_verdict.load(learner.workspace) is None
    assert FIRST in learner.koans("hint").stdout


def test_a_solution_stays_closed_until_the_koan_has_passed(learner, mark_passed):
    refused = learner.koans("solution")

    assert refused.returncode == 1
    assert "--give-up" in refused.stderr
    assert refused.stdout == ""
    assert not (learner.workspace.state_dir / "progress.json").exists()

    learner.answer(LETTERS, "2 - 1")
    mark_passed(FIRST)
    shown = learner.koans("solution", FIRST)
    assert shown.returncode == 0
    assert '-    assert len("a") == 2 - 1\n+    assert len("a") == 1\n' in shown.stdout
    assert SECOND not in shown.stdout
    assert state(learner)["given_up"] == {}


def test_of_a_file_only_what_has_passed_is_shown(learner, mark_passed):
    learner.answer(LETTERS, "2 - 1")
    mark_passed(FIRST)

    shown = learner.koans("solution", LETTERS)

    assert shown.returncode == 0
    assert FIRST in shown.stdout
    assert "letters[1:]" not in shown.stdout


def test_giving_up_is_remembered_also_when_the_koan_passes_later(learner, mark_passed):
    shown = learner.koans("solution", "--give-up")
    when = state(learner)["given_up"][FIRST]
    learner.answer(LETTERS, "1")
    mark_passed(FIRST)
    again = learner.koans("solution", FIRST)

    assert "given up" in shown.stdout
    assert "given up" not in again.stdout
    assert state(learner)["given_up"] == {FIRST: when}
    assert "Given up:" in learner.koans("list").stdout


def test_a_solution_is_shown_beside_a_file_that_is_no_python(learner):
    learner.write(LETTERS, "def half(\n")

    shown = learner.koans("solution", "--give-up", FIRST)

    assert shown.returncode == 0
    assert "reference alone" in shown.stdout
    assert '+    assert len("a") == 1' in shown.stdout


def test_reset_forgets_the_koan_and_no_other(learner, mark_passed):
    learner.answer(LETTERS, "1", "2", "1")
    mark_passed(FIRST, SECOND)
    learner.koans("hint", FIRST)
    learner.koans("hint", SECOND)
    learner.koans("solution", "--give-up", "twice")

    learner.koans("reset", FIRST)

    assert state(learner)["passed"].keys() == {SECOND}
    assert state(learner)["hints"] == {SECOND: 1}
    assert state(learner)["given_up"].keys() == {"test_double_is_twice"}
    learner.koans("reset", "02_times")
    assert state(learner)["given_up"] == {}
    assert state(learner)["passed"].keys() == {SECOND}


def test_what_a_later_version_wrote_survives(learner):
    learner.workspace.state_dir.mkdir()
    file = learner.workspace.state_dir / "progress.json"
    file.write_text('{"schema": 1, "streak": {"days": 3}, "passed": {}}')

    progress.record(learner.workspace, {FIRST: "a"})
    progress.note_hint(learner.workspace, FIRST, 1)

    assert state(learner)["streak"] == {"days": 3}
    assert state(learner)["passed"].keys() == {FIRST}


def test_a_progress_file_that_cannot_be_read_is_not_written_over(learner, monkeypatch):
    progress.record(learner.workspace, {FIRST: "a"})

    def refuse(path):
        raise PermissionError(13, "not yours")

    monkeypatch.setattr(progress, "read_text", refuse)
    warning = progress.record(learner.workspace, {SECOND: "b"})

    assert "not saved" in warning
    assert state(learner)["passed"].keys() == {FIRST}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"schema": 2, "passed": {}}',
        '{"schema": 1, "passed": []}',
        '{"schema": 1, "passed": {}, "hints": {"a": 1e999}}',
        '{"schema": 1, "passed": {}, "hints": {"test_a_letter_is_one": -5}}',
        '{"schema": 1, "passed": {"\\ud800": {"source": "a", "at": "b"}}}',
    ],
)
def test_no_progress_file_stands_in_the_way(learner, text):
    learner.workspace.state_dir.mkdir()
    (learner.workspace.state_dir / "progress.json").write_text(text)

    done = learner.koans("hint")

    assert done.returncode == 0
    assert "Hint 1 of 2" in done.stdout
    assert state(learner)["hints"][FIRST] == 1


def test_a_hint_is_shown_even_where_nothing_can_be_written(learner):
    learner.workspace.state_dir.write_text("a file where the folder should be")

    done = learner.koans("hint")

    assert done.returncode == 0
    assert "Hint 1 of 2" in done.stdout
    assert "not saved" in done.stderr
    assert "move it away" in done.stderr


def test_a_region_that_others_use_is_named(learner):
    learner.write(
        "02_times/test_01_double.py",
        learner.read("02_times/test_01_double.py").replace(
            "raise NotImplementedError", "return x + x"
        ),
    )

    done = learner.koans("reset", "twice")

    assert "test_half_of_a_double_is_the_same" in done.stdout
    assert "return x + x" not in learner.read("02_times/test_01_double.py")


def test_a_koan_of_a_file_that_is_no_python_is_reset_with_the_file(learner):
    learner.write(LETTERS, "def half(\n")

    refused = learner.koans("reset", FIRST)
    assert refused.returncode == 2
    assert f"koans reset koans/{LETTERS}" in refused.stderr
    assert learner.read(LETTERS) == "def half(\n"

    assert learner.koans("reset", f"koans/{LETTERS}").returncode == 0
    assert "assert" in learner.read(LETTERS)
