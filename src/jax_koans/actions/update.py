"""Bringing new koans into a folder where somebody has been at work, without losing any of it."""

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from jax_koans.actions.build import locked
from jax_koans.course.koans_lock import read_lock
from jax_koans.course.path import KOANS, SOLUTIONS, PathError, Workspace, shipped
from jax_koans.course.plan import Step, plan
from jax_koans.course.renamed import former_names, new_names
from jax_koans.folder import original_koans, progress
from jax_koans.folder.backups import rewrite
from jax_koans.folder.state_dir import alone
from jax_koans.i18n import _
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.source import SourceError, answers, fill, own_source
from jax_koans.source.carry import carried
from jax_koans.source.erase import DEFINITION, bound
from jax_koans.source.rename import rename
from jax_koans.source.reset import extent
from jax_koans.source.text import Edit, Source, tests
from jax_koans.source.textfile import like, read_text, text_hash, text_or_none

_CONFTEST = "conftest.py"


class Kind(Enum):
    """What an update does to a file, in words for a list of files."""

    NEW = _("New:")
    RENEWED = _("Renewed, you have not touched them:")
    REFILLED = _("Renewed, with what you wrote put in again:")
    REMOVED = _("No longer on the path, removed:")
    LEFT = _("Left as they are, since they are not Python now; fix them, then update again:")


@dataclass(frozen=True)
class Renewal:
    """What an update does to one file."""

    file: str  # relative to the workspace's root
    kind: Kind
    text: str | None = None
    lost: tuple[tuple[int, str], ...] = ()  # the learner's lines that the new text has no place for
    aside: str = ""  # where the old text is kept whole then
    renewed: tuple[tuple[str, str], ...] = ()  # koans that passed, with the new hash of their code
    again: tuple[str, ...] = ()  # koans that passed and have other code now
    reason: str = ""  # why a file is left, or what it was called before


def preview(workspace: Workspace) -> list[Renewal]:
    """All that an update would do, without doing it."""
    return _renewals(workspace, plan(workspace))


def update(workspace: Workspace, agreed: list[Renewal]) -> Path | None:
    """Do what a preview said, and return the backup's folder.

    Where a file cannot be written, those before it may have been; the lock has not.
    """
    with alone(workspace):
        steps = plan(workspace)
        if _renewals(workspace, steps) != agreed:
            raise PathError(_("Files have changed meanwhile. Look again: koans update"))
        texts: dict[Path, str | bytes | None] = {}
        for each in agreed:
            path = workspace.root / each.file
            if each.aside:
                texts[workspace.root / each.aside] = text_or_none(path)
            if each.kind is not Kind.LEFT:
                texts[path] = each.text
        left = {each.file for each in agreed if each.kind is Kind.LEFT}
        done = [step for step in steps if f"{KOANS}/{step.file}" not in left]
        texts |= _known_now(workspace, done)
        backup = rewrite(workspace, texts, texts.keys() if agreed else ())
        progress.record(workspace, dict(pair for each in agreed for pair in each.renewed))
        return backup


def _renewals(workspace: Workspace, steps: list[Step]) -> list[Renewal]:
    lock, bases = read_lock(workspace), original_koans.load(workspace)
    passed = {name: each.source for name, each in progress.load(workspace).passed.items()}
    found, moved = [], _moved(workspace, steps)
    for step in steps:
        if before := moved.get(step.file):  # the old file is kept beside its place
            text, _fits = _refilled(workspace, step.file, before.old or "", bases.get(before.file))
            reason = _("(before: {file})").format(file=f"{KOANS}/{before.file}")
            found.append(Renewal(f"{KOANS}/{step.file}", Kind.REFILLED, text, reason=reason))
            continue
        base = bases.get(step.file)
        if base is not None and text_hash(base) != lock.get(step.file):
            base = None  # the file has been made again since
        is_old = step.new is None or lock.get(step.file) != text_hash(step.new)
        if renewal := _renewal(workspace, step, base, is_old=is_old):
            found.append(_with_passed(workspace, renewal, step, passed))
    # A learner's folder gets its conftest.py back; in a clone that is git's business.
    if not (workspace.root / SOLUTIONS).is_dir() and not (workspace.root / _CONFTEST).exists():
        found.append(Renewal(_CONFTEST, Kind.NEW, read_text(shipped() / _CONFTEST)))
    return found


