"""What holds for every lesson: it is what its solution gives, and fails until it is answered."""

import ast
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from jax_koans.actions.build import differences
from jax_koans.course.path import Workspace
from jax_koans.source import check, erase

PATH = Workspace(Path(__file__).parents[2])


def test_koans_are_exactly_what_erasing_gives():
    assert differences(PATH) == []


@pytest.mark.parametrize("file", PATH.files)
def test_a_solution_holds_no_authors_mistake(file):
    assert check(PATH.solution(file)) == []


def test_names_are_unique_on_the_path():
    names = [koan.name for koan in PATH.koans]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("chapter", sorted({koan.chapter for koan in PATH.koans}))
def test_a_chapter_has_its_lesson_and_at_most_ten_files(chapter):
    files = [file for file in PATH.files if file.startswith(f"{chapter}/")]

    assert len(files) <= 10
    assert (PATH.solutions_dir / chapter / "README.md").is_file()


@pytest.mark.parametrize("file", PATH.files)
def test_a_file_holds_three_to_seven_koans(file):
    assert 3 <= len(PATH.names_in(file)) <= 7


@pytest.mark.parametrize("file", PATH.files)
def test_no_lesson_looks_at_a_clock_or_at_private_jax(file):
    koan = ast.parse(erase(PATH.solution(file)))
    words = {node.attr for node in ast.walk(koan) if isinstance(node, ast.Attribute)}
    words |= {node.id for node in ast.walk(koan) if isinstance(node, ast.Name)}
    imported = {
        alias.name if isinstance(node, ast.Import) else f"{node.module}.{alias.name}"
        for node in ast.walk(koan)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert not {word for word in words if len(word) > 1 and word[0] == "_" != word[1]}
    assert not any("_src" in name for name in imported)
    assert not any(name.split(".")[0] in ("time", "timeit", "datetime") for name in imported)


def test_every_koan_fails_untouched(tmp_path):
    """Erased afresh, so that a learner's own answers in koans/ do not matter."""
    for file in PATH.files:
        target = tmp_path / "koans" / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(erase(PATH.solution(file)), encoding="utf-8")
    for name in ("conftest.py", "pyproject.toml"):
        (tmp_path / name).write_bytes((PATH.root / name).read_bytes())
    (tmp_path / "solutions").symlink_to(PATH.solutions_dir)
    report = tmp_path / "report.xml"

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "koans", "-q", "--maxfail=0", f"--junitxml={report}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1, done.stdout + done.stderr
    cases = ElementTree.parse(report).findall(".//testcase")
    assert {case.get("name") for case in cases} == {koan.name for koan in PATH.koans}
    passed = [case.get("name") for case in cases if case.find("failure") is None]
    assert passed == []
    unclear = [
        case.get("name")
        for case in cases
        if (case.find("failure").get("message") or "").startswith(("NameError", "ImportError"))
    ]
    assert unclear == []
