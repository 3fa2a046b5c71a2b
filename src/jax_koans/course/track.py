"""Which track a learner goes along: what the command line says, else their folder."""

import tomllib
from pathlib import Path

from jax_koans.course.path import PathError, Workspace
from jax_koans.i18n import _

KEY = "koans_track"  # in pytest's section of pyproject.toml


def chosen(workspace: Workspace, here: Path, option: str = "") -> tuple[str, tuple[str, ...]]:
    """A track's name and its koans, in the order of the path; "" and () without a track.

    `option` is what the command line says, of a file relative to `here`; what the folder's
    pyproject.toml says is relative to that.

    Raises:
        PathError: there is no such track, or pyproject.toml cannot be read.
    """
    if option:
        return option, workspace.track(option, here)
    name = in_folder(workspace)
    return name, workspace.track(name, workspace.root) if name else ()


def in_folder(workspace: Workspace) -> str:
    """The track that a folder's pyproject.toml names, "" for none.

    Raises:
        PathError: the file cannot be read.
    """
    file = workspace.root / "pyproject.toml"
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        return str(table.get("tool", {}).get("pytest", {}).get(KEY, ""))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, AttributeError) as error:
        text = _("{file} cannot be read: {error}")
        raise PathError(text.format(file=file, error=error)) from None