def _moved(workspace: Workspace, steps: list[Step]) -> dict[str, Step]:
    """For each new file the one that has left the path and held most of its koans, if one did."""
    held = {}
    for step in steps:
        if step.new is None and step.old is not None and step.edited:
            with contextlib.suppress(SourceError):
                held[step] = tests(Source.read(step.old).tree.body).keys()
    found = {}
    for step in steps if held else ():
        names = workspace.names_in(step.file)
        before = max(held, key=lambda gone: len(held[gone] & names))
        if step.old is None and held[before] & names:
            found[step.file] = before
    return found


def _known_now(workspace: Workspace, steps: list[Step]) -> dict[Path, str]:
    """The koans as made, and the lock."""
    new = {step.file: step.new for step in steps}
    bases = original_koans.load(workspace) | new
    made = original_koans.render({file: text for file, text in bases.items() if text is not None})
    return {original_koans.file(workspace): made} | locked(workspace, steps)


def _renewal(workspace: Workspace, step: Step, base: str | None, *, is_old: bool) -> Renewal | None:
    file = f"{KOANS}/{step.file}"
    if step.old is None:
        return Renewal(file, Kind.NEW, step.new)
    if step.new is None:
        aside = _aside(workspace, file) if step.edited else ""
        return Renewal(file, Kind.REMOVED, aside=aside)
    if not step.edited:
        text = like(step.new, step.old)
        return Renewal(file, Kind.RENEWED, text) if step.needed else None
    if step.file not in workspace.files:  # a lesson, or a track
        text, fits = like(step.new, step.old), not is_old
    else:
        try:
            text, fits = _refilled(workspace, step.file, step.old, base)
        except SourceError as error:
            reason = _("line {line}: {reason}").format(line=error.line, reason=error.reason)
            return Renewal(file, Kind.LEFT, reason=reason) if is_old else None
    if text == step.old or (fits and not is_old):
        return None
    names = new_names(workspace, step.file)
    lost = tuple(_lost(rename(step.old, names), rename(base or "", names), text))
    return Renewal(file, Kind.REFILLED, text, lost, _aside(workspace, file) if lost else "")


def _refilled(workspace: Workspace, file: str, text: str, base: str | None) -> tuple[str, bool]:
    """A new koan with what the learner wrote; and whether theirs has all the koan's own lines."""
    solution, names = workspace.solution(file), new_names(workspace, file)
    text = rename(text, names)
    base = None if base is None else rename(base, names)
    found = answers(text, solution) if base is None else carried(text, solution, base)
    fits = not found.changes and not any(answer.lost for answer in found.spots)
    return like(_with_their_layout(fill(solution, found), text), text), fits


def _with_their_layout(filled: str, text: str) -> str:
    """Definitions that say the same keep the learner's own text, with its comments."""
    new = Source.read(filled)
    theirs = Source.read(text).with_newlines(new.newline)
    if ast.dump(new.tree) == ast.dump(theirs.tree):
        return theirs.bom + theirs.text
    old = {bound(node)[0]: node for node in theirs.tree.body if isinstance(node, DEFINITION)}
    edits: list[Edit] = []
    for node in new.tree.body:
        same = old.get(node.name) if isinstance(node, DEFINITION) else None
        if same is not None and ast.dump(same) == ast.dump(node):
            edits.append((*extent(new, node), theirs.text[slice(*extent(theirs, same))]))
    return new.edited(edits)


def _lost(text: str, base: str, new: str) -> Iterator[tuple[int, str]]:
    """The lines of a learner's text that are neither the koan's nor in the new text."""
    known = {line.strip() for part in (base, new) for line in Source.read(part).lines}
    for number, line in enumerate(Source.read(text).lines, 1):
        if line.strip() and line.strip() not in known:
            yield number, line.strip()


def _aside(workspace: Workspace, file: str) -> str:
    """A name beside a file that pytest does not collect and nothing else has."""
    names = [f"{file}.mine", *(f"{file}.mine-{number}" for number in range(2, 1000))]
    return next(name for name in names if not (workspace.root / name).exists())


def _with_passed(
    workspace: Workspace, renewal: Renewal, step: Step, passed: dict[str, str]
) -> Renewal:
    """With the koans that have passed as they were in the old text: the same code now, or other."""
    text, former = step.old or "", former_names(workspace)
    try:
        old = own_source(rename(text, new_names(workspace, step.file)))
        new = own_source(renewal.text or "")
    except SourceError:
        return renewal
    before = LearnerFile(workspace.koans_dir / step.file, Source.read(text))
    mine = [
        name
        for name in new
        if before.is_as_passed(name, passed.get(name, ""), former.get(name, ""))
    ]
    renewed = tuple((name, new[name]) for name in mine if old.get(name) == new[name])
    again = tuple(name for name in mine if old.get(name) != new[name])
    return replace(renewal, renewed=renewed, again=again)
