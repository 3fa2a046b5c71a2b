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

_PYPROJECT = """\
# pytest reads this; the koans need nothing else.
[tool.pytest]
minversion = "9.2"
addopts = ["--import-mode=importlib"]
testpaths = ["koans"]
timeout = "60"
"""
_TRACK = """\
koans_track = {track}  # --track on the command line wins; without this line, all koans
"""
_GITIGNORE = """\
.koans/*
!.koans/progress.json
!.koans/last.json
__pycache__/
.pytest_cache/
*.mine
*.mine-*
"""
_README = """\
# Your JAX koans

A koan is a failing test. Begin here, in a terminal:

    pytest koans/01_arrays

Read the koan that it shows, replace each `__` or write the code that its TODO asks for, save, and
run the same line again. Or run `koans` in a terminal beside your editor: it shows the verdict each
time you save. Each chapter begins with its README, for instance `koans/01_arrays/README.md`.

In 90 minutes what JAX is: `pytest koans --track taste`; in three hours: `--track core`.

| command | what it does |
|---|---|
| `koans` | show the verdict whenever you save |
| `koans hint` | show the next hint of the koan that failed last |
| `koans solution KOAN` | compare a koan that has passed with the reference |
| `koans reset KOAN` | reset a koan, a file or a chapter, after a backup |
| `koans restore` | bring the last backup back |
| `koans list` | show what has passed |
| `koans update` | take in new koans and keep your answers |
| `koans notebook` | write the koans as notebooks, with your answers |
| `koans doctor` | check Python, JAX, devices and this folder |

Keys while `koans` runs: `h` hint, `s` solution, `r` run again, `n` next, `l` list, `x` reset, `q`
quit. Your progress and backups are in `.koans/`.
"""
_EDITOR = """\
{
    "python.testing.pytestEnabled": true,
    "python.testing.pytestArgs": ["koans"],
    "files.autoSave": "off"
}
"""


def make(folder: Path, track: str = "", here: Path | None = None) -> None:
    """Write koans/, koans.lock, README.md, conftest.py, pyproject.toml and settings.

    In `.koans/` the koans as made are kept, for updates. `track` names one of the path's, or a
    file in the folder `here`, which is copied; the learner goes along it.

    Raises PathError where `folder` is not empty: something of the learner's could be lost.
    """
    workspace = Workspace(folder)
    pyproject, listed = _PYPROJECT, ""
    if track:
        koans_on_track(workspace, track, here or Path.cwd())
        if track not in track_names(workspace):
            listed, track = read_text((here or Path.cwd()) / track), "track.txt"
        pyproject += _TRACK.format(track=json.dumps(track))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PathError(_("{folder} is not empty. Choose a new folder.").format(folder=folder))
    for name, text in {
        "conftest.py": read_text(shipped() / "conftest.py"),
        "pyproject.toml": pyproject,
        "README.md": _README,
        ".gitignore": _GITIGNORE,
        ".vscode/settings.json": _EDITOR,
    }.items():
        write_atomically(folder / name, text)
    if listed:
        write_atomically(folder / "track.txt", listed)
    build(workspace)
    make_state_dir(workspace)
    write_atomically(original_koans.file(workspace), original_koans.render(wanted(workspace)))
