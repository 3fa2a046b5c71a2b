"""A learner's own folder, made from the installed package: the koans without their solutions."""

from pathlib import Path

from jax_koans.actions.build import build
from jax_koans.course.path import KOANS, TRACKS, PathError, Workspace, shipped
from jax_koans.course.plan import wanted
from jax_koans.folder import made
from jax_koans.folder.files import write_atomically
from jax_koans.folder.state import make_state_dir
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
_GITIGNORE = """\
.koans/
__pycache__/
.pytest_cache/
*.mine
*.mine-*
"""
_EDITOR = """\
{
    "python.testing.pytestEnabled": true,
    "python.testing.pytestArgs": ["koans"],
    "files.autoSave": "off"
}
"""


def find(start: Path) -> Workspace:
    """The workspace at or above a folder, even where its koans.lock is lost.

    Raises:
        PathError: there is none.
    """
    try:
        return Workspace.find(start)
    except PathError:
        for folder in (start, *start.parents):
            if (folder / KOANS / TRACKS).is_dir():
                return Workspace(folder)
        raise


def make(folder: Path) -> None:
    """Write koans/, koans.lock, conftest.py, pyproject.toml, .gitignore and editor settings.

    In `.koans/` the koans as made are kept, for updates.

    Raises:
        PathError: `folder` is not empty, so something of the learner's could be lost.
        OSError: a file cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PathError(_("{folder} is not empty. Choose a new folder.").format(folder=folder))
    for name, text in {
        "conftest.py": read_text(shipped() / "conftest.py"),
        "pyproject.toml": _PYPROJECT,
        ".gitignore": _GITIGNORE,
        ".vscode/settings.json": _EDITOR,
    }.items():
        write_atomically(folder / name, text)
    workspace = Workspace(folder)
    build(workspace)
    make_state_dir(workspace)
    write_atomically(made.file(workspace), made.render(wanted(workspace)))
