"""The doctor works where JAX does not, and every finding says what to do."""

import os
import re
import sys
from pathlib import Path

import pytest
from packaging.version import Version

from jax_koans.doctor.finding import Level
from jax_koans.doctor.folder import cloud
from jax_koans.doctor.machine import Said, ask, devices, settings
from jax_koans.doctor.versions import TESTED, is_newer

NO_JAX = Said(failed="import", error="ImportError", message="no such thing")


def test_all_is_well_in_a_tested_environment(learner):
    done = learner.koans("doctor", PATH=os.path.dirname(sys.executable))

    assert done.returncode == 0, done.stdout
    for text in ("Python 3.", "jax 0.", "jaxlib 0.", "numpy", "pytest", "devices:", "float32"):
        assert text in done.stdout


def test_outside_of_a_folder_of_koans_it_says_how_to_make_one(learner, tmp_path):
    done = learner.koans("doctor", cwd=tmp_path)

    assert done.returncode == 0
    assert "koans init" in done.stdout


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise ImportError('DLL load failed')", "ImportError: DLL load failed"),
        ("raise SystemExit(3)", "SystemExit"),
        ("import os; os._exit(7)", "exit code 7"),
        pytest.param(
            "import os; os.kill(os.getpid(), 11)",
            "SIGSEGV",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="no such signals"),
        ),
    ],
)
def test_a_broken_jax_is_one_finding(learner, tmp_path, program, said):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "jax.py").write_text(program)

    done = learner.koans("doctor", PYTHONPATH=str(broken))

    assert done.returncode == 1
    assert "`import jax` fails" in done.stdout
    assert said in done.stdout
    assert "pip install" in done.stdout
    assert "5 koans" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_jax_that_never_comes_back_is_given_up(tmp_path, monkeypatch):
    (tmp_path / "jax.py").write_text("import time; time.sleep(600)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert ask(seconds=1).error == "TimeoutExpired"


@pytest.mark.parametrize(
    ("system", "word"), [("Windows", "Visual C++"), ("Linux", "--force-reinstall")]
)
def test_why_it_does_not_import_depends_on_the_system(system, word):
    (finding,) = devices(NO_JAX, system)

    assert finding.level is Level.WRONG
    assert word in finding.advice


def test_a_device_that_does_not_start_is_told_from_a_broken_import():
    (finding,) = devices(Said(failed="start", error="RuntimeError", message="no cuda"), "Linux")

    assert "starts on no device" in finding.what
    assert "--device cpu" in finding.advice


def test_a_broken_numpy_is_told_from_a_broken_jax(learner, tmp_path):
    (tmp_path / "numpy.py").write_text("raise ImportError('multiarray failed')")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])

    done = learner.koans("doctor", PYTHONPATH=path)

    assert done.returncode == 1
    assert "`import numpy` fails, and JAX needs it: ImportError: multiarray failed" in done.stdout
    assert "--force-reinstall numpy" in done.stdout


@pytest.mark.parametrize("name", ["pytest", "filelock", "typer"])
def test_what_the_command_itself_needs_and_does_not_find_is_one_message(learner, tmp_path, name):
    (tmp_path / f"{name}.py").write_text(f"raise ModuleNotFoundError('no', name={name!r})")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])

    done = learner.koans("doctor", PYTHONPATH=path)

    assert done.returncode == 2
    assert f"-m pip install {name}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("folder", "above"),
    [
        ("/home/ann/OneDrive - Uni/koans", "OneDrive - Uni"),
        ("/home/ann/Dropbox/koans", "Dropbox"),
        ("/Users/ann/Library/Mobile Documents/com~apple~CloudDocs/koans", "Mobile Documents"),
        ("/Users/ann/Library/CloudStorage/Box-Box/koans", "Box-Box"),
        ("/home/ann/koans", ""),
        ("/home/ann/my dropbox notes/koans", ""),
    ],
)
def test_a_synchronized_folder_is_known_by_its_path(folder, above):
    assert cloud(Path(folder)) == above


@pytest.mark.parametrize(
    ("variable", "level"),
    [("JAX_ENABLE_X64", Level.NOTE), ("JAX_PLATFORMS", Level.NOTE), ("JAX_DISABLE_JIT", Level.NOTE),
     ("PYTEST_ADDOPTS", Level.NOTE), ("HOME", None)],
)  # fmt: skip
def test_stray_variables_are_named(variable, level):
    found = [each for each in settings({variable: "1"}) if variable in each.what]

    assert [each.level for each in found] == ([level] if level else [])


def test_the_default_precision_is_the_environments():
    (finding,) = settings({"KOANS_X64": "1", "KOANS_DEVICE": "gpu"})

    assert "KOANS_X64" in finding.what
    assert "gpu" in finding.what


@pytest.mark.parametrize("missing", ["conftest.py", "koans.lock"])
def test_a_missing_file_is_found(learner, missing):
    (learner.root / missing).unlink()

    done = learner.koans("doctor")

    assert done.returncode == 1
    assert f"{missing} is missing" in done.stdout


def test_a_file_called_jax_is_found(learner):
    (learner.root / "jax.py").write_text("raise ImportError")

    done = learner.koans("doctor", "--help")
    assert done.returncode == 0
    done = learner.koans("doctor")

    assert done.returncode == 1
    assert "hides the package" in done.stdout
    assert "devices: " in done.stdout


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_found(learner):
    learner.workspace.koans_dir.chmod(0o555)

    done = learner.koans("doctor")

    assert done.returncode == 1
    assert "is read-only" in done.stdout


def test_versions_are_compared_by_number():
    assert [is_newer("jax", each) for each in ("0.9.1", "0.12.7", "0.13.0")] == [False, False, True]
    assert not is_newer("jax", "0.12.0.dev3")
    assert is_newer("python", "3.14.0a1+")


def test_what_is_called_tested_is_what_the_constraints_hold(root):
    """The oldest and the newest set are the bounds, here and in pyproject.toml."""
    for name in ("jax", "jaxlib"):
        files = (root / "constraints-oldest.txt", root / "constraints-py313.txt")
        texts = (file.read_text() for file in files)
        found = (re.search(rf"^{name}==(.+)$", text, re.MULTILINE)[1] for text in texts)
        oldest, newest = (Version(version).release for version in found)
        assert TESTED[name][0] == oldest
        assert newest[: len(TESTED[name][1])] == TESTED[name][1]
    assert f'"jax>={".".join(map(str, TESTED["jax"][0]))}"' in (root / "pyproject.toml").read_text()
    assert TESTED["python"] == ((3, 11), (3, 13))
