"""A tiny path, and notebooks of it in a real kernel."""

import os
import sys

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient

from jax_koans.notebook.command import make

SOLUTION = '''\
"""Sums."""

import jax.numpy as jnp

from jax_koans import __


def test_sum():
    """jnp.add adds."""
    # HINT: Add them.
    # HINT: It is less than 4.
    assert jnp.add(1, 2) == __(3)
    # WHY: The sum of 1 and 2 is 3.
    # IF 2: 2 is the second addend.


def double(x):
    # BEGIN PROMPT: return twice x
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION


def test_double():
    """Twice."""
    # HINT: Multiply.
    # HINT: By 2.
    assert double(3) == 6, f"expected 6, got {double(3)}"


def test_again():
    """Twice again."""
    # HINT: Use double.
    # HINT: It is there.
    assert double(2) == 4, f"expected 4, got {double(2)}"


# Next: nothing.
'''
FILE = "01_one/test_01_a.py"
README = "# One\n\nSums.\n"


class Kernel:
    """A notebook in a kernel of its own, cell by cell."""

    def __init__(self, client, notebook, env):
        self.client, self.notebook, self.environment = client, notebook, env

    def run(self, source):
        """Run a cell, and return what it shows as text, with all its outputs' MIME types."""
        self.notebook.cells.append(nbformat.v4.new_code_cell(source))
        cell = self.client.execute_cell(self.notebook.cells[-1], len(self.notebook.cells) - 1)
        self.html = "".join(each.get("data", {}).get("text/html", "") for each in cell.outputs)
        return "\n".join(
            each.get("text")
            or each.get("data", {}).get("text/plain")
            or "\n".join(each.get("traceback", []))
            for each in cell.outputs
        )


def clean():
    """The environment of a person's Jupyter, not of these tests."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "KOANS_")) and name not in ("CI", "NO_COLOR")
    }


@pytest.fixture
def learner(make_learner):
    learner = make_learner({FILE: SOLUTION}, tracks={"short": "test_sum\ntest_again\n"})
    (learner.root / "solutions" / "01_one" / "README.md").write_text(README)
    return learner


@pytest.fixture
def make_kernel():
    """Start a kernel in a folder."""
    clients = []

    def make_kernel(folder, python=sys.executable, **variables):
        notebook = nbformat.v4.new_notebook()
        client = NotebookClient(
            notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}}
        )
        manager = client.create_kernel_manager()
        command = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        manager._kernel_spec = KernelSpec(argv=command, language="python")
        client.start_new_kernel(env=clean() | variables)
        client.start_new_kernel_client()
        clients.append(client)
        return Kernel(client, notebook, clean() | variables)

    yield make_kernel
    for client in clients:
        client._cleanup_kernel()


@pytest.fixture
def kernel(learner, make_kernel):
    kernel = make_kernel(learner.root)
    kernel.run("%load_ext jax_koans.notebook")
    return kernel


@pytest.fixture
def written(learner):
    """Write notebooks; returns the cells of the first one."""

    def written(wanted="", replace=lambda _file, _koan: False):
        made = make(learner.workspace, wanted, learner.root, replace)
        return made, nbformat.read(made.files[0], as_version=4)

    return written
