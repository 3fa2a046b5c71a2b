"""`koans grade`: submissions judged by their answers alone, whatever else their folders hold."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from xml.etree import ElementTree

import pytest

from jax_koans.actions import init as learners_folder
from jax_koans.classroom import report
from jax_koans.classroom.grading import grade_all, load
from jax_koans.classroom.judging import Judge, Record, Terms
from jax_koans.classroom.judging import record as record_of
from jax_koans.course.path import Workspace, shipped
from jax_koans.source import erase, solve
from jax_koans.source.slices import Slices

pytestmark = pytest.mark.timeout(300)

COURSE = Workspace(shipped())
FILE = "03_jit/test_01_traced_once.py"
NEXT = COURSE.files[COURSE.files.index(FILE) + 1]
KOANS = COURSE.names_in(FILE)
SOLVED = solve(COURSE.solution(FILE))
UNTOUCHED = erase(COURSE.solution(FILE))
# In the background SIGINT is ignored, and children inherit that.
HEEDS_CTRL_C = """import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from jax_koans.__main__ import main
main()
"""


@pytest.fixture
def submit(tmp_path):
    """Make a submission: a learner's folder with a text in a file."""

    def submit(name, text, file=FILE):
        path = tmp_path / "submissions" / name / "koans" / file
        path.parent.mkdir(parents=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path.parents[2]

    return submit


@pytest.fixture
def graded(tmp_path):
    def graded(*paths, koans=KOANS, limit=20.0, workers=1):
        records = tmp_path / "records.jsonl"
        terms = Terms(tuple(koans), limit)
        found = grade_all(list(paths), terms, records, workers=workers)
        return {record.name: record for record in found}

    return graded


def test_a_solved_a_wrong_and_an_untouched_submission(submit, graded):
    wrong = SOLVED.replace('count("falling") == 1', 'count("falling") == 3')
    assert wrong != SOLVED
    found = graded(
        submit("solved", SOLVED), submit("wrong", wrong), submit("untouched", UNTOUCHED), workers=2
    )

    assert set(found["solved"].states.values()) == {"passed"}
    koan = "test_print_runs_only_while_jit_traces"
    assert found["wrong"].states[koan] == "wrong"
    assert "3 is the number of calls" in found["wrong"].reasons[koan]
    assert found["wrong"].passed == len(KOANS) - 1
    assert set(found["untouched"].states.values()) == {"untouched"}
    assert found["untouched"].problems


def test_what_is_handed_in_beside_the_answers_decides_nothing(submit, graded):
    gutted = UNTOUCHED
    for koan in KOANS:
        start = gutted.index(f"def {koan}")
        end = gutted.find("\ndef ", start + 1)
        gutted = f"{gutted[:start]}def {koan}():\n    pass\n{gutted[end:] if end > 0 else ''}"
    folder = submit("forged", gutted)
    (folder / "conftest.py").write_text("raise RuntimeError('never run')\n")
    (folder / "koans.lock").write_text('{"schema": 1, "version": "9", "files": {}}')
    (folder / ".koans").mkdir()
    passed = {koan: {"source": "x", "at": "2026"} for koan in KOANS}
    (folder / ".koans" / "progress.json").write_text(json.dumps({"schema": 1, "passed": passed}))

    assert graded(folder)["forged"].passed == 0


@pytest.mark.parametrize(
    ("act", "states"),
    [
        ("while True: pass", {"timeout"}),
        ("import time; time.sleep(1000)", {"timeout"}),
        ("import os; os.kill(os.getpid(), 9)", {"crashed"}),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", {"crashed"}),
        ("import numpy; held = [numpy.zeros(10**9) for _ in range(100)]", {"error"}),
        ("held = jnp.ones((10**6, 10**6))", {"error"}),
        ("import sys; sys.exit(0)", {"crashed"}),
        ("import pytest; pytest.skip()", {"crashed"}),
    ],
)
def test_what_one_koan_does_costs_one_koan(submit, graded, act, states):
    body = "    return jax.jit(lambda time: envelope(time) * jnp.sin(time))"
    start = SOLVED.index("def damped_wave")
    end = SOLVED.index("def test_", start)
    text = f"{SOLVED[:start]}def damped_wave(envelope):\n    {act}\n{body}\n\n\n{SOLVED[end:]}"
    found = graded(submit("anna", text), limit=3)["anna"]

    assert found.states[KOANS[0]] in states
    assert found.reasons[KOANS[0]]
    assert [found.states[koan] for koan in KOANS[1:]] == ["passed"] * (len(KOANS) - 1)


@pytest.mark.parametrize(
    ("line", "states"),
    [
        ("import os; os._exit(0)", {"crashed"}),
        ("for name in KOANS: globals().pop(name, None)", {"broken", "missing"}),
        ("import os; os.closerange(3, 64)", {"crashed"}),
    ],
)
def test_what_a_file_does_at_its_import_costs_one_file(submit, graded, line, states):
    text = f"{SOLVED}\nKOANS = {KOANS}\n{line}\n"
    folder = submit("anna", text)
    (folder / "koans" / NEXT).write_text(solve(COURSE.solution(NEXT)))
    beside = COURSE.names_in(NEXT)[:2]
    found = graded(folder, koans=KOANS + beside, limit=5)["anna"]

    assert {found.states[koan] for koan in KOANS} <= states
    assert all(found.reasons[koan] for koan in KOANS)
    assert [found.states[koan] for koan in beside] == ["passed"] * len(beside)


def test_one_submission_does_nothing_to_the_next(submit, graded):
    """Their one worker has judged the first when it begins the second."""
    patch = """
import jax_koans.judge.verdict as verdict
import jax_koans.run.session as session
session.verdict.failed = lambda file, name, koan, *rest: verdict.passed(file, name, koan)
jax.jit = lambda function: function
"""
    wrong = SOLVED.replace('count("falling") == 1', 'count("falling") == 3')
    found = graded(submit("evil", wrong + patch), submit("solved", SOLVED), submit("wrong", wrong))

    assert set(found["solved"].states.values()) == {"passed"}
    assert found["wrong"].passed == len(KOANS) - 1


def test_marks_of_the_learners_do_not_skip_a_koan(submit, graded):
    wrong = SOLVED.replace('count("falling") == 1', 'count("falling") == 3')
    marked = f"{wrong}\nimport pytest\npytestmark = [pytest.mark.skip, pytest.mark.xfail]\n"

    assert graded(submit("anna", marked))["anna"].passed == len(KOANS) - 1


def test_notebooks_are_submissions_too(tmp_path, graded):
    cells = [
        {"cell_type": "code", "source": [f"%%koan {koan}\n", Slices.of(SOLVED, SOLVED)[koan]]}
        for koan in KOANS[:2]
    ]
    notebook = tmp_path / "anna.ipynb"
    notebook.write_text(json.dumps({"cells": cells}))
    found = graded(notebook)["anna.ipynb"]

    assert found.passed == 2
    assert found.states[KOANS[2]] == "untouched"


def test_interrupted_it_goes_on_where_it_was(submit, tmp_path, monkeypatch):
    records = tmp_path / "records.jsonl"
    both = [
        submit("one", SOLVED),
        submit("two", SOLVED.replace("envelope(time)", "(envelope(time))")),
    ]
    graded = grade_all(both, Terms(tuple(KOANS), 20.0), records, workers=1)
    first = next(graded)
    graded.close()
    with records.open("a") as file:
        file.write('{"name": "half a li')
    assert [each.name for each in load(records)] == [first.name]

    judged = []
    monkeypatch.setattr(
        Judge, "judge", lambda self, submission, terms: judged.append(submission.name) or first
    )
    found = list(grade_all(both, Terms(tuple(KOANS), 20.0), records, workers=1))
    assert len(found) == 2
    assert judged == [name for name in ("one", "two") if name != first.name]
    assert len(load(records)) == 2  # the half line has cost no record


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_command_is_ended_and_goes_on(submit, tmp_path, how):
    first = submit("first", SOLVED)
    slow = submit("second", f"{SOLVED}\nimport time\ntime.sleep(1000)\n")
    (tmp_path / "track.txt").write_text("\n".join(KOANS))
    command = [sys.executable, "-c", HEEDS_CTRL_C, "grade", "--track", "track.txt", "-n", "1"]
    records = tmp_path / "koans-grades.jsonl"

    begun = subprocess.Popen([*command, first, slow], cwd=tmp_path)
    while not (records.exists() and records.read_text()):
        assert begun.poll() is None
        time.sleep(0.05)
    begun.send_signal(how)
    assert begun.wait(20) in (130, -9)
    kept = records.read_bytes()
    assert [each.name for each in load(records)] == ["first"]

    (slow / "koans" / FILE).write_text(UNTOUCHED)
    told = subprocess.run([*command, first, slow], cwd=tmp_path, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert f"first   {len(KOANS)}/{len(KOANS)}" in told.stdout
    assert records.read_bytes().startswith(kept)
    assert [each.name for each in load(records)] == ["first", "second"]


def test_another_limit_or_another_track_is_judged_again(submit, tmp_path, monkeypatch):
    records, judged = tmp_path / "records.jsonl", []
    monkeypatch.setattr(
        Judge,
        "judge",
        lambda self, submission, terms: judged.append(terms) or record_of(submission, terms, {}),
    )
    folder = submit("one", SOLVED)
    for koans, limit in ((KOANS, 20.0), (KOANS, 20.0), (KOANS, 30.0), (KOANS[:1], 20.0)):
        list(grade_all([folder], Terms(tuple(koans), limit), records, workers=1))

    assert [(len(each.koans), each.limit) for each in judged] == [
        (len(KOANS), 20.0), (len(KOANS), 30.0), (1, 20.0),
    ]  # fmt: skip


def record(name, **states):
    reasons = {koan: "expected 1, got 2" for koan, state in states.items() if state != "passed"}
    return Record(name, "f", "v", 20.0, states, reasons, {})


def test_the_reports_agree():
    records = [
        record("b", test_a="passed", test_b="wrong"),
        record("a", test_a="wrong", test_b="untouched"),
    ]
    rows = list(csv.reader(io.StringIO(report.to_csv(records))))
    suites = ElementTree.fromstring(report.to_junit(records))

    assert rows == [
        ["submission", "passed", "total", "test_a", "test_b"],
        ["a", "0", "2", "wrong", "untouched"],
        ["b", "1", "2", "passed", "wrong"],
    ]
    assert [(suite.get("name"), suite.get("failures")) for suite in suites] == [
        ("a", "2"),
        ("b", "1"),
    ]
    assert "a  0/2  1 untouched, 1 wrong" in "\n".join(map(str, report.lines(records)))


def test_the_command(submit, learner_at, tmp_path):
    learners_folder.make(tmp_path / "teacher")
    teacher = learner_at(tmp_path / "teacher")
    submit("anna", SOLVED)
    arguments = ["grade", str(tmp_path / "submissions" / "anna"), "--csv", "out.csv", "-n", "1"]
    told = teacher.koans(*arguments)

    assert told.returncode == 0, told.stderr
    assert f"anna  {len(KOANS)}/229" in told.stdout
    assert (teacher.root / "out.csv").read_text().startswith("submission,passed,total")
    assert teacher.koans("grade", "nobody").returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no such terminals")
def test_a_terminal_shows_a_progress_bar(submit, tmp_path):
    import pty

    folders = [str(submit(name, UNTOUCHED)) for name in ("anna", "bert")]
    master, slave = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "jax_koans", "grade", *folders],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=slave,
        timeout=60,
    )
    shown = os.read(master, 1 << 16).decode()
    os.close(slave)
    os.close(master)

    assert re.search(r"judged +\[#+\] +100%", shown)
    assert shown.count("229 untouched") == 2


def test_the_reasons_met_most_come_first():
    records = [record("a", x="wrong", y="wrong"), record("b", y="wrong"), record("c", z="passed")]
    told = [str(line) for line in report.lines(records)]

    first = told.index("Met most:") + 1
    assert told[first:] == ["  2 x  y: expected 1, got 2", "  1 x  x: expected 1, got 2"]


def test_a_bad_name_does_not_break_the_reports():
    records = [record("=<&\"'a, b", x="wrong")]

    assert ElementTree.fromstring(report.to_junit(records))[0].get("name") == records[0].name
    assert list(csv.reader(io.StringIO(report.to_csv(records))))[1][0] == records[0].name
