"""The koans' files as cells, and what each slice was when a cell last held the same.

That is kept in `.koans/notebook.json`. So a cell notices that an editor, `koans reset` or
`koans update` has changed the file meanwhile.
"""

import json
from collections.abc import Mapping

from jax_koans.course.path import PathError, Workspace
from jax_koans.folder.files import write_atomically
from jax_koans.folder.state_dir import make_state_dir
from jax_koans.i18n import _
from jax_koans.source import SourceError
from jax_koans.source.slices import Slices
from jax_koans.source.textfile import read_text, text_hash

_MEMORY = "notebook.json"


def read(workspace: Workspace, file: str) -> Slices:
    """The slices of a file of koans."""
    try:
        return Slices.of(read_text(workspace.koans_dir / file), workspace.solution(file))
    except (SourceError, UnicodeDecodeError) as error:
        text = _("koans/{file} cannot be read as Python: {error}\nFix it, or: koans reset {file}")
        raise PathError(text.format(file=file, error=error)) from None


def remembered(workspace: Workspace) -> dict[str, str]:
    """The hash of each slice, by its koan; of a file that is not as it should be nothing counts."""
    try:
        known = json.loads(read_text(workspace.state_dir / _MEMORY)).items()
    except (OSError, ValueError, AttributeError):
        return {}
    return {koan: str(each) for koan, each in known}


def remember(workspace: Workspace, slices: Mapping[str, str]) -> None:
    """Remember slices, by their koans, beside those that are known."""
    known = remembered(workspace)
    new = known | {koan: text_hash(text) for koan, text in slices.items()}
    if new != known:
        make_state_dir(workspace)
        write_atomically(workspace.state_dir / _MEMORY, json.dumps(new, indent=1) + "\n")
