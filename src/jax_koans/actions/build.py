"""Writing `koans/` and `koans.lock` from `solutions/`, without ever costing a learner an edit."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from jax_koans.course import readme
from jax_koans.course.koans_lock import lock_text, read_lock
from jax_koans.course.path import KOANS, SOLUTIONS, Workspace
from jax_koans.course.plan import Step, plan
from jax_koans.folder.backups import rewrite
from jax_koans.folder.state_dir import alone
from jax_koans.i18n import _
from jax_koans.source.textfile import like, text_hash, text_or_none


def build(workspace: Workspace, *, force: bool = False) -> tuple[list[str], list[str], Path | None]:
    """Bring `koans/` up to date, and return the files written, those kept, and the backup.

    A file that a learner has edited is kept, unless `force` is set, and then backed up first.
    Where a file cannot be written, those before it may have been; the lock has not.
    """
    # Where there are no koans yet, nobody can be at work on them.
    with alone(workspace) if workspace.koans_dir.exists() else contextlib.nullcontext():
        steps = plan(workspace)
        kept = [step.file for step in steps if step.needed and step.edited and not force]
        todo = [step for step in steps if step.needed and step.file not in kept]
        edited = {workspace.koans_dir / step.file for step in todo if step.edited}
        texts: dict[Path, str | bytes | None] = {
            # Each file keeps its own line ends and byte order mark.
            workspace.koans_dir / step.file: step.new and like(step.new, step.old or "")
            for step in todo
        }
        done = (step for step in steps if step.file not in kept)
        texts |= _overview(workspace) | locked(workspace, done)
        backup = rewrite(workspace, texts, edited)
        return [step.file for step in todo], kept, backup


def _overview(workspace: Workspace) -> dict[Path, str]:
    """The README beside the solutions, where its table of chapters is to be renewed."""
    path = workspace.root / "README.md"
    text = text_or_none(path) if (workspace.root / SOLUTIONS).is_dir() else None
    new = text and readme.overview(workspace, text)
    return {path: new} if new and new != text else {}


def locked(workspace: Workspace, done: Iterable[Step]) -> dict[Path, str]:
    """The new `koans.lock`, if it differs; written after all else: what was killed runs again."""
    made = read_lock(workspace)
    for step in done:
        made.pop(step.file, None)
        if step.new is not None:
            made[step.file] = text_hash(step.new)
    text = lock_text(made)
    return {} if text_or_none(workspace.lock) == text else {workspace.lock: text}


def differences(workspace: Workspace) -> list[str]:
    """One line for each way in which `koans/` and `koans.lock` are not what erasing gives."""
    lines, steps = [], plan(workspace)
    for step in steps:
        if step.needed:
            what = (
                _("is missing") if step.old is None
                else _("is no longer on the path") if step.new is None
                else _("differs from what its solution gives")
            )  # fmt: skip
            lines.append(f"{KOANS}/{step.file} {what}")
    lines += [
        f"{path.name} {_('differs from what the path gives')}" for path in _overview(workspace)
    ]
    made = {step.file: text_hash(step.new) for step in steps if step.new is not None}
    if text_or_none(workspace.lock) != lock_text(made):
        lines.append(f"{workspace.lock.name} {_('does not match the solutions')}")
    return lines
