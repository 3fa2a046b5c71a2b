"""What each koan's slice of its file was when a cell last held the same, in `.koans/notebook.json`.

So a cell notices that an editor, `koans reset` or `koans update` has changed the file meanwhile.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from jax_koans.course.path import Workspace
from jax_koans.folder.files import write_atomically
from jax_koans.folder.state_dir import make_state_dir
from jax_koans.source.textfile import read_text, text_hash


def load(workspace: Workspace) -> dict[str, str]:
    """The hash of each slice, by its koan; of a file that is not as it should be nothing counts."""
    try:
        known = json.loads(read_text(_file(workspace)))
        return {str(koan): str(each) for koan, each in known.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def save(workspace: Workspace, slices: Mapping[str, str]) -> None:
    """Remember slices, by their koans, beside those that are known. Raises OSError."""
    known = load(workspace)
    new = known | {koan: text_hash(text) for koan, text in slices.items()}
    if new != known:
        make_state_dir(workspace)
        write_atomically(_file(workspace), json.dumps(new, indent=1) + "\n")


def _file(workspace: Workspace) -> Path:
    return workspace.state_dir / "notebook.json"
