"""The table of what the answers came to, one line a chapter."""

from pathlib import Path

import pytest

from jax_koans.course.path import Workspace

from .running import BY

_HEAD = (
    "chapter            right  passed   wrong  failed  precision  recall   named"
    " |  code  author  explanation  message  together"
)


def pytest_addoption(parser):
    parser.addoption("--told", action="store_true", help="what is said to each wrong answer")
    parser.addoption(
        "--every", type=int, default=19, help="take every Nth answer (1: all; takes 10 minutes)"
    )


def pytest_generate_tests(metafunc):
    if "chapter" in metafunc.fixturenames:
        files = Workspace(Path(__file__).parents[2]).files
        chapters = dict.fromkeys(file.partition("/")[0] for file in files)
        metafunc.parametrize("chapter", chapters)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter):
    rows = [
        dict(report.user_properties)
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        if "accepted" in dict(report.user_properties)
    ]
    if not rows:
        return
    rows.sort(key=lambda row: row["chapter"])
    count = ("right", "accepted", "wrong", "refused", "named", "code", *BY)
    rows.append({"chapter": "all", **{key: sum(row[key] for row in rows) for key in count}})
    terminalreporter.section("right and wrong answers")
    terminalreporter.write_line(_HEAD)
    for row in rows:
        right, accepted, wrong, refused, named, code, *by = (row[key] for key in count)
        author, explanation, message, together = (_percent(each, code) for each in by)
        # Of what passed, how much was right; of what was right, how much passed.
        passed = accepted + wrong - refused
        terminalreporter.write_line(
            f"{row['chapter']:<17}{right:>7}{accepted:>8}{wrong:>8}{refused:>8}"
            f"{_percent(accepted, passed):>11}{_percent(accepted, right):>8}"
            f"{_percent(named, wrong):>8} |{code:>6}{author:>8}{explanation:>13}{message:>9}"
            f"{together:>10}"
        )


def _percent(part, whole):
    return f"{part / whole:.1%}" if whole else "-"
