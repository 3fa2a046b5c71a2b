"""`koans init`, from a built wheel: the koans without their solutions."""

import os
import subprocess
import sys

import pytest

from jax_koans.source import erase


@pytest.fixture(scope="module")
def installed(root, tmp_path_factory):
    """The built wheel, unpacked in front of the environment's own packages."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(root)]
    subprocess.run([*pip, *build], check=True)
    (wheel,) = folder.glob("jax_koans-*.whl")
    site = folder / "site"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(site), str(wheel)], check=True)
    return site


@pytest.fixture
def run(installed, tmp_path):
    def run(*command, cwd=tmp_path):
        dropped = ("CI", "PYTEST_ADDOPTS", "KOANS_DEVICE", "KOANS_X64")
        environment = {name: value for name, value in os.environ.items() if name not in dropped}
        environment["PYTHONPATH"] = str(installed)
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    return run


def test_init_makes_a_folder_that_behaves_as_the_clone(run, tmp_path, path_of_koans):
    done = run("jax_koans", "init", "my koans")
    folder = tmp_path / "my koans"

    assert done.returncode == 0, done.stderr
    made = {path.name for path in folder.iterdir()}
    assert made == {
        "koans", "koans.lock", "README.md", "conftest.py", "pyproject.toml", ".gitignore", ".koans",
        ".vscode",
    }  # fmt: skip
    for file in path_of_koans.files:
        assert (folder / "koans" / file).read_text() == erase(path_of_koans.solution(file))
    checked = run("jax_koans", "build", "--check", cwd=folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr

    tried = run("pytest", "koans/03_jit", "-q", cwd=folder)
    assert tried.returncode == 1
    assert "koan 1 of" in tried.stdout
    assert "1 failed in" in tried.stdout
    assert f"/{len(path_of_koans.koans)}\n" in tried.stdout


def test_init_never_writes_into_a_folder_that_holds_something(run, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("mine")

    done = run("jax_koans", "init", "full")

    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.tex"]
