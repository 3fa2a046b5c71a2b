"""`koans.lock`: the hash of every file of `koans/` as it was made, which tells a learner's edit."""

import json

from jax_koans import __version__
from jax_koans.course.path import SOLUTIONS, PathError, Workspace
from jax_koans.i18n import _
from jax_koans.source import SourceError, erase
from jax_koans.source.textfile import text_hash, text_or_none

SCHEMA = 1


def is_current(workspace: Workspace, file: str) -> bool:
    """Whether a file's koans were made from its solution as it is now, as far as is known."""
    try:
        made = None if _is_of_this_version(workspace) else read_lock(workspace).get(file)
    except (OSError, PathError):
        made = None
    try:
        return made is None or made == text_hash(erase(workspace.solution(file)))
    except (OSError, SourceError):
        return False


def forged(workspace: Workspace) -> list[str]:
    """The files of which the lock says what this version, which made it, does not make."""
    if not _is_of_this_version(workspace):
        return []
    made = read_lock(workspace)
    hashes = {file: text_hash(erase(workspace.solution(file))) for file in workspace.files}
    return [file for file in hashes if made.get(file) not in (None, hashes[file])]


def _is_of_this_version(workspace: Workspace) -> bool:
    """Not a clone, where solutions change before the version does."""
    is_clone = (workspace.root / SOLUTIONS).is_dir()
    return not is_clone and workspace.lock.is_file() and not older_version(workspace)


def lock_text(made: dict[str, str]) -> str:
    """The text of `koans.lock`: the version that made it, and each file's hash as made."""
    lock = {"schema": SCHEMA, "version": __version__, "files": dict(sorted(made.items()))}
    return json.dumps(lock, indent=1) + "\n"


def older_version(workspace: Workspace) -> str:
    """Which version made a learner's koans, if it was another one than this; else ""."""
    try:
        version = str(json.loads(text_or_none(workspace.lock) or "").get("version", "0.1.0"))
    except (ValueError, AttributeError):
        return ""
    return version if version != __version__ else ""


def read_lock(workspace: Workspace) -> dict[str, str]:
    """The hash of each file of `koans/` as it was made, by its path there."""
    text = text_or_none(workspace.lock)
    if text is None:
        return {}
    try:
        lock = json.loads(text)
        files = lock["files"]
        if lock["schema"] != SCHEMA or not all(isinstance(each, str) for each in files.values()):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        problem = _("{file} cannot be read. Move it away, then make it again: koans update")
        raise PathError(problem.format(file=workspace.lock)) from None
    return dict(files)
