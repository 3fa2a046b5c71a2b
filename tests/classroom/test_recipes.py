"""The recipes of docs/teaching.md, word for word, and the formats that they are for."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jax_koans.course.path import Workspace, shipped
from jax_koans.course.track import koans_on_track
from jax_koans.source import solve

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="these are for bash"),
]

COURSE = Workspace(shipped())
CORE = koans_on_track(COURSE, "core")
FILE = "03_jit/test_01_traced_once.py"
SOLVED = [koan for koan in COURSE.names_in(FILE) if koan in CORE]


def block(root, heading, language, number=0):
    """A block of code below a heading of docs/teaching.md."""
    text = (root / "docs" / "teaching.md").read_text()
    section = text.partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    found = re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return found[number]


def run(folder, *command, **variables):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path} | variables
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def submit(folder):
    """A submission with one file solved; in its other files nothing is answered."""
    file = folder / "koans" / FILE
    file.parent.mkdir(parents=True)
    file.write_text(solve(COURSE.solution(FILE)))


def test_shards_of_a_slurm_array_are_joined(root, tmp_path):
    for name in ("anna", "bert b"):
        submit(tmp_path / "submissions" / name)
    (tmp_path / "job.sh").write_text(block(root, "### Larger than a machine", "bash"))
    for task in range(2):
        told = run(tmp_path, "bash", "job.sh", SLURM_ARRAY_TASK_ID=str(task))
        assert f"{len(SOLVED)}/{len(CORE)}" in told
    before = [path.read_text() for path in sorted(tmp_path.glob("grades-*.jsonl"))]

    run(tmp_path, "bash", "-ec", block(root, "### Larger than a machine", "bash", 1))
    names = [line.split(",")[0] for line in (tmp_path / "grades.csv").read_text().splitlines()]
    assert names == ["submission", "anna", "bert b"]
    assert (tmp_path / "koans-grades.jsonl").read_text() == "".join(before)


def test_the_jobs_of_a_matrix_judge_each_submission_once(root, tmp_path):
    submit(tmp_path / "submissions" / "anna")
    for name in ("bert b", "carla", "dora", "emil"):
        (tmp_path / "submissions" / name).mkdir()
    command = re.search(r"run: (ls .*)", block(root, "### Larger than a machine", "yaml"))[1]
    told = [
        run(tmp_path, "bash", "-ec", command.replace("${{ matrix.shard }}", str(shard)))
        for shard in range(4)
    ]

    names = re.findall(r"^(\S.*?) +\d+/", "\n".join(told), re.MULTILINE)
    assert sorted(names) == ["anna", "bert b", "carla", "dora", "emil"]


def test_gradescope(root, tmp_path):
    submit(tmp_path / "submission")
    (tmp_path / "source").mkdir()
    (tmp_path / "results").mkdir()
    (tmp_path / "source" / "results.py").write_text(block(root, "### Gradescope", "python"))
    script = block(root, "### Gradescope", "bash").replace("/autograder", f"'{tmp_path}'")
    run(tmp_path, "bash", "-ec", script)
    results = json.loads((tmp_path / "results" / "results.json").read_text())

    # https://gradescope-autograders.readthedocs.io/en/latest/specs/
    assert set(results) <= {"score", "execution_time", "output", "output_format", "visibility",
                            "stdout_visibility", "extra_data", "tests", "leaderboard"}  # fmt: skip
    assert [test["name"] for test in results["tests"]] == list(CORE)
    for test in results["tests"]:
        assert set(test) <= {"score", "max_score", "status", "name", "number", "output", "tags",
                             "visibility", "extra_data"}  # fmt: skip
        assert 0 <= test["score"] <= test["max_score"] == 1
        assert isinstance(test["output"], str)
    assert {test["name"] for test in results["tests"] if test["score"]} == set(SOLVED)


def test_classroom_50(root, tmp_path):
    submit(tmp_path / "anna")
    # What a learner could commit to be imported in place of a package.
    for name in ("jax.py", "json.py", "typer.py", "pip.py"):
        (tmp_path / "anna" / name).write_text("raise RuntimeError('imported')")
    recipe = block(root, "### Classroom 50", "python")
    install = 'subprocess.run([*python, "pip", "install", "--quiet", "jax-koans"], check=True)\n'
    assert install in recipe
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "autograder.py").write_text(recipe.replace(install, ""))
    given = {
        "CLASSROOM": "jax-2026",
        "ASSIGNMENT": "koans",
        "USERNAME": "anna",
        "SUBMISSION_TAG": "submit/2026-12-01T10-00-00Z-a1b2c3d",
        "COMMIT_URL": "https://github.com/org/jax-2026-koans-anna/commit/a1b2c3d",
        "RELEASE_URL": "https://github.com/org/jax-2026-koans-anna/releases/tag/x",
        "REVIEW_URL": "",
    }
    run(tmp_path / "anna", sys.executable, str(tmp_path / "bundle" / "autograder.py"), **given)
    result = json.loads((tmp_path / "anna" / "result.json").read_text())

    # https://github.com/foundation50/classroom50/blob/main/schemas/result-v1.schema.json
    assert result["schema"] == "classroom50/result/v1"
    assert (result["classroom"], result["assignment"]) == ("jax-2026", "koans")
    assert result["assignment_type"] in ("individual", "group")
    assert result["submission"].startswith("submit/")
    texts = ("owner", "commit", "release", "review")
    assert all(result[name] and isinstance(result[name], str) for name in texts)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", result["datetime"])
    assert len(result) == 13
    tests = result["tests"]
    assert [test["test-name"] for test in tests] == list(CORE)
    assert all(type(test["score"]) is int and type(test["passed"]) is bool for test in tests)
    assert all(test["score"] <= test["max-score"] == 1 for test in tests)
    assert (result["score"], result["max-score"]) == (len(SOLVED), len(CORE))
    assert not (tmp_path / "anna" / "koans-grades.jsonl").exists()
