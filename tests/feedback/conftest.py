"""Cases: what a learner wrote, run by pytest with the plugin in one warm process.

`cases/*.toml` hold a table per case: `code`, the body of a koan (or `file`, a whole file that does
not import), `reads`, what the explanation must contain ("" where there must be none), `not_read`,
what nothing on the screen may contain, and `error`, the class that is raised.
"""

import shutil
import textwrap
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from jax_koans.judge.outcome import Outcome
from jax_koans.run.separate_process import Supervised

HERE = Path(__file__).parent
_TOGETHER = 30  # koans per file
HEAD = '''"""Cases."""

import functools
import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, executed, largest, primitives
'''


@dataclass(frozen=True)
class Case:
    """One case: what the learner wrote, and what must and must not be read."""

    name: str
    code: str = ""
    top: str = ""
    reads: str | None = None
    not_read: tuple[str, ...] = ()
    error: str = ""


def _cases() -> list[Case]:
    found = []
    for path in sorted((HERE / "cases").glob("*.toml")):
        for name, row in tomllib.loads(path.read_text(encoding="utf-8")).items():
            row["not_read"] = tuple(row.get("not_read", ()))
            found.append(Case(f"{path.stem}_{name}", **row))
    return found


CASES = _cases()


def said(outcome: Outcome) -> str:
    """The explanation of an outcome, as one text."""
    return "\n".join(filter(None, (outcome.fact, outcome.why, outcome.advice)))


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory) -> dict[str, Outcome]:
    """The outcome of each case, by its name."""
    root = tmp_path_factory.mktemp("feedback")
    shutil.copy(HERE.parents[1] / "conftest.py", root)
    (root / "pyproject.toml").write_text(
        '[tool.pytest]\naddopts = ["--import-mode=importlib"]\ntimeout = "20"\n'
    )
    for number in range(0, len(CASES), _TOGETHER):
        together = CASES[number : number + _TOGETHER]
        file = f"01_cases/test_{number // _TOGETHER:02}_cases.py"
        written = [_definition(case) for case in together]
        # All code is the learner's: nothing of it stands in the solution.
        given = [f"def test_{case.name}():\n    pass\n" for case in together]
        for folder, parts in (("koans", written), ("solutions", given)):
            (root / folder / "01_cases").mkdir(parents=True, exist_ok=True)
            (root / folder / file).write_text("\n\n".join([HEAD, *parts]), encoding="utf-8")
    (root / "solutions" / "tracks").mkdir()
    with Supervised(limit=60, environment={"CI": "1"}) as process:
        events = list(process.run(root, ["koans", "--tb=native"]))
    found = [Outcome.from_dict(each["outcome"]) for each in events if each["event"] == "outcome"]
    return {outcome.koan.removeprefix("test_"): outcome for outcome in found}


def _definition(case: Case) -> str:
    body = textwrap.indent(case.code.strip("\n"), "    ")
    return f"{case.top}\n\n\ndef test_{case.name}():\n{body}\n"
