"""What the README shows is what happens. After a change: UPDATE_README=1 pytest tests/project."""

import os
import re
import shutil

import pytest

from jax_koans.actions.build import build
from jax_koans.course.path import Workspace

UPDATE = bool(os.environ.get("UPDATE_README"))


@pytest.fixture
def readme(root):
    return root / "README.md"


def expect(readme, begin, end, wanted):
    text = readme.read_text(encoding="utf-8")
    part = re.compile(f"({re.escape(begin)}\n).*?({re.escape(end)}\n)", re.DOTALL)
    if UPDATE:
        readme.write_text(part.sub(lambda m: m[1] + wanted + m[2], text), encoding="utf-8")
        return
    found = part.search(text)
    assert found is not None
    assert found[0] == f"{begin}\n{wanted}{end}\n"


def test_the_first_screen_is_the_first_screen(readme, root, make_learner, path_of_koans):
    learner = make_learner({"00_none/README.md": "# None\n"})
    shutil.rmtree(learner.root)
    shutil.copytree(path_of_koans.solutions_dir, learner.root / "solutions")
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(root / name, learner.root)
    build(Workspace(learner.root))

    done = learner.pytest("koans/01_arrays", "-q")

    screen = done.stdout.partition("= FAILURES =")[2].partition("\n")[2]
    screen = re.split("^(?:=====|!!!!!)", screen, flags=re.MULTILINE)[0].rstrip()
    screen = re.sub(r"[ \t]+$", "", screen, flags=re.MULTILINE)
    expect(
        readme,
        "<!-- screen: pytest koans/01_arrays -->",
        "<!-- end of screen -->",
        f"```text\n{screen}\n```\n",
    )


def test_every_chapter_heading_names_its_number(path_of_koans):
    for chapter in {koan.chapter for koan in path_of_koans.koans}:
        lesson = (path_of_koans.solutions_dir / chapter / "README.md").read_text(encoding="utf-8")
        assert lesson.startswith(f"# {chapter[:2]} ")
