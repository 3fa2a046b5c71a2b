"""A learner's own folder, made from the installed package: the koans without their solutions."""

import json
from pathlib import Path

from jax_koans.actions.build import build
from jax_koans.course.path import PathError, Workspace, shipped
from jax_koans.course.plan import wanted
from jax_koans.course.track import koans_on_track, track_names
from jax_koans.folder import original_koans
from jax_koans.folder.files import write_atomically
from jax_koans.folder.state_dir import make_state_dir
from jax_koans.i18n import _
from jax_koans.source.textfile import read_text

_TEMPLATE = Path(__file__).with_name("learners_folder")
_TRACK = """\
koans_track = {track}  # --track on the command line wins; without this line, all koans
"""


def make(folder: Path, track: str = "", here: Path | None = None) -> None:
    """Write koans/, koans.lock, README.md, conftest.py, pyproject.toml and settings.

    `track` names one of the path's, or a file in the folder `here`, which is copied. A folder that
    is not empty is a PathError: something of the learner's could be lost.
    """
    workspace, here = Workspace(folder), here or Path.cwd()
    listed, setting = "", ""
    if track:
        koans_on_track(workspace, track, here)
        if track not in track_names(workspace):
            listed, track = read_text(here / track), "track.txt"
        setting = _TRACK.format(track=json.dumps(track))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PathError(_("{folder} is not empty. Choose a new folder.").format(folder=folder))
    write_atomically(folder / "conftest.py", read_text(shipped() / "conftest.py"))
    for file in filter(Path.is_file, _TEMPLATE.rglob("*")):
        text = read_text(file) + (setting if file.name == "pyproject.toml" else "")
        write_atomically(folder / file.relative_to(_TEMPLATE), text)
    if listed:
        write_atomically(folder / "track.txt", listed)
    build(workspace)
    make_state_dir(workspace)
    write_atomically(original_koans.file(workspace), original_koans.render(wanted(workspace)))
