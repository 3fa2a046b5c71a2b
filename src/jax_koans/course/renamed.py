"""`solutions/renamed.toml`: what koans, and what learners define in them, were called before."""

import tomllib
from functools import lru_cache
from pathlib import Path

from jax_koans.course.path import PathError, Workspace
from jax_koans.i18n import _

_FILE = "renamed.toml"


def former_names(workspace: Workspace) -> dict[str, str]:
    """What a koan was called first, by its name now, through all renames."""
    return {new: old for old, new in new_names(workspace).items()}


def new_names(workspace: Workspace, file: str = "") -> dict[str, str]:
    """The new names of koans by their old ones; for a `file` also of what learners define."""
    koans, names = _read(workspace.solutions_dir / _FILE)
    return koans | names.get(file, {})


@lru_cache(maxsize=8)
def _read(path: Path) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, {}
    except (OSError, ValueError) as error:
        text = _("{file} cannot be understood: {error}")
        raise PathError(text.format(file=path, error=error)) from None
    koans = {
        old: new for chapter in table.get("koans", {}).values() for old, new in chapter.items()
    }
    return koans, table.get("names", {})
