"""The learner's folder: whether it can be written, and whether its files are all there."""

import os
from collections.abc import Iterator
from pathlib import Path

from jax_koans.course.koans_lock import forged
from jax_koans.course.path import SOLUTIONS, PathError, Workspace, shipped
from jax_koans.course.plan import plan
from jax_koans.doctor.finding import Finding, Level
from jax_koans.folder import progress
from jax_koans.i18n import _, plural
from jax_koans.source.textfile import text_hash, text_or_none

_HIDDEN = ("jax", "jaxlib", "numpy", "pytest")  # what a file of that name would stand before
_CONFTEST = "conftest.py"
# What the folder's name, or one above it, begins with where a program synchronizes it.
_CLOUDS = ("OneDrive", "Dropbox", "iCloud", "Mobile Documents", "Google Drive", "GoogleDrive")


def folder(start: Path) -> Iterator[Finding]:
    try:
        workspace = Workspace.find(start)
    except PathError as error:
        yield Finding(Level.NOTE, str(error))
        return
    root = workspace.root
    known = progress.load(workspace)
    count = len(workspace.koans)
    what = plural("{folder}: {count} koan", "{folder}: {count} koans", count)
    yield Finding(Level.WELL, what.format(folder=root, count=count))
    if known.warning:
        yield Finding(Level.NOTE, known.warning)
    if above := cloud(root.resolve()):
        what = _("The folder {above} is synchronized with a cloud.").format(above=above)
        advice = _("That may lock a file while you save or run. Better move the koans out of it.")
        yield Finding(Level.NOTE, what, advice)
    for path in (root, workspace.koans_dir, workspace.state_dir):
        if path.exists() and not os.access(path, os.W_OK):
            what = _("{folder} is read-only.").format(folder=path)
            advice = _("Change its permissions, or copy the folder elsewhere.")
            yield Finding(Level.WRONG, what, advice)
    for file in (root / f"{name}.py" for name in _HIDDEN):
        if file.exists():
            what = _("{file} hides the package of that name.").format(file=file)
            yield Finding(Level.WRONG, what, _("Give your file another name."))
    yield from _conftest(workspace)
    yield from _koans(workspace)


def _conftest(workspace: Workspace) -> Iterator[Finding]:
    text = text_or_none(workspace.root / _CONFTEST)
    is_clone = (workspace.root / SOLUTIONS).is_dir()
    if text is None:
        what = _("conftest.py is missing: without it pytest knows no koans.")
        advice = "git checkout conftest.py" if is_clone else "koans update"
        yield Finding(Level.WRONG, what, advice)
        return
    original = text_or_none(shipped() / _CONFTEST) or ""
    if not is_clone and text_hash(text) != text_hash(original):
        what = _("conftest.py is not the one that came with this version.")
        yield Finding(Level.NOTE, what, _("If that was not you: move it away, then koans update."))


def _koans(workspace: Workspace) -> Iterator[Finding]:
    if not workspace.lock.exists():
        what = _("koans.lock is missing: what is yours and what is new cannot be told apart.")
        yield Finding(Level.WRONG, what, "koans update")
        return
    try:
        changed = forged(workspace)
        behind = [step for step in plan(workspace) if step.needed and not step.edited]
    except (PathError, OSError) as error:
        yield Finding(Level.WRONG, str(error))
        return
    if changed:
        what = _("koans.lock was changed: {file} was not made so.").format(file=changed[0])
        yield Finding(Level.WRONG, what, _("Move koans.lock away, then koans update."))
    if behind:
        text = plural(
            "{count} file of koans is not as the path has it now.",
            "{count} files of koans are not as the path has them now.",
            len(behind),
        )
        advice = _("See what would change: koans update")
        yield Finding(Level.NOTE, text.format(count=len(behind)), advice)


def cloud(folder: Path) -> str:
    """The folder above that a program such as OneDrive synchronizes, by its name; mostly ""."""
    inside = folder.parts[1:]
    for before, part in zip(("", *inside), inside, strict=False):
        if part.startswith(_CLOUDS) or before == "CloudStorage":  # macOS keeps all of them there
            return part
    return ""
