"""What is to be taught is taught: claims of other texts, JAX's errors, where learners stumble.

A row of a table in `tables/` names the koans that teach it, and is open as long as its chapter is
not written. That they really do is for the reader of the table to judge; of the errors it is shown.
"""

import ast
import inspect
import tomllib
from pathlib import Path

import jax
import pytest

from jax_koans.course.path import Workspace
from jax_koans.source import erase
from jax_koans.source.textfile import read_text

PATH = Workspace(Path(__file__).parents[2])
TABLES = {
    file.stem: tomllib.loads(read_text(file))
    for file in sorted((Path(__file__).parent / "tables").glob("*.toml"))
    if file.stem != "taught"
}
KOANS = {koan.name: koan for koan in PATH.koans}
CLAIMS, STUMBLING = 44, 43
MET = [
    pytest.param(error, koan, id=f"{error}-{koan}")
    for error, row in TABLES["errors"].items()
    for koan in row.get("koans", [])
]


def test_each_claim_has_its_row():
    assert sorted(map(int, TABLES["claims"])) == list(range(1, CLAIMS + 1))


def test_each_stumbling_block_has_its_row_and_its_issues():
    rows = TABLES["stumbling"]
    issues = [issue for row in rows.values() for issue in row["issues"]]

    assert sorted(map(int, rows)) == list(range(1, STUMBLING + 1))
    assert all(row["issues"] for row in rows.values())
    assert len(issues) == len(set(issues))


def test_each_error_of_jax_has_its_row():
    public = {
        name
        for name, thing in vars(jax.errors).items()
        if inspect.isclass(thing) and not name.startswith("_")
    }

    assert set(TABLES["errors"]) == public


@pytest.mark.parametrize("table", TABLES)
def test_a_row_has_a_title_and_is_either_open_or_closed(table):
    faults = [
        f"{table}.toml, {key}: {fault}"
        for key, row in TABLES[table].items()
        for fault in _faults(row)
    ]

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("error", "koan"), MET)
def test_an_error_is_met_where_the_table_says_so(error, koan, run):
    """The koan asks for its name, or raises it untouched."""
    if koan not in KOANS:
        pytest.fail(f"errors.toml, {error}: no koan is called {koan}")
    solution = PATH.solution(KOANS[koan].file)
    test = next(node for node in ast.parse(solution).body if getattr(node, "name", "") == koan)
    if any(isinstance(node, ast.Attribute) and node.attr == error for node in ast.walk(test)):
        return

    raised = run(erase(solution), [koan])[koan]

    assert type(raised) is getattr(jax.errors, error)


def _faults(row: dict) -> list[str]:
    faults = [] if row.get("title") else ["it has no title"]
    ways = [way for way in ("koans", "readme", "open", "never") if row.get(way)]
    if len(ways) != 1:
        return [*faults, f"it needs one of koans, readme, open or never, and has {ways}"]
    koans = row.get("koans", [])
    faults += [f"no koan is called {koan}" for koan in koans if koan not in KOANS]
    faults += [f"{koan} is named twice" for koan in set(koans) if koans.count(koan) > 1]
    if "readme" in row:
        readme = PATH.solutions_dir / row["readme"] / "README.md"
        text = " ".join(read_text(readme).split()) if readme.is_file() else ""
        if not row.get("mentions") or row["mentions"] not in text:
            faults.append(f"{readme} does not mention {row.get('mentions')!r}")
    return faults
