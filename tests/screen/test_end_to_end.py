"""What a learner reads, case by case.

Six cases, end to end. A folder below `cases/` holds `command.txt` (pytest's arguments, then
variables of the environment), the learner's files as far as they differ from the koans, or
`solved.txt`, which
lists files (or `*`) that are answered, and `screen.txt`, what comes of it. After
an intended change: `UPDATE_SCREENS=1 pytest tests/screen`, and read the difference.
"""

import os
import re
import shlex
from pathlib import Path

import pytest

from jax_koans.source import solve

HERE = Path(__file__).parent
CASES = sorted(case.name for case in (HERE / "cases").iterdir())


@pytest.fixture
def learner(make_learner):
    files = {
        file.relative_to(HERE / "path").as_posix(): file.read_text(encoding="utf-8")
        for file in sorted((HERE / "path").rglob("*.*"))
        if file.suffix in (".py", ".md")
    }
    return make_learner(files, tracks={"short": "test_a_loop_is_quiet\n"})


@pytest.mark.parametrize("case", CASES)
def test_a_screen_is_as_it_was_read(case, learner):
    folder = HERE / "cases" / case
    command, *variables = (folder / "command.txt").read_text(encoding="utf-8").splitlines()
    _solve(folder, learner)
    for file in folder.rglob("*.py"):
        learner.write(file.relative_to(folder).as_posix(), file.read_bytes())

    done = learner.pytest(
        "-q", *shlex.split(command), **dict(line.split("=", 1) for line in variables)
    )

    screen = _settled(f"{done.stdout}{done.stderr}exit {done.returncode}\n", learner.root)
    golden = folder / "screen.txt"
    if os.environ.get("UPDATE_SCREENS"):
        golden.write_text(screen, encoding="utf-8")
    assert screen == golden.read_text(encoding="utf-8")


def _solve(folder, learner):
    solved = folder / "solved.txt"
    names = solved.read_text(encoding="utf-8").split() if solved.exists() else []
    for file in learner.workspace.files:
        if file in names or "*" in names:
            learner.write(file, solve(learner.workspace.solution(file)))


def _settled(screen, root):
    """Without what differs from run to run, or between versions of pytest, Python and JAX."""
    screen = screen.replace(str(root), "ROOT")
    screen = re.sub(r"in \d+\.\d+s", "in TIME", screen)
    screen = re.sub(r"^\[gw\d\].*\n", "", screen, flags=re.MULTILINE)
    screen = re.sub(r"^(bringing up nodes|created: ).*\n", "", screen, flags=re.MULTILINE)
    screen = re.sub(r"^[.F]+ +\[100%\]\n", "", screen, flags=re.MULTILINE)
    screen = screen.replace("docs.jax.dev/en/latest/101/", "docs.jax.dev/en/latest/")
    screen = re.sub(r"0x[0-9a-f]+", "0xADDRESS", screen)
    return re.sub(r"[ \t]+$", "", screen, flags=re.MULTILINE)
