"""Cases for the clinic: what a learner wrote, run by pytest with the koans, many in one go.

`cases/*.toml` hold a table for each case: `code`, the body of a koan (or `file`, a whole file that
does not import), `finds`, the id of the misconception ("" where the clinic is to say nothing), and
`says`, texts that its words must contain. `ends = ["0.12"]` names the JAX versions it is for.
"""

import shutil
import textwrap
import tomllib
from dataclasses import dataclass
from pathlib import Path

import jax
import pytest

from jax_koans.judge.outcome import Outcome
from jax_koans.run.process import Supervised

HERE = Path(__file__).parent
_TOGETHER = 20  # koans in a file: what is looked up in a file costs its length
HEAD = '''"""Cases."""

import functools
import math

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
    """One case: what the learner wrote, and what the clinic is to make of it."""

    name: str
    finds: str
    says: tuple[str, ...] = ()
    code: str = ""
    file: str = ""
    x64: bool = False


def cases() -> list[Case]:
    found = []
    for path in sorted((HERE / "cases").glob("*.toml")):
        for name, row in tomllib.loads(path.read_text(encoding="utf-8")).items():
            ends = row.pop("ends", None)
            if ends and not jax.__version__.startswith(tuple(ends)):
                continue
            row["says"] = tuple(row.get("says", ()))
            found.append(Case(f"{path.stem}_{name}", **row))
    return found


CASES = cases()


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory) -> dict[str, Outcome]:
    """What each case came to, by its name."""
    root = tmp_path_factory.mktemp("clinic")
    shutil.copy(HERE.parents[1] / "conftest.py", root)
    (root / "pyproject.toml").write_text(
        '[tool.pytest]\naddopts = ["--import-mode=importlib"]\ntimeout = "20"\n'
    )
    found = {}
    with Supervised(limit=20, environment={"CI": "1"}) as process:
        for x64 in (False, True):
            texts = _files([case for case in CASES if case.x64 is x64])
            for kind in ("koans", "solutions"):
                shutil.rmtree(root / kind, ignore_errors=True)
                for file, text in texts.items():
                    (root / kind / file).parent.mkdir(parents=True, exist_ok=True)
                    (root / kind / file).write_bytes(text.encode())
            (root / "solutions" / "tracks").mkdir(parents=True, exist_ok=True)
            for event in process.run(
                root, ["koans", "--tb=native", "--x64" if x64 else "--no-x64"]
            ):
                if event["event"] == "outcome":
                    outcome = Outcome.from_dict(event["outcome"])
                    found[outcome.koan.removeprefix("test_")] = outcome
    return found


def _files(chosen: list[Case]) -> dict[str, str]:
    bodies = [case for case in chosen if case.code]
    texts = {}
    for number in range(0, len(bodies), _TOGETHER):
        koans = [
            f"def test_{case.name}():\n{textwrap.indent(case.code.strip(chr(10)), '    ')}\n"
            for case in bodies[number : number + _TOGETHER]
        ]
        texts[f"01_clinic/test_{number // _TOGETHER:02}_cases.py"] = "\n\n".join([HEAD, *koans])
    for number, case in enumerate([case for case in chosen if case.file], 1):
        test = f"\n\ndef test_{case.name}():\n    pass\n"
        texts[f"02_files/test_{number:02}_file.py"] = case.file.strip("\n") + test
    return texts
