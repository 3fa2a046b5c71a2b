"""A request for the teacher's help, in `.koans/help.json`."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

from jax_koans.course.path import Workspace
from jax_koans.folder.files import write_atomically
from jax_koans.folder.state_dir import make_state_dir
from jax_koans.source.textfile import read_text


def ask(workspace: Workspace, koan: str) -> None:
    make_state_dir(workspace)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    write_atomically(_file(workspace), json.dumps({"koan": koan, "at": now}) + "\n")


def withdraw(workspace: Workspace) -> None:
    with contextlib.suppress(FileNotFoundError):
        _file(workspace).unlink()


def asked(workspace: Workspace) -> tuple[str, str]:
    """The koan, and since when (ISO 8601, UTC); "" twice where nobody asks."""
    try:
        data = json.loads(read_text(_file(workspace)))
        return str(data["koan"]), str(data["at"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return "", ""


def _file(workspace: Workspace) -> Path:
    return workspace.state_dir / "help.json"
