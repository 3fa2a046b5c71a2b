"""What the tests share: a tiny path of koans in a folder of its own, and pytest run on it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from jax_koans.actions.build import build
from jax_koans.course.path import Workspace

collect_ignore_glob = ["screen/cases/*", "screen/path/*"]  # learners' files, broken on purpose

ROOT = Path(__file__).parents[1]
# What a learner's shell would not have set, and what hides stale bytecode.
NOT_A_LEARNERS = ("CI", "PYTEST_ADDOPTS", "PYTHONDONTWRITEBYTECODE", "PYTEST_XDIST_WORKER",
                  "PYTEST_XDIST_TESTRUNUID", "KOANS_DEVICE", "KOANS_X64", "NO_COLOR",
                  "JAX_ENABLE_X64", "FORCE_COLOR", "PY_COLORS", "PYCHARM_HOSTED",
                  "TEAMCITY_VERSION", "TEST_RUN_PIPE", "RUN_TEST_IDS_PIPE")  # fmt: skip


# XLA compiles each small program once for the whole of a run, not once in every process of it.
if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    _COMPILED = tempfile.TemporaryDirectory(prefix="koans-tests-", ignore_cleanup_errors=True)
    os.environ |= {
        "JAX_COMPILATION_CACHE_DIR": _COMPILED.name,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }

# They take longer than a change should: CONTRIBUTING.md says when to run them, by their folder.
SLOW = {"hostile", "watch", "kills", "notebook", "classroom"}


def pytest_collection_modifyitems(config, items):
    """Leave the slow folders to those who name them: `pytest tests/watch`."""
    here = Path(__file__).parent
    named = {part for each in config.args for part in Path(each.partition("::")[0]).parts}
    left = [
        item
        for item in items
        if item.path.is_relative_to(here) and item.path.relative_to(here).parts[0] in SLOW - named
    ]
    if left:
        away = set(left)
        items[:] = [item for item in items if item not in away]
        config.hook.pytest_deselected(items=left)


@dataclass
class Learner:
    """A learner in a folder: what they see when they run a command there."""

    workspace: Workspace

    @property
    def root(self) -> Path:
        return self.workspace.root

    def run(self, *command: str, cwd: Path | None = None, typed: str = "", **variables: str):
        environment = {
            name: value for name, value in os.environ.items() if name not in NOT_A_LEARNERS
        }
        environment |= {"PYTHONIOENCODING": "utf-8", "COLUMNS": "80"} | variables
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=cwd or self.root,
            env=environment,
            capture_output=True,
            timeout=120,
            encoding="utf-8",
            errors="replace",
            input=typed,
        )

    def pytest(self, *arguments: str, **options):
        return self.run("pytest", *arguments, **options)

    def koans(self, *arguments: str, **options):
        return self.run("jax_koans", *arguments, **options)

    def write(self, file: str, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        (self.workspace.koans_dir / file).write_bytes(data)

    def read(self, file: str) -> str:
        return (self.workspace.koans_dir / file).read_bytes().decode()

    def answer(self, file: str, *answers: str) -> None:
        """Fill the file's first blanks."""
        text = self.read(file)
        head, *rest = text.split("== __")
        filled = "".join(
            f"== {answers[number]}{part}" if number < len(answers) else f"== __{part}"
            for number, part in enumerate(rest)
        )
        self.write(file, head + filled)

    def passed(self) -> set[str]:
        file = self.workspace.state_dir / "progress.json"
        return set(json.loads(file.read_text())["passed"]) if file.exists() else set()


@pytest.fixture
def make_learner(tmp_path):
    """Make a learner's folder from solutions: {"01_one/test_01_a.py": text, ...}."""
    return partial(learner_in, tmp_path)


def learner_in(
    parent: Path, solutions: dict[str, str], *, folder: str = "learner", tracks: dict | None = None
) -> Learner:
    root = parent / folder
    for file, text in solutions.items():
        (root / "solutions" / file).parent.mkdir(parents=True, exist_ok=True)
        (root / "solutions" / file).write_bytes(text.encode())
    (root / "solutions" / "tracks").mkdir()
    for name, text in (tracks or {}).items():
        (root / "solutions" / "tracks" / f"{name}.txt").write_text(text)
    shutil.copy(ROOT / "conftest.py", root)
    (root / "pyproject.toml").write_text('[tool.pytest]\naddopts = ["--import-mode=importlib"]\n')
    workspace = Workspace(root)
    build(workspace)
    return Learner(workspace)


@pytest.fixture(scope="session")
def make_learner_in():
    """As make_learner, for a folder that several tests share."""
    return learner_in


@pytest.fixture(scope="session")
def learner_at():
    """A learner in a folder that is there already."""
    return lambda folder: Learner(Workspace(folder))


@pytest.fixture(scope="session")
def root():
    """The project's own folder."""
    return ROOT


@pytest.fixture(scope="session")
def path_of_koans():
    """The project's own path."""
    return Workspace(ROOT)
