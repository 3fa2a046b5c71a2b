"""As on Colab: the kernel has an older JAX and IPython, and the koans an environment of their own.

.ci/colab        makes both environments and runs this file
"""

import os

import pytest

from jax_koans.source.slices import Slices

from .conftest import FILE, SOLUTION

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif("KOANS_COLAB" not in os.environ, reason="run .ci/colab"),
]


def test_the_kernel_keeps_its_jax_and_the_koans_have_theirs(make_kernel, learner):
    kernel_python, koans = os.environ.get("KOANS_COLAB", ":").split(":")
    kernel = make_kernel(learner.root, python=kernel_python)
    before = kernel.run("import IPython, jax; jax.__version__, IPython.__version__")
    assert "0.7.2" in before
    assert "7.34" in before
    assert "ModuleNotFoundError" in kernel.run("import jax_koans")

    kernel.run(f"%run {koans}/share/jax-koans/notebook.py")
    assert kernel.run("%load_ext jax_koans.notebook") == ""
    cell = "%%koan test_sum\n" + Slices.of(learner.read(FILE), SOLUTION)["test_sum"]
    assert "2 is the second addend." in kernel.run(cell.replace("__", "2"))
    assert "test_sum has passed." in kernel.run(cell.replace("__", "3"))
    assert "Hint 1 of 2" in kernel.run("%koan hint")
    assert learner.passed() == {"test_sum"}

    assert kernel.run("jax.__version__, IPython.__version__") == before
    assert "3" in kernel.run("jnp.add(1, 2)")
