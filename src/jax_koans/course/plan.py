"""What building `koans/` from `solutions/` comes to, file by file, before anything is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jax_koans.course import readme
from jax_koans.course.lock import read_lock, text_or_none
from jax_koans.course.path import SOLUTIONS, TRACKS, PathError, Workspace
from jax_koans.source import SourceError, check, erase
from jax_koans.source.textfile import read_text, text_hash


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
    own = (workspace.root / SOLUTIONS).is_dir()  # those of the package have been checked
    for file in workspace.files:
        solution = workspace.solution(file)
        if own:
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
        text, chapter = read_text(path), path.parent.name
        file = path.relative_to(workspace.solutions_dir).as_posix()
        texts[file] = readme.lesson(workspace, chapter, text) if path.suffix == ".md" else text
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
        old = text_or_none(target)
        if old is None and file not in texts:
            continue
        new = texts.get(file)
        known = {made.get(file), None if new is None else text_hash(new)}
        steps.append(Step(file, new, old, old is not None and text_hash(old) not in known))
    return steps


def _copied(workspace: Workspace) -> Iterator[Path]:
    """What is copied: chapter READMEs, with counts filled in, and tracks as they stand."""
    chapters = dict.fromkeys(file.partition("/")[0] for file in workspace.files)
    for chapter in chapters:
        path = workspace.solutions_dir / chapter / "README.md"
        if path.is_file():
            yield path
    yield from sorted((workspace.solutions_dir / TRACKS).glob("*.txt"))
