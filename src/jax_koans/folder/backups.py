"""Changing a learner's files: what was there is copied first, and can be brought back.

The copies that one command makes are one folder, `.koans/backups/007_2026-01-31_12-00-00/`, which
holds the files at their places in the workspace.
"""

import os
import re
import shutil
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from jax_koans.course.path import Workspace
from jax_koans.folder.files import require_own, write_atomically

_FOLDER = re.compile(r"(\d+)_.*")


def rewrite(
    workspace: Workspace, texts: Mapping[Path, str | bytes | None], keep: Collection[Path]
) -> Path | None:
    """Write files below the workspace's root; a text of None removes the file.

    Those of them that are in `keep` are copied first; returns the folder of the copies, if any.
    Where a copy cannot be made, or a link leads elsewhere, nothing has been written; where a file
    cannot be written, those before it have been. For one command at a time: `state_dir.alone`.
    """
    for path in texts:
        require_own(path, workspace.root)
    folder = back_up(workspace, [path for path in texts if path in keep and path.exists()])
    for path, text in texts.items():
        if text is not None:
            write_atomically(path, text)
        elif path.exists():
            path.unlink()
    return folder


def back_up(workspace: Workspace, paths: Collection[Path]) -> Path | None:
    """Copy files to a folder of their own, which has its name only once it is whole."""
    if not paths:
        return None
    everything = _all(workspace)
    require_own(everything, workspace.root)
    unfinished = everything / "unfinished"
    if unfinished.exists():  # of a command that was killed: nothing was written after it
        shutil.rmtree(unfinished)
    for path in paths:
        copy = unfinished / path.relative_to(workspace.root)
        write_atomically(copy, path.read_bytes())
        shutil.copystat(path, copy)
    # The number, not the time, tells which one is the last: clocks go back.
    number = max(_folders(workspace), default=0) + 1
    folder = everything / f"{number:03}_{datetime.now():%Y-%m-%d_%H-%M-%S}"
    os.rename(unfinished, folder)
    return folder


def last(workspace: Workspace) -> Path | None:
    return max(_folders(workspace).items(), default=(0, None))[1]


def restore(workspace: Workspace, folder: Path) -> tuple[list[str], Path | None]:
    """Bring a backup's files back; returns them, and the backup of what stood there."""
    copies = sorted(copy for copy in folder.rglob("*") if copy.is_file())
    texts = {workspace.root / copy.relative_to(folder): copy.read_bytes() for copy in copies}
    kept = rewrite(workspace, texts, texts.keys())
    for copy in copies:
        shutil.copymode(copy, workspace.root / copy.relative_to(folder))
    return [copy.relative_to(folder).as_posix() for copy in copies], kept


def _all(workspace: Workspace) -> Path:
    return workspace.state_dir / "backups"


def _folders(workspace: Workspace) -> dict[int, Path]:
    folders = _all(workspace).glob("*")
    return {int(match[1]): each for each in folders if (match := _FOLDER.fullmatch(each.name))}
