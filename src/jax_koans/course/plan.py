"""What building `koans/` from `solutions/` comes to, file by file, before anything is written."""

from dataclasses import dataclass

from jax_koans.course import readme
from jax_koans.course.koans_lock import read_lock
from jax_koans.course.path import SOLUTIONS, TRACKS, PathError, Workspace
from jax_koans.course.track import track_names
from jax_koans.source import SourceError, check, erase
from jax_koans.source.textfile import read_text, text_hash, text_or_none


@dataclass(frozen=True)
class Step:
    """What building one file comes to."""

    file: str  # below koans/
    new: str | None  # its text; None where the path no longer has the file
    old: str | None  # None where koans/ has none yet
    edited: bool  # whether a learner has changed the text that was made

    @property
    def needed(self) -> bool:
        return self.old is None or self.new is None or text_hash(self.old) != text_hash(self.new)


def wanted(workspace: Workspace) -> dict[str, str]:
    """The text of every file that `koans/` should hold, by its path there."""
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
                error = SourceError(1, f"{name} is a koan of {owners[name]} already")
                problems.append((file, error))
        if not problems:
            texts[file] = erase(solution)
    if problems:
        lines = [f"solutions/{file}:{each.line}: {each.reason}" for file, each in problems]
        raise PathError("\n".join(lines))
    for chapter in dict.fromkeys(koan.chapter for koan in workspace.koans):
        path = workspace.solutions_dir / chapter / "README.md"
        if path.is_file():
            texts[f"{chapter}/README.md"] = readme.lesson(workspace, chapter, read_text(path))
    for track in track_names(workspace):
        texts[f"{TRACKS}/{track}.txt"] = workspace.solution(f"{TRACKS}/{track}.txt")
    return texts


def plan(workspace: Workspace) -> list[Step]:
    """All that building would do, without doing it."""
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
