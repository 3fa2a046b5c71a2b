"""What an honest mistake in one koan does costs no other, and it passes only where it holds.

All these files are one path, run once: a process that survives each alone, but not all together,
has not survived.
"""

import pytest

from .cases import FILES, MISTAKES, Case
from .running import Run


@pytest.fixture(scope="module")
def survived(make_hostile, tmp_path_factory):
    cases = [*MISTAKES, *map(Case, FILES)]
    learner = make_hostile(tmp_path_factory.mktemp("mistakes"), cases, folder="Köans für José")
    for file in learner.workspace.files:
        name = file.partition("/test_")[2].removesuffix(".py")[3:]
        if name in FILES:
            (learner.workspace.koans_dir / file).write_bytes(FILES[name][0])
    before = {path: path.read_bytes() for path in learner.workspace.koans_dir.rglob("*.py")}
    run = Run.of(learner, "--timeout=3")
    return learner, run, before


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case.name)
def test_it_is_one_clear_report(case, survived):
    _learner, run, _before = survived

    if case.passes:
        assert case.koan in run.passed
    else:
        report = run.failures[f"test_before_{case.name}" if case.breaks_file else case.koan]
        assert all(" ".join(words.split()) in report for words in case.says), report


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case.name)
def test_the_koans_around_it_are_judged_as_always(case, survived):
    learner, run, _before = survived
    around = {f"test_before_{case.name}", f"test_after_{case.name}"}

    assert around <= (run.failures.keys() if case.breaks_file else run.passed)
    assert case.breaks_file is not (around <= learner.passed())
    assert (case.koan in learner.passed()) is case.passes


@pytest.mark.parametrize("name", FILES)
def test_each_koan_of_a_file_that_cannot_be_read_fails_with_a_reason(name, survived):
    learner, run, _before = survived
    koans = {f"test_before_{name}", f"test_{name}", f"test_after_{name}"}

    assert koans <= run.failures.keys()
    assert FILES[name][1] in run.failures[f"test_before_{name}"]
    assert koans.isdisjoint(learner.passed())


def test_the_run_itself_is_whole(survived):
    _learner, run, before = survived

    assert run.code == 1
    assert "INTERNALERROR" not in run.text
    assert {path: path.read_bytes() for path in before} == before


def test_of_megabytes_the_end_is_shown(survived):
    _learner, run, _before = survived

    assert run.text.count("characters before this are left out") == 2
    assert "99999 xxx" in run.text
    assert len(run.text) < 500_000
