"""Pytest stays pytest, and stops at the first koan for people only."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

FIRST = "01_one/test_01_one.py"


def test_it_stops_at_the_first_koan_that_waits(learner):
    done = learner.pytest("koans", "-q")

    assert done.returncode == 1
    assert "1 failed in" in done.stdout
    assert "stopping at the first koan that waits" in done.stdout


def test_it_goes_on_behind_what_has_passed(learner):
    learner.answer(FIRST, "1", "2")

    done = learner.pytest("koans", "-q")

    assert "1 failed, 2 passed in" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (["--maxfail=0"], {}),
        (["--maxfail", "9"], {}),
        ([], {"CI": "true"}),
        ([], {"PYTEST_ADDOPTS": "--maxfail=0"}),
        ([], {"TEST_RUN_PIPE": "/tmp/pipe"}),
        ([], {"PYCHARM_HOSTED": "1"}),
        (["--junitxml=report.xml"], {}),
    ],
)
def test_it_does_not_stop_for_a_program_or_when_asked_not_to(learner, arguments, variables):
    done = learner.pytest("koans", "-q", *arguments, **variables)

    assert done.returncode == 1
    assert "6 failed in" in done.stdout


def test_under_xdist_nothing_stops_and_the_first_on_the_path_is_shown(learner):
    done = learner.pytest("koans", "-q", "-n", "2")

    assert done.returncode == 1
    assert "1 failed, 5 waiting in" in done.stdout
    assert "▸ test_first" in done.stdout
    assert "▸ test_second" not in done.stdout


def test_junit_holds_the_report_and_one_line_of_it(learner):
    learner.pytest("koans", "--junitxml=report.xml")

    cases = ElementTree.parse(learner.root / "report.xml").findall(".//testcase")
    failures = [case.find("failure") for case in cases]
    assert len(cases) == 6
    assert failures[0].get("message") == "1 blank to fill in"
    assert "koan 1 of 3" in failures[0].text
    assert "\x1b" not in failures[0].text


def test_collect_only_lists_and_passes_over_progress(learner):
    done = learner.pytest("koans", "--collect-only", "-q")

    assert done.returncode == 0
    assert f"koans/{FIRST}::test_first" in done.stdout
    assert not learner.workspace.state_dir.exists()


def test_k_node_ids_and_lf_choose_as_always(learner):
    learner.answer(FIRST, "1")

    assert "1 passed, 5 deselected" in learner.pytest("koans", "-q", "-k", "first").stdout
    assert "1 passed in" in learner.pytest(f"koans/{FIRST}::test_first", "-q").stdout
    learner.pytest("koans", "-q", "--maxfail=0")
    learner.answer(FIRST, "2")
    again = learner.pytest("koans", "-q", "--lf", "--maxfail=0").stdout
    assert "4 failed, 1 passed" in again


def test_a_file_that_does_not_import_keeps_its_node_ids(learner):
    learner.write(FIRST, "def test_first(:\n")

    done = learner.pytest(f"koans/{FIRST}::test_second", "-q")

    assert done.returncode == 1
    assert "SyntaxError" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_file_that_does_not_import_stops_no_koan_before_it(learner):
    learner.answer(FIRST, "1", "2", "3")
    learner.write("01_one/test_02_two.py", "def half_typed(:\n")

    done = learner.pytest("koans", "-q")

    assert "1 failed, 3 passed in" in done.stdout
    assert learner.passed() == {"test_first", "test_second", "test_third"}


@pytest.mark.parametrize("text", ["import sys\nsys.exit(3)\n", "raise KeyError('heat')\n", ""])
def test_whatever_a_file_does_while_it_is_imported_is_a_report(learner, text):
    learner.write(FIRST, text)

    done = learner.pytest("koans", "-q", "--maxfail=0")

    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "INTERNALERROR" not in done.stdout + done.stderr


def test_pdb_stops_at_the_learners_frame(learner):
    learner.answer(FIRST, "7")

    done = learner.pytest("koans", "-q", "--pdb")

    assert re.search(r"test_01_one\.py\(\d+\)test_first\(\)", done.stdout)


def test_no_cache_is_needed(learner):
    learner.answer(FIRST, "1")

    done = learner.pytest("koans", "-q", "-p", "no:cacheprovider")

    assert "1 failed, 1 passed" in done.stdout
    assert learner.passed() == {"test_first"}


def test_colours_and_links_only_where_a_terminal_has_them(learner):
    coloured = learner.pytest("koans", "-q", FORCE_COLOR="1", TERM="xterm-256color")
    plain = learner.pytest("koans", "-q", FORCE_COLOR="", NO_COLOR="1")

    assert "\x1b[33m" in coloured.stdout
    assert "\x1b]8;;file://" in coloured.stdout
    assert "\x1b" not in plain.stdout


def test_solutions_look_as_pytest_always_does(learner):
    text = (learner.workspace.solutions_dir / FIRST).read_text().replace("__(2)", "__(9)")
    (learner.workspace.solutions_dir / FIRST).write_text(text)

    done = learner.pytest("solutions", "-q")

    assert "1 failed, 5 passed" in done.stdout
    assert "> " in done.stdout
    assert "koan 2 of 3" not in done.stdout


def test_a_skipped_koan_has_not_passed(learner):
    text = learner.read(FIRST).replace(
        '    """The first."""\n', '    """The first."""\n    import pytest\n    pytest.skip()\n'
    )
    learner.write(FIRST, text.replace('len("a") == __', 'len("a") == 1'))

    learner.pytest("koans", "-q", "-k", "first")

    assert learner.passed() == set()
