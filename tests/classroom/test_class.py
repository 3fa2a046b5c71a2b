"""`koans class`: who is where, read from folders, and nothing written there."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from jax_koans.actions import init as learners_folder
from jax_koans.classroom import table
from jax_koans.classroom.learners import Learner, folders, longest_first, read

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
KOANS = ["test_a", "test_b", "test_c"]


def learner(parent, name, passed=(), minutes=0, state="", koan="", **more):
    """A learner's folder who has passed koans, the last one so many minutes ago."""
    state_dir = parent / name / ".koans"
    state_dir.mkdir(parents=True)
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    known = {"schema": 1, "passed": {each: {"source": "x", "at": at} for each in passed}, **more}
    (state_dir / "progress.json").write_text(json.dumps(known))
    verdict = {"koan": koan, "state": state, "at": at, "passed": len(passed)}
    (state_dir / "last.json").write_text(json.dumps(verdict))
    return parent / name


def test_where_a_learner_is(tmp_path):
    folder = learner(
        tmp_path, "anna", ["test_a"], 12, hints={"test_b": 2}, given_up={"test_b": "x"}
    )
    found = read("anna", folder, KOANS)

    assert (found.passed, found.koan, found.hints, found.given_up) == (1, "test_b", 2, 1)
    assert NOW - found.since == timedelta(minutes=12)


def test_the_koan_that_failed_last_is_the_one_they_are_at(tmp_path):
    folder = learner(tmp_path, "anna", ["test_a"], koan="test_c", state="wrong")

    assert read("anna", folder, KOANS).koan == "test_c"


def test_who_has_not_begun_and_who_is_done(tmp_path):
    (tmp_path / "new" / ".koans").mkdir(parents=True)
    done = learner(tmp_path, "done", KOANS)

    assert read("new", tmp_path / "new", KOANS) == Learner("new", koan="test_a", total=3)
    assert read("done", done, KOANS).koan == ""


@pytest.mark.parametrize("content", ["{", '{"schema": 1, "passed": {"test_a"', "[]", "\x00"])
def test_a_file_that_cannot_be_read_is_one_marked_row_and_stays(tmp_path, content):
    folder = learner(tmp_path, "anna", ["test_a"])
    file = folder / ".koans" / "progress.json"
    file.write_text(content)
    before = sorted(folder.rglob("*"))

    assert read("anna", folder, KOANS).problem
    assert file.read_text() == content
    assert sorted(folder.rglob("*")) == before


def test_folders_are_found_below_and_not_inside_of_each_other(tmp_path):
    learner(tmp_path, "homes/anna/koans")
    learner(tmp_path, "homes/bert/koans")
    learner(tmp_path, "homes/bert/koans/notes")
    learner(tmp_path, "homes/.hidden")

    assert [name for name, _folder in folders([tmp_path / "homes"])] == ["anna/koans", "bert/koans"]


def test_who_has_been_longest_at_one_koan_comes_first():
    rows = [
        Learner("done", 3, "", NOW - timedelta(hours=5)),
        Learner("quick", 1, "test_b", NOW - timedelta(minutes=1)),
        Learner("stuck", 1, "test_b", NOW - timedelta(minutes=40)),
        Learner("broken", problem="progress cannot be read"),
    ]

    order = [each.name for each in longest_first(rows, NOW)]
    assert order == ["broken", "stuck", "quick", "done"]


def test_the_table_says_where_most_are():
    rows = [
        Learner("anna", 1, "test_b", NOW - timedelta(minutes=40), 2, 1, total=3),
        Learner("bert", 1, "test_b", NOW - timedelta(hours=3), total=3),
        Learner(
            "a/very/long/way/to/the/home/of/carla",
            2,
            "test_c",
            NOW - timedelta(days=2),
            asks=NOW - timedelta(minutes=2),
            total=3,
        ),
        Learner("dora", 3, "", NOW, total=3),
        Learner("emil", problem="progress cannot be read"),
    ]

    assert (
        "\n".join(map(str, table.lines(rows, NOW)))
        == """\
2 of 5 are at test_b

learner                         passed  since   hints  given up  koan
anna                            1/3     40 min  2      1         test_b
bert                            1/3     3 h                      test_b
...ng/way/to/the/home/of/carla  2/3     2 d                      test_c  asks for help, 2 min
dora                            3/3                              all passed
emil                            ?                                progress cannot be read"""
    )


def test_csv_and_json_hold_the_same():
    rows = [Learner("anna, b", 1, "test_b", NOW, 2, 1, total=3), Learner("emil", problem="no")]
    as_csv = list(csv.DictReader(io.StringIO(table.to_csv(rows))))
    as_json = json.loads(table.to_json(rows))

    assert [{k: str(v) for k, v in row.items()} for row in as_json] == as_csv
    assert as_json[0]["since"] == "2026-12-01T12:00:00+00:00"


def test_a_real_class(tmp_path, learner_at):
    for name in ("anna", "bert"):
        learners_folder.make(tmp_path / "class" / name, "taste")
    anna = learner_at(tmp_path / "class" / "anna")
    anna.pytest()
    told = anna.koans("class", str(tmp_path / "class"))

    assert told.returncode == 0
    assert "2 of 2 are at test_jnp_has_the_functions_of_np" in told.stdout
    assert "0/16" in told.stdout
    assert [row["name"] for row in json.loads(anna.koans("class", "..", "--json").stdout)] == [
        "anna", "bert",
    ]  # fmt: skip


def test_no_folder_there_is_one_message(tmp_path, learner_at):
    (tmp_path / "empty").mkdir()
    told = learner_at(tmp_path / "empty").koans("class", str(tmp_path / "empty"))

    assert told.returncode == 2
    assert "No learner's folder" in told.stderr


def test_of_each_folder_two_small_files_are_read(tmp_path, monkeypatch):
    for number in range(3):
        learner(tmp_path, f"learner{number}", ["test_a"])
        (tmp_path / f"learner{number}" / "koans").mkdir()
    opened = []
    monkeypatch.setattr(
        "jax_koans.folder.progress.read_text",
        lambda file: opened.append(file.name) or file.read_text(),
    )
    for name, folder in folders([tmp_path]):
        read(name, folder, KOANS)

    assert opened == ["progress.json"] * 3
