"""The koans as they were made, in `.koans/made.json`: so an update can tell whose a line is."""

import json
from pathlib import Path

from jax_koans.course.path import Workspace
from jax_koans.source.textfile import read_text


def file(workspace: Workspace) -> Path:
    return workspace.state_dir / "made.json"


def load(workspace: Workspace) -> dict[str, str]:
    """The text of each file below `koans/`; empty where that is not known."""
    try:
        texts = json.loads(read_text(file(workspace))).items()
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
    return {name: text for name, text in texts if isinstance(text, str)}


def render(texts: dict[str, str]) -> str:
    return json.dumps(dict(sorted(texts.items())), indent=1) + "\n"
