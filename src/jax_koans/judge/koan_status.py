"""How every koan of the path stands: what the progress says, beside what the files hold now."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jax_koans.course.path import Koan, Workspace
from jax_koans.course.renamed import former_names
from jax_koans.folder.progress import Progress
from jax_koans.judge.learner_file import LearnerFile


@dataclass(frozen=True)
class KoanStatus:
    """One koan: whether it has passed, and whether its own source is another one since then."""

    koan: Koan
    passed: bool = False
    changed: bool = False
    given_up: bool = False

    @property
    def waits(self) -> bool:
        return not self.passed or self.changed


def statuses(workspace: Workspace, progress: Progress) -> list[KoanStatus]:
    """All koans in the order of the path. Of a file that cannot be read nothing counts."""
    files: dict[str, LearnerFile | None] = {}
    found = []
    for koan in workspace.koans:
        passed, changed = koan.name in progress.passed, False
        if passed:
            if koan.file not in files:
                files[koan.file] = read_or_none(workspace.koans_dir / koan.file)
            changed = not is_as_passed(workspace, progress, files[koan.file], koan.name)
        found.append(KoanStatus(koan, passed, changed, koan.name in progress.given_up))
    return found


def is_as_passed(
    workspace: Workspace, progress: Progress, file: LearnerFile | None, koan: str
) -> bool:
    """Whether a koan has passed, and is in its file what it was then. Raises SourceError."""
    passed, former = progress.passed.get(koan), former_names(workspace).get(koan, "")
    return bool(file and passed and file.is_as_passed(koan, passed.source, former))


def read_or_none(path: Path) -> LearnerFile | None:
    """A learner's file; None where it cannot be read, or is not Python."""
    try:
        file = LearnerFile.read(path)
        return file if file.source.tree else None
    except (OSError, ValueError):
        return None


def current(
    statuses: Iterable[KoanStatus], among: Iterable[str] | None = None
) -> KoanStatus | None:
    """The first koan that waits, of all or of those whose names are given."""
    names = None if among is None else set(among)
    return next(
        (each for each in statuses if each.waits and (names is None or each.koan.name in names)),
        None,
    )
