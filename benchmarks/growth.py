"""Whether a save costs more on a long path: the watch on 100, 1,000 and 10,000 koans.

    python benchmarks/growth.py [--turns 9] [--sizes 100 1000 10000]

The paths are made for this: ten koans a file, ten files a chapter, all but one koan solved and on
record. The watches stand side by side, and take turns.
"""

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from finding import Finding
from learner import Watching, save

from jax_koans.course.koans_lock import lock_text
from jax_koans.course.path import TRACKS, Workspace, shipped
from jax_koans.folder import progress
from jax_koans.source import erase, own_source, solve
from jax_koans.source.textfile import text_hash

SIZES = (100, 1_000, 10_000)
_HEAD = '"""Sums."""\n\nimport jax.numpy as jnp\n\nfrom jax_koans import __\n'
_KOAN = '''

def test_{name}():
    """A sum is a number."""
    # HINT: Add them.
    assert jnp.array([1, {number}]).sum() == __({sum})
'''


def findings(turns: int, sizes: Sequence[int] = SIZES) -> list[Finding]:
    """The longest path beside the shortest one."""
    with tempfile.TemporaryDirectory() as parent, ExitStack() as watches:
        paths = [LongPath(Path(parent).resolve() / str(size), size) for size in sizes]
        print(f"  paths of {', '.join(map(str, sizes))} koans are made", flush=True)
        watching = []
        for path in paths:
            watching.append(watches.enter_context(Watching(path.workspace.root)))
            watching[-1].until(f"▸ {path.koan}")
        times: list[list[float]] = [[] for _size in sizes]
        for turn in range(turns):
            for each in watching:
                each.settle()
            for path, each, mine in zip(paths, watching, times, strict=True):
                wrong = 1000 + turn
                saved = save(path.file, path.text(wrong))
                mine.append(each.until(f"you say  {wrong}") - saved)
                for other in watching:
                    other.settle()
            said = ", ".join(f"{mine[-1] * 1e3:.0f}" for mine in times)
            print(f"  turn {turn + 1} of {turns}: {said} ms", flush=True)
    medians = [statistics.median(mine) for mine in times]
    what = f"a save on a path of {sizes[-1]:,} koans, beside {sizes[0]:,}"
    return [Finding(what, medians[-1] / medians[0], 1.2)]


class LongPath:
    """A learner's folder with a path of `size` koans, of which one in the middle waits."""

    def __init__(self, root: Path, size: int) -> None:
        self.workspace = Workspace(root)
        files = [
            f"{each // 10:02d}_chapter/test_{each % 10:02d}_sums.py" for each in range(size // 10)
        ]
        middle = files[len(files) // 2]
        self.file = self.workspace.koans_dir / middle
        self._write(files)
        names = self.workspace.names_in(middle)
        self.koan = names[len(names) // 2]
        self._solved = solve(self.workspace.solution(middle))
        save(self.file, self.text(0))
        known = {
            name: source
            for file in files
            for name, source in own_source(solve(self.workspace.solution(file))).items()
            if name != self.koan
        }
        progress.record(self.workspace, known)

    def text(self, answer: int) -> str:
        """The file with this answer, which is wrong, in the koan that waits."""
        head, found, rest = self._solved.partition(f"def {self.koan}()")
        line = next(line for line in rest.split("\n") if "==" in line)
        wrong = line.partition("==")[0] + f"== {answer}"
        return head + found + rest.replace(line, wrong, 1)

    def _write(self, files: Sequence[str]) -> None:
        made = {}
        for file in files:
            solution = _solution(file)
            for folder, text in (
                (self.workspace.root / "solutions", solution),
                (self.workspace.koans_dir, solve(solution)),
            ):
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                save(folder / file, text)
            made[file] = text_hash(erase(solution))
        (self.workspace.root / "solutions" / TRACKS).mkdir()
        self.workspace.lock.write_text(lock_text(made))
        shutil.copy(shipped() / "conftest.py", self.workspace.root)
        (self.workspace.root / "pyproject.toml").write_text(
            '[tool.pytest]\naddopts = ["--import-mode=importlib"]\n'
        )


def _solution(file: str) -> str:
    stem = f"c{file[:2]}_f{file.partition('test_')[2][:2]}"
    koans = (_KOAN.format(name=f"{stem}_k{k}", number=k, sum=k + 1) for k in range(10))
    return _HEAD + "".join(koans)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--turns", type=int, default=9, help="saves on each path")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="koans of each path")
    options = parser.parse_args()
    for each in findings(options.turns, options.sizes):
        print(each)


if __name__ == "__main__":
    main()
