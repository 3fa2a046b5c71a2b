"""The last verdict, in `.koans/last.json`: which koan it was about, and what it said."""

import json
from dataclasses import dataclass
from pathlib import Path

from jax_koans.course.path import Workspace
from jax_koans.source.textfile import read_text


@dataclass(frozen=True)
class Last:
    """A koan, its `outcome.State`, when (ISO 8601, UTC), and how many had passed by then."""

    koan: str
    state: str
    at: str
    passed: int


def file(workspace: Workspace) -> Path:
    """Where it is kept; `progress.record` writes it."""
    return workspace.state_dir / "last.json"


def load(workspace: Workspace) -> Last | None:
    """The last verdict; None if there is none, or its file cannot be understood."""
    try:
        data = json.loads(read_text(file(workspace)))
        return Last(str(data["koan"]), str(data["state"]), str(data["at"]), int(data["passed"]))
    except (OSError, ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return None
