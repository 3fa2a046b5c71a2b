"""What a class costs: its folders read, and its submissions judged beside pytest in each folder.

python benchmarks/classroom.py [--folders 1000] [--submissions 30]
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from finding import Finding, machine
from learner import environment, folder, save

from jax_koans.classroom.grading import load
from jax_koans.course.path import Workspace, shipped
from jax_koans.source import solve


def reading(parent: Path, count: int) -> float:
    """The seconds of `koans class` on so many folders, each with progress of half the path."""
    first = parent / "class" / "learner0"
    workspace = folder(first)
    passed = ",\n".join(
        f'"{koan.name}": {{"source": "0", "at": "2026-12-01T10:00:00+00:00"}}'
        for koan in workspace.koans[::2]
    )
    text = f'{{"schema": 1, "passed": {{{passed}}}}}'
    for number in range(count):
        state = parent / "class" / f"learner{number}" / ".koans"
        state.mkdir(parents=True, exist_ok=True)
        (state / "progress.json").write_text(text)
    return seconds("class", str(parent / "class"))


def grading(parent: Path, count: int) -> tuple[float, float]:
    """Seconds of `koans grade` on half-solved submissions, and of pytest in each folder in turn."""
    course = Workspace(shipped())
    paths = [parent / f"submission{number}" for number in range(count)]
    workspace = folder(paths[0])
    for file in workspace.files[: len(workspace.files) // 2]:
        save(workspace.koans_dir / file, solve(course.solution(file)))
    for path in paths[1:]:
        shutil.copytree(paths[0], path)
    records = parent / "records.jsonl"
    # Half of it before and half of it after: what else the machine does changes within minutes.
    by_pytest = pytest_in(paths[: count // 2])
    before = processor_time()
    graded = seconds("grade", *map(str, paths), "-n", "2", "--records", str(records))
    told = f"{graded:.0f} s, {processor_time() - before:.0f} s of a processor"
    passed = {each.passed for each in load(records)}
    print(f"  koans grade: {told}, {passed} koans passed in each; {machine()}", flush=True)
    return graded, by_pytest + pytest_in(paths[count // 2 :])


def pytest_in(paths: list[Path]) -> float:
    """Seconds of pytest in each folder in turn."""
    began, before = time.perf_counter(), processor_time()
    for path in paths:
        command = [sys.executable, "-m", "pytest", "-q", "--maxfail=1000000"]
        subprocess.run(command, cwd=path, env=environment(), capture_output=True)
    needed = time.perf_counter() - began
    told = f"{needed:.0f} s, {processor_time() - before:.0f} s of a processor"
    print(f"  pytest in {len(paths)} folders: {told}; {machine()}", flush=True)
    return needed


def processor_time() -> float:
    """Seconds that processes started here, and theirs, have computed: on a busy machine too."""
    times = os.times()
    return times.children_user + times.children_system


def seconds(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "jax_koans", *command],
        env=os.environ | environment(),
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folders", type=int, default=1000)
    parser.add_argument("--submissions", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        parent = Path(name).resolve()
        for count in (30, options.folders):
            print(f"  koans class on {count} folders: {reading(parent / str(count), count):.2f} s")
        graded, by_pytest = grading(parent, options.submissions)
    print(Finding("koans grade beside pytest in each folder in turn", graded / by_pytest, 1 / 3))


if __name__ == "__main__":
    main()
