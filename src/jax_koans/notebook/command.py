"""`koans notebook`: notebooks of the learner's koans, written below `notebooks/`."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jax_koans.course import koan_argument
from jax_koans.course.path import PathError, Workspace
from jax_koans.course.track import chosen, track_names
from jax_koans.folder.backups import rewrite
from jax_koans.folder.state_dir import alone
from jax_koans.i18n import _
from jax_koans.notebook.files import remember, remembered
from jax_koans.source.textfile import text_or_none

FOLDER = "notebooks"


@dataclass(frozen=True)
class Made:
    """The notebooks that are as they should be, the koans whose cells stay, and the backup."""

    files: list[Path]
    kept: list[str]
    backup: Path | None


def make(
    workspace: Workspace, wanted: str, here: Path, replace: Callable[[str, str], bool]
) -> Made:
    """Write the notebooks of a chapter, a file, a koan or a track; by default of the folder's path.

    `replace(notebook, koan)` is asked whether a cell that differs from the koan's file goes.
    """
    try:
        from jax_koans.notebook.document import document, merged, slices
    except ModuleNotFoundError as error:
        text = _("koans notebook needs {name}: pip install 'jax-koans[notebook]'")
        raise PathError(text.format(name=error.name)) from None
    prefix, koans, track = _wanted(workspace, wanted, here)
    texts: dict[Path, str | bytes | None] = {}
    files, kept, held = [], list[str](), dict[str, str]()
    with alone(workspace):
        known = remembered(workspace)
        for chapter in dict.fromkeys(k.chapter for k in workspace.koans if k.name in koans):
            name = f"{prefix}-{chapter}" if track else prefix or chapter
            path = workspace.root / FOLDER / f"{name}.ipynb"
            old = text_or_none(path) or ""
            try:
                new = document(workspace, chapter, koans, track)
                text, stay = merged(new, old, known, partial(replace, path.name))
            except ValueError as error:
                text = _("{file} is no notebook: {error}. Move it away, and run this again.")
                raise PathError(text.format(file=path, error=error)) from None
            files.append(path)
            kept += stay
            held |= {koan: each for koan, each in slices(new).items() if koan not in stay}
            if text != old:
                texts[path] = text
        backup = rewrite(workspace, texts, texts.keys())
        remember(workspace, held)
    return Made(files, kept, backup)


def _wanted(workspace: Workspace, wanted: str, here: Path) -> tuple[str, set[str], str]:
    """How the notebook is called, "" for by its chapter; its koans; and what names the track."""
    is_file = (here / wanted).is_file() and not wanted.endswith((".py", ".ipynb"))
    if wanted and wanted not in track_names(workspace) and not is_file:
        choice = koan_argument.choose(workspace, wanted, here)
        return choice.name.removesuffix(".py").replace("/", "-"), set(choice.koans), ""
    track, koans = chosen(workspace, here, wanted)
    if not track:
        return "", {koan.name for koan in workspace.koans}, ""
    if track not in track_names(workspace):
        # A file: named as it is found from the folder, which may be copied to another place.
        file = Path(os.path.abspath((here if wanted else workspace.root) / track))
        inside = file.is_relative_to(workspace.root)
        track = (file.relative_to(workspace.root) if inside else file).as_posix()
    return Path(track).stem, set(koans), track
