"""What the sensei adds to a cold `pytest` of a solved chapter.

    python benchmarks/cost.py [--pairs 20] [--chapter 03_jit]

With the sensei and without (`-p no:jax_koans.plugin`; the switch stays), in turn.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from finding import Finding
from learner import environment, folder

_WITHOUT = ["-p", "no:jax_koans.plugin"]


def findings(pairs: int, chapter: str) -> list[Finding]:
    """The ratio of the medians, by the clock and in processor time."""
    times: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as parent:
        root = Path(parent).resolve() / "solved"
        folder(root, solved=True)
        for sensei in (True, False):  # what Python compiles once a folder is no part of it
            _seconds(root, chapter, sensei)
        for pair in range(pairs):
            for sensei in (True, False) if pair % 2 else (False, True):
                times[sensei].append(_seconds(root, chapter, sensei))
            print(
                f"  pair {pair + 1} of {pairs}: with the sensei {times[True][-1][0]:.2f} s,"
                f" without {times[False][-1][0]:.2f} s",
                flush=True,
            )
    clock, processor = (
        statistics.median(each[kind] for each in times[True])
        / statistics.median(each[kind] for each in times[False])
        for kind in (0, 1)
    )
    return [
        Finding(f"a cold pytest of {chapter} with the sensei, beside without", clock, 1.05),
        Finding("the same in processor time", processor, 1.05),
    ]


def _seconds(root: Path, chapter: str, sensei: bool) -> tuple[float, float]:
    """Seconds by the clock, and of processor time."""
    started, used = time.perf_counter(), _used()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        *([] if sensei else _WITHOUT),
        f"koans/{chapter}",
    ]
    subprocess.run(command, cwd=root, env=environment(), capture_output=True, check=True)
    return time.perf_counter() - started, _used() - used


def _used() -> float:
    times = os.times()
    return times.children_user + times.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=20, help="runs with and without")
    parser.add_argument("--chapter", default="03_jit")
    options = parser.parse_args()
    for each in findings(options.pairs, options.chapter):
        print(each)


if __name__ == "__main__":
    main()
