"""What is read of a submission: answers alone, whatever else somebody hands in, and in bounds."""

import json
import os
import sys
import time

import pytest

from jax_koans.classroom import report
from jax_koans.classroom.judging import Terms, record
from jax_koans.classroom.submission import named, printable, read
from jax_koans.course.path import Workspace, shipped
from jax_koans.source import erase, solve
from jax_koans.source.slices import Slices

COURSE = Workspace(shipped())
FILE = "03_jit/test_01_traced_once.py"
KOANS = COURSE.names_in(FILE)
SOLVED = solve(COURSE.solution(FILE))
UNTOUCHED = erase(COURSE.solution(FILE))


@pytest.fixture
def submit(tmp_path):
    """Make a learner's folder with a text in a file, and read it."""

    def submit(text=SOLVED, name="anna"):
        path = tmp_path / name / "koans" / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path / name

    return submit


def read_one(path):
    return read("anna", path, COURSE)


def notebook(path, *cells):
    """A notebook with cells of code."""
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": c} for c in cells]}))


def cell(koan, text=SOLVED):
    return f"%%koan {koan}\n" + Slices.of(text, SOLVED)[koan]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("def (", "not Python"),
        (b"\xff\xfe", "utf-8"),
        (SOLVED.encode() + b"# \xff", "utf-8"),
        (bytes(range(256)) * 20, "utf-8"),
        (SOLVED + "\0", "not Python"),
        (SOLVED + "x = " + "-" * 50_000 + "1\n", "not Python"),
        (SOLVED + "x = " + "(" * 500 + ")" * 500, "not Python"),
        (SOLVED + "x = a" + ".a" * 20_000, "not Python"),
        ("x = 1\n" * 300_000, "far too large"),
        (b"\0" * 30_000_000, "far too large"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_a_file_that_cannot_be_read_is_one_problem(submit, content, why):
    began = time.monotonic()
    found = read_one(submit(content))

    assert list(found.problems) == [FILE]
    assert why in found.problems[FILE]
    assert len(found.problems[FILE]) < 120
    assert found.texts == {}
    assert time.monotonic() - began < 30


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("link", ["koans", "koans/03_jit", f"koans/{FILE}"])
def test_a_link_that_leads_out_of_a_submission_is_not_followed(submit, tmp_path, link):
    solved = submit(name="bert")
    (tmp_path / "anna" / link).parent.mkdir(parents=True)
    (tmp_path / "anna" / link).symlink_to(solved / link)

    assert "symbolic link" in read_one(tmp_path / "anna").problems[FILE]


@pytest.mark.skipif(sys.platform == "win32", reason="no such files")
def test_what_is_no_file_is_not_opened(submit):
    folder = submit()
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "endless.ipynb").symlink_to("/dev/zero")
    (folder / "folder.ipynb").mkdir()
    (folder / "itself").symlink_to(folder)
    deep = folder
    for _ in range(400):
        deep = deep / "deeper"
        os.mkdir(deep)
    found = read_one(folder)

    assert found.problems == {}
    assert set(found.touched) == set(KOANS)


@pytest.mark.parametrize(
    "content",
    ["[", "[]", "{}", '{"cells": 3}', '{"cells": [1]}', "[" * 100_000,
     '{"cells": [{"cell_type": "code", "source": 5}]}'],
    ids=str.__len__,
)  # fmt: skip
def test_a_notebook_that_is_none_is_one_problem(submit, content):
    folder = submit()
    (folder / "x.ipynb").write_text(content)
    found = read_one(folder)

    assert found.problems == {"x.ipynb": "not a notebook"}
    assert set(found.touched) == set(KOANS)


def test_a_cell_that_is_not_python_costs_one_koan(tmp_path):
    notebook(tmp_path / "anna.ipynb", f"%%koan {KOANS[0]}\ndef (", cell(KOANS[1]))
    found = read_one(tmp_path / "anna.ipynb")

    assert found.touched == (KOANS[1],)
    assert "not Python" in found.problems[KOANS[0]]
    states = record(found, Terms(tuple(KOANS), 20.0), {}).states
    assert states[KOANS[0]] == "unreadable"
    assert states[KOANS[2]] == "untouched"


def test_a_cell_counts_where_the_file_is_untouched(submit):
    folder = submit(UNTOUCHED)
    notebook(folder / "notebooks" / "03_jit.ipynb", cell(KOANS[0]), cell(KOANS[1], UNTOUCHED))
    notebook(folder / ".venv" / "hidden.ipynb", cell(KOANS[2]))

    assert read_one(folder).touched == (KOANS[0],)


def test_the_file_counts_where_both_are_answered(submit):
    folder = submit()
    other = SOLVED.replace('count("falling") == 1', 'count("falling") == 7')
    notebook(folder / "03_jit.ipynb", *(cell(koan, other) for koan in KOANS))

    assert read_one(folder).texts[FILE] == read_one(submit(name="bert")).texts[FILE]


@pytest.mark.parametrize("name", ["anna.py", "anna.zip"])
def test_what_is_no_submission_is_said(tmp_path, name):
    (tmp_path / name).write_text(SOLVED)

    assert read_one(tmp_path / name).problems == {".": "neither a folder nor a notebook"}


def test_names_tell_submissions_apart(tmp_path):
    anna, bert = tmp_path / "anna" / "koans", tmp_path / "bert" / "koans"

    assert [name for name, _path in named([anna, bert])] == ["anna/koans", "bert/koans"]
    assert [name for name, _path in named([anna, tmp_path / "bert"])] == ["koans", "bert"]
    assert len(named([anna, anna, tmp_path / "anna" / ".." / "anna" / "koans"])) == 1
    assert named([]) == []


def test_a_name_does_nothing_to_the_teachers_terminal():
    assert printable("\x1b[2J\nanna\0\ud800 é") == "?[2J anna?? é"


def test_of_many_files_with_one_problem_the_report_has_one_line(tmp_path):
    folder = tmp_path / "anna"
    for file in COURSE.files:
        (folder / "koans" / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / "koans" / file).write_bytes(b"\xff")
    told = report.lines([record(read_one(folder), Terms(tuple(KOANS), 20.0), {})])

    assert f"{COURSE.files[0]} and {len(COURSE.files) - 1} more: " in str(told[-1])
    assert len(told) == 4
