"""What a learner reads of the commands, case by case.

A folder below `cases/` holds `commands.txt`, one command a line; the learner's files as far as
they differ from the koans; `passed.txt`, koans that are answered and on record; `new/`, solutions
that the path has since the learner began; `screen.txt`, what comes of it. After an intended
change: `UPDATE_SCREENS=1 pytest tests/commands`, and read the difference.
"""

import os
import re
import shlex
from pathlib import Path

import pytest

from jax_koans.source import answers, fill, parts, solve

HERE = Path(__file__).parent
CASES = sorted(case.name for case in (HERE / "cases").iterdir())


@pytest.mark.parametrize("case", CASES)
def test_a_screen_is_as_it_was_read(case, learner, mark_passed):
    folder = HERE / "cases" / case
    names = (folder / "passed.txt").read_text().split() if (folder / "passed.txt").exists() else []
    for file in learner.workspace.files:
        learner.write(file, _answered(learner.workspace.solution(file), names))
    mark_passed(*names)
    for file, data in _files(folder):
        learner.write(file, data)
    for file, data in _files(folder / "new"):
        (learner.workspace.solutions_dir / file).write_bytes(data)

    screen = ""
    for line in (folder / "commands.txt").read_text(encoding="utf-8").splitlines():
        variables = dict(re.findall(r"(\b[A-Z]+)=(\S+)", line))
        words = [word for word in shlex.split(line) if "=" not in word]
        done = learner.koans(*words[1:], **variables)
        screen += f"$ {line}\n{done.stdout}{done.stderr}exit {done.returncode}\n\n"

    golden = folder / "screen.txt"
    screen = _settled(screen, learner.root)
    if os.environ.get("UPDATE_SCREENS"):
        golden.write_text(screen, encoding="utf-8")
    assert screen == golden.read_text(encoding="utf-8")


def _files(folder):
    """The files that a case holds, whose names end in .txt, so that no tool takes them for code."""
    for file in folder.glob("??_*/*.txt"):
        yield file.relative_to(folder).as_posix().removesuffix(".txt"), file.read_bytes()


def _answered(solution, names):
    """A koan file in which the koans of these names are answered."""
    found = answers(solve(solution), solution)
    mine = [part for name, part in parts(solution).items() if name in names]
    spots = tuple(
        answer
        if any(part.holds(answer) for part in mine)
        else type(answer)(answer.spot, None, answer.line)
        for answer in found.spots
    )
    return fill(solution, type(found)(spots, (), ()))


def _settled(screen, root):
    screen = screen.replace(str(root), "ROOT").replace("\\", "/")
    screen = re.sub(r"(\d{3})_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d", r"\1_TIME", screen)
    return re.sub(r"[ \t]+$", "", screen, flags=re.MULTILINE)
