"""Tracks: the koans that each lists, and which one a learner goes along."""

import tomllib
from pathlib import Path

from jax_koans.course.path import TRACKS, PathError, Workspace
from jax_koans.i18n import _
from jax_koans.source.textfile import read_text

KEY = "koans_track"  # in pytest's section of pyproject.toml


def chosen(workspace: Workspace, here: Path, option: str = "") -> tuple[str, tuple[str, ...]]:
    """A track's name and its koans, in the order of the path; "" and () without a track.

    `option` is what the command line says, of a file relative to `here`; what the folder's
    pyproject.toml says is relative to that.
    """
    if option:
        return option, koans_on_track(workspace, option, here)
    name = in_folder(workspace)
    return name, koans_on_track(workspace, name) if name else ()


def in_folder(workspace: Workspace) -> str:
    """The track that a folder's pyproject.toml names, "" for none."""
    file = workspace.root / "pyproject.toml"
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        return str(table.get("tool", {}).get("pytest", {}).get(KEY, ""))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, AttributeError) as error:
        text = _("{file} cannot be read: {error}")
        raise PathError(text.format(file=file, error=error)) from None


def track_names(workspace: Workspace) -> list[str]:
    return sorted(track.stem for track in (workspace.solutions_dir / TRACKS).glob("*.txt"))


def koans_on_track(workspace: Workspace, track: str, folder: Path | None = None) -> tuple[str, ...]:
    """The koan names that a track lists, in the order of the path.

    `track` names a file in `koans/tracks/`, or is a path, relative to `folder`.
    """
    file = workspace.solutions_dir / TRACKS / f"{track}.txt"
    file = file if file.is_file() else (folder or workspace.root) / track
    if not file.is_file():
        known = ", ".join(track_names(workspace)) or "-"
        text = _("No track {track!r}. Tracks here: {known}; or give a file of koan names.")
        raise PathError(text.format(track=track, known=known))
    lines = (line.partition("#")[0].strip() for line in read_text(file).splitlines())
    listed = dict.fromkeys(line for line in lines if line)
    on_path = [koan.name for koan in workspace.koans]
    if unknown := [name for name in listed if name not in on_path]:
        text = _("{file} lists a koan that is not on the path: {name}")
        raise PathError(text.format(file=file, name=unknown[0]))
    return tuple(name for name in on_path if name in listed)
