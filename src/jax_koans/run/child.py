"""The supervised process: `python -m jax_koans.run.child` reads jobs and runs pytest on them.

A job is one JSON object a line on standard input: `{"root": folder, "arguments": [...]}`. With
`"prepare": true` the session waits before it collects, until a line `{"koans": [...]}` gives the
node ids to run, and all that is in memory by then is set aside from garbage collection. Events
(see events.py) go to standard output. Learners' code never meets either: before the first job
both are moved away, and what takes their place is empty.
"""

import contextlib
import gc
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import pytest

from jax_koans.course.path import KOANS
from jax_koans.run.events import Stream

# What pytest would load for whoever has it installed, and what costs time at every start.
_QUIET = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:random_order", "-q"]


def main() -> None:
    jobs, events = _moved_away()
    # Now, not when the learner waits; where JAX is broken, conftest.py says so in plain words.
    with contextlib.suppress(Exception):
        import jax  # noqa: F401

        import jax_koans.feedback.exceptions  # noqa: F401

    def asked() -> list[str]:
        gc.collect()
        gc.freeze()
        line = jobs.readline()
        if not line:
            pytest.exit("nobody asks any more")
        koans: list[str] = json.loads(line)["koans"]
        return koans

    stream = Stream(events)
    stream.send("ready")
    for line in jobs:
        job = json.loads(line)
        stream.ask = asked if job.get("prepare") else None
        code = run(Path(job["root"]), job["arguments"], stream)
        stream.send("end", code=int(code))


def run(root: Path, arguments: Sequence[str], stream: Stream) -> int:
    """One pytest session in a folder; nothing of its modules is left for the next one."""
    os.chdir(root)
    code = pytest.main([*_QUIET, "--rootdir", str(root), *arguments], plugins=[stream])
    koans, conftest = str(root / KOANS) + os.sep, str(root / "conftest.py")
    for name, module in list(sys.modules.items()):
        file = str(getattr(module, "__file__", None) or "")
        if file.startswith(koans) or file == conftest:  # the next import reads it again
            del sys.modules[name]
    return code


def _moved_away() -> tuple[IO[str], IO[str]]:
    jobs = os.fdopen(os.dup(0), encoding="utf-8")
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return jobs, events


if __name__ == "__main__":
    main()
