"""Writing `koans/` and `koans.lock` from `solutions/`, without ever costing a learner an edit."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jax_koans.backups import rewrite
from jax_koans.files import like, read_bytes_or_none, read_text, text_hash, text_of
from jax_koans.i18n import _
from jax_koans.path import KOANS, TRACKS, PathError, Workspace
from jax_koans.source import SourceError, check, erase
from jax_koans.state import alone

SCHEMA = 1


@dataclass(frozen=True)
class Step:
    """What building one file comes to: its path below `koans/`, its new text, and the old one.

    `new` is None where the path no longer has the file, `old` where `koans/` has none yet;
    `edited` says that a learner has changed the text that was made.
    """

    file: str
    new: str | None
    old: str | None
    edited: bool

    @property
    def needed(self) -> bool:
        return self.old is None or self.new is None or text_hash(self.old) != text_hash(self.new)


def wanted(workspace: Workspace) -> dict[str, str]:
    """The text of every file that `koans/` should hold, by its path there.

    Raises:
        PathError: a solution holds an author's mistake, or two koans share a name.
    """
    texts = {}
    owners: dict[str, str] = {}
    problems = []
    for file in workspace.files:
        solution = workspace.solution(file)
        problems += [(file, problem) for problem in check(solution)]
        for name in workspace.names_in(file):
            if owners.setdefault(name, file) != file:
                reason = f"{name} is a koan of {owners[name]} already"
                problems.append((file, SourceError(1, reason)))
        if not problems:
            texts[file] = erase(solution)
    if problems:
        lines = [f"solutions/{file}:{each.line}: {each.reason}" for file, each in problems]
        raise PathError("\n".join(lines))
    for path in _copied(workspace):
        texts[path.relative_to(workspace.solutions_dir).as_posix()] = read_text(path)
    return texts


def plan(workspace: Workspace) -> list[Step]:
    """All that building would do, without doing it.

    Raises:
        PathError: as for `wanted`, or the lock cannot be read.
    """
    made = read_lock(workspace)
    texts = wanted(workspace)
    steps = []
    for file in sorted(texts.keys() | made.keys()):
        target = workspace.koans_dir / file
        old = _read_or_none(target)
        if old is None and file not in texts:
            continue
        new = texts.get(file)
        known = {made.get(file), None if new is None else text_hash(new)}
        steps.append(Step(file, new, old, old is not None and text_hash(old) not in known))
    return steps


def build(workspace: Workspace, *, force: bool = False) -> tuple[list[str], list[str], Path | None]:
    """Bring `koans/` up to date; answers with the files written, those kept, and the backup.

    A file that a learner has edited is kept, unless `force` is set, and then backed up first.

    Raises:
        PathError: as for `plan`, or another command is writing.
        OSError: a file cannot be written; those before it may have been, the lock has not.
    """
    # Where there are no koans yet, nobody can be at work on them.
    with alone(workspace) if workspace.koans_dir.exists() else contextlib.nullcontext():
        steps = plan(workspace)
        kept = [step.file for step in steps if step.needed and step.edited and not force]
        todo = [step for step in steps if step.needed and step.file not in kept]
        made = read_lock(workspace)
        for step in steps:
            if step.file in kept:
                continue
            if step.new is None:
                made.pop(step.file, None)
            else:
                made[step.file] = text_hash(step.new)
        edited = {workspace.koans_dir / step.file for step in todo if step.edited}
        backup = rewrite(workspace, texts_of(workspace, todo) | locked(workspace, made), edited)
        return [step.file for step in todo], kept, backup


def texts_of(workspace: Workspace, steps: list[Step]) -> dict[Path, str | bytes | None]:
    """What to write where, with each file's own line ends and byte order mark."""
    return {
        workspace.koans_dir / step.file: like(step.new, step.old or "") if step.new else step.new
        for step in steps
    }


def locked(workspace: Workspace, made: dict[str, str]) -> dict[Path, str]:
    """The new `koans.lock`, if it differs; written after all else."""
    text = lock_text(made)
    return {} if _read_or_none(workspace.lock) == text else {workspace.lock: text}


def differences(workspace: Workspace) -> list[str]:
    """One line for each way in which `koans/` and `koans.lock` are not what erasing gives.

    Raises:
        PathError: as for `plan`.
    """
    lines = []
    steps = plan(workspace)
    for step in steps:
        if step.needed:
            what = (
                _("is missing") if step.old is None
                else _("is no longer on the path") if step.new is None
                else _("differs from what its solution gives")
            )  # fmt: skip
            lines.append(f"{KOANS}/{step.file} {what}")
    made = {step.file: text_hash(step.new) for step in steps if step.new is not None}
    if _read_or_none(workspace.lock) != lock_text(made):
        lines.append(f"{workspace.lock.name} {_('does not match the solutions')}")
    return lines


def is_current(workspace: Workspace, file: str) -> bool:
    """Whether a file's koans were made from its solution as it is now, as far as is known."""
    try:
        made = read_lock(workspace).get(file)
    except (OSError, PathError):
        made = None
    try:
        return made is None or made == text_hash(erase(workspace.solution(file)))
    except (OSError, SourceError):
        return False


def lock_text(made: dict[str, str]) -> str:
    """The text of `koans.lock`: for each file the hash of its text as made."""
    return json.dumps({"schema": SCHEMA, "files": dict(sorted(made.items()))}, indent=1) + "\n"


def read_lock(workspace: Workspace) -> dict[str, str]:
    """The hash of each file of `koans/` as it was made, by its path there.

    Raises:
        PathError: the lock cannot be understood.
    """
    text = _read_or_none(workspace.lock)
    if text is None:
        return {}
    try:
        lock = json.loads(text)
        files = lock["files"]
        if lock["schema"] != SCHEMA or not all(isinstance(each, str) for each in files.values()):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PathError(
            _("{file} cannot be read. Move it away, then make it anew: koans update").format(
                file=workspace.lock
            )
        ) from None
    return dict(files)


def _copied(workspace: Workspace) -> Iterator[Path]:
    """What is copied as it stands: chapter READMEs and tracks."""
    chapters = dict.fromkeys(file.partition("/")[0] for file in workspace.files)
    for chapter in chapters:
        readme = workspace.solutions_dir / chapter / "README.md"
        if readme.is_file():
            yield readme
    yield from sorted((workspace.solutions_dir / TRACKS).glob("*.txt"))


def _read_or_none(path: Path) -> str | None:
    data = read_bytes_or_none(path)
    return None if data is None else text_of(data)
