"""One scene, measured: the same save with a cold pytest, with the watch, and at the floor."""

import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import TypedDict

from learner import Watching, cold, save
from scenes import Scene, text

from jax_koans.course.path import Workspace
from jax_koans.run.prestarted_process import ARGUMENTS, Prestarted, environment
from jax_koans.run.separate_process import Supervised


class Row(TypedDict):
    """One turn of one scene; times in seconds.

    `ready` is how long a spare takes to be ready, `cold_solution` a cold run of the solution that
    it rehearses: they are measured once a scene, and stand in each of its rows.
    """

    chapter: str
    koan: str
    cold: float
    watch: float
    floor: float
    ready: float
    cold_solution: float


def measure(workspace: Workspace, solved: Path, scene: Scene, turns: int) -> list[Row]:
    """One row a turn. `solved` is a learner's folder with every koan solved."""
    file = workspace.koans_dir / scene.file
    solution = workspace.solution(scene.file)
    names = [scene.koan, scene.after]
    rows: list[Row] = []
    save(file, text(solution, scene, 0))
    ready, cold_solution = _ready(workspace, scene), cold(solved, f"koans/{scene.file}")
    with (
        Watching(workspace.root, scene.file, ready=ready) as watching,
        tempfile.TemporaryDirectory() as compiled,
        Supervised(environment=environment(compiled)) as warm,  # the floor is as warm as a spare
    ):
        watching.until(f"▸ {scene.after}")
        line = _line(watching.text, file.name)
        _floor(warm, workspace, file, names)
        for turn in range(1, turns + 1):
            watching.settle()
            saved = save(file, text(solution, scene, turn))
            # Each text is a line longer than the one before, above the koan that waits.
            shown = watching.until(f"▸ {scene.after}", f"{file.name}:{line + turn} ")
            watching.settle()
            rows.append(
                Row(
                    chapter=scene.chapter,
                    koan=scene.koan,
                    cold=cold(workspace.root, f"koans/{scene.file}"),
                    watch=shown - saved,
                    floor=_floor(warm, workspace, file, names),
                    ready=ready,
                    cold_solution=cold_solution,
                )
            )
    shutil.rmtree(workspace.state_dir, ignore_errors=True)
    return rows


def _floor(process: Supervised, workspace: Workspace, file: Path, names: list[str]) -> float:
    """Seconds until the last verdict, in a process that has run the same before."""
    started = verdict = time.perf_counter()
    koans = [f"{file}::{name}" for name in names]
    for event in process.run(workspace.root, [*ARGUMENTS, *koans]):
        if event["event"] == "outcome":
            verdict = time.perf_counter()
    return verdict - started


def _ready(workspace: Workspace, scene: Scene) -> float:
    """Seconds until a spare is ready, from nothing."""
    started = time.perf_counter()
    spare = Prestarted(workspace, scene.file, [scene.koan], [])
    spare.ready.wait()
    ready = time.perf_counter() - started
    spare.end()
    return ready


def _line(shown: str, file: str) -> int:
    """The line of the learner's file that a report is about."""
    found = re.search(rf"{re.escape(file)}:(\d+) ", shown)
    if found is None:
        raise ValueError(f"no line of {file} is on the screen:\n{shown}")
    return int(found[1])
