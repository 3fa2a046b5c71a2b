"""The switch: what is in force, from where, and what is said when it cannot be."""

import pytest

SHOW = '''
import jax
import jax.numpy as jnp

from jax_koans import __


def test_what_is_in_force():
    """What the switch chose."""
    # HINT: See the header.
    # HINT: Look at conftest.py.
    print("dtype", jnp.ones(1).dtype, "devices", len(jax.devices("cpu")), jax.default_backend())
    print("matmul", jax.config.jax_default_matmul_precision)
    assert 1 == __(1)
    # WHY: It is so.
'''


@pytest.fixture
def learner(make_learner):
    learner = make_learner({"01_one/test_01_show.py": SHOW})
    learner.write("01_one/test_01_show.py", SHOW)  # answered
    return learner


def ini(learner, *lines):
    file = learner.root / "pyproject.toml"
    file.write_text(file.read_text() + "\n".join(lines) + "\n")


def test_the_header_says_what_is_in_force(learner):
    done = learner.pytest("koans")

    assert "koans: 8 virtual cpu devices, float32, jax " in done.stdout
    assert done.returncode == 0


def test_float32_eight_cpu_devices_and_full_matmul_precision_are_the_default(learner):
    done = learner.pytest("koans", "-rP")

    assert "dtype float32 devices 8 cpu" in done.stdout
    assert "matmul highest" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "variables", "lines", "dtype"),
    [
        (["--x64"], {}, [], "float64"),
        (["--no-x64"], {}, [], "float32"),
        ([], {"KOANS_X64": "1"}, [], "float64"),
        ([], {"KOANS_X64": "off"}, [], "float32"),
        ([], {}, ['koans_x64 = "true"'], "float64"),
        (["--no-x64"], {"KOANS_X64": "1"}, [], "float32"),
        ([], {"KOANS_X64": "0"}, ['koans_x64 = "true"'], "float32"),
        ([], {"JAX_ENABLE_X64": "1"}, [], "float32"),
        (["--x64"], {"JAX_ENABLE_X64": "0"}, [], "float64"),
    ],
)
def test_the_option_wins_over_the_environment_and_that_over_the_file(
    learner, arguments, variables, lines, dtype
):
    ini(learner, *lines)

    done = learner.pytest("koans", "-rP", "-q", *arguments, **variables)

    assert f"dtype {dtype}" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("place", ["root", "chapter", "outside"])
def test_it_works_from_anywhere(learner, place, tmp_path):
    cwd = {"root": learner.root, "chapter": learner.root / "koans/01_one", "outside": tmp_path}
    arguments = [] if place == "chapter" else [str(learner.root / "koans")]

    done = learner.pytest("--x64", "-rP", "-q", *arguments, cwd=cwd[place])

    assert "dtype float64 devices 8 cpu" in done.stdout, done.stdout + done.stderr


def test_it_works_in_the_workers_of_xdist(learner):
    done = learner.pytest("koans", "--x64", "-rP", "-n", "1")

    assert "dtype float64 devices 8 cpu" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("device", ["gpu", "tpu"])
def test_an_absent_device_is_a_usage_error_that_says_what_to_do(learner, device):
    import jax

    if any(each.platform == device for each in jax.devices()):
        pytest.skip(f"this machine has a {device}")
    done = learner.pytest("koans", "--device", device)

    assert done.returncode == 4
    assert f"JAX has no {device} here" in done.stderr
    assert "cpu:0" in done.stderr.lower()
    assert "pip install" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (["--device", "gpus"], {}),
        ([], {"KOANS_DEVICE": "cuda"}),
        ([], {"KOANS_X64": "perhaps"}),
    ],
)
def test_an_unknown_value_is_a_usage_error(learner, arguments, variables):
    done = learner.pytest("koans", *arguments, **variables)

    assert done.returncode == 4
    assert "ERROR" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.fixture
def broken_jax(tmp_path):
    """A folder that makes `import jax` fail, as a missing library does."""
    folder = tmp_path / "broken"
    (folder / "jax").mkdir(parents=True)
    (folder / "jax" / "__init__.py").write_text("raise ImportError('libfoo.so: not found')\n")
    return str(folder)


def test_a_broken_jax_is_explained(learner, broken_jax):
    done = learner.pytest("koans", PYTHONPATH=broken_jax)

    assert done.returncode == 4
    assert "libfoo.so: not found" in done.stderr
    assert "pip install --upgrade jax jaxlib" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_help_needs_no_jax(learner, broken_jax):
    done = learner.pytest("--help", PYTHONPATH=broken_jax)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "--device" in done.stdout
    assert "--track" in done.stdout
