"""From running a koan's cell to its verdict, beside a cold `!pytest` in the same kernel.

    python benchmarks/notebook.py [--turns 3]

One koan a chapter, with a process ready as after the cell before; each turn is another text.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import nbformat
from finding import Finding
from learner import environment, folder
from nbclient import NotebookClient

from jax_koans.course.path import Workspace
from jax_koans.source.slices import Slices
from jax_koans.source.textfile import read_text


class Kernel:
    """A kernel in a learner's folder; cells are timed from here to their last output."""

    def __init__(self, root: Path) -> None:
        self.notebook = nbformat.v4.new_notebook()
        resources = {"metadata": {"path": str(root)}}
        self.client = NotebookClient(
            self.notebook, timeout=300, allow_errors=True, resources=resources
        )
        self.client.create_kernel_manager()
        self.client.start_new_kernel(env=environment())
        self.client.start_new_kernel_client()

    def seconds(self, source: str, expected: str = "") -> float:
        """How long a cell takes; what it shows holds `expected`."""
        cell = nbformat.v4.new_code_cell(source)
        self.notebook.cells.append(cell)
        began = time.perf_counter()
        self.client.execute_cell(cell, len(self.notebook.cells) - 1)
        seconds = time.perf_counter() - began
        assert expected in str(cell.outputs), cell.outputs
        return seconds


def findings(turns: int) -> list[Finding]:
    """The median over all turns of a cell's time beside that of a cold run."""
    ratios, cells = [], []
    with tempfile.TemporaryDirectory() as parent:
        root = Path(parent).resolve() / "learner"
        folder(root)
        workspace = Workspace(root)
        kernel = Kernel(root)
        kernel.seconds("%load_ext jax_koans.notebook")
        for chapter in dict.fromkeys(koan.chapter for koan in workspace.koans):
            koan = next(koan for koan in workspace.koans if koan.chapter == chapter)
            text = read_text(workspace.koans_dir / koan.file)
            cell = Slices.of(text, workspace.solution(koan.file))[koan.name]
            kernel.seconds(f"%%koan {koan.name}\n{cell}")
            for turn in range(turns):
                cold = kernel.seconds(f"!pytest koans/{koan.file}", "koan 1 of")
                time.sleep(2 * cold)  # a learner reads, and the next process makes itself ready
                new = f"%%koan {koan.name}\n# {turn}\n{cell}"
                warm = kernel.seconds(new, "Then run the cell again.")
                ratios.append(warm / cold)
                cells.append(warm)
                print(f"  {chapter}: cell {warm * 1000:.0f} ms, cold {cold * 1000:.0f} ms")
    print(f"  median of a cell: {statistics.median(cells) * 1000:.0f} ms")
    return [Finding("a cell in a notebook beside a cold !pytest", statistics.median(ratios), 0.15)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--turns", type=int, default=3, help="texts a chapter")
    for each in findings(parser.parse_args().turns):
        print(each)


if __name__ == "__main__":
    main()
