"""How every koan of the path stands: what the progress says, beside what the files hold now."""

from collections.abc import Iterable
from dataclasses import dataclass

from jax_koans.course.path import Koan, Workspace
from jax_koans.folder.progress import Progress
from jax_koans.judge.learner_file import LearnerFile


@dataclass(frozen=True)
class Standing:
    """One koan: whether it has passed, and whether its own source is another one since then."""

    koan: Koan
    passed: bool = False
    changed: bool = False
    given_up: bool = False

    @property
    def waits(self) -> bool:
        return not self.passed or self.changed


def standings(workspace: Workspace, progress: Progress) -> list[Standing]:
    """All koans in the order of the path. Of a file that cannot be read nothing counts."""
    own = {
        file: own_sources(workspace, file)
        for file in {koan.file for koan in workspace.koans if koan.name in progress.passed}
    }
    found = []
    for koan in workspace.koans:
        passed = progress.passed.get(koan.name)
        changed = passed is not None and own[koan.file].get(koan.name) != passed.source
        given_up = koan.name in progress.given_up
        found.append(Standing(koan, passed is not None, changed, given_up))
    return found


def own_sources(workspace: Workspace, file: str) -> dict[str, str]:
    """The hash of each koan's own source in a learner's file; empty where it cannot be read."""
    try:
        return LearnerFile.read(workspace.koans_dir / file).own
    except (OSError, ValueError):
        return {}


def current(standings: Iterable[Standing], among: Iterable[str] | None = None) -> Standing | None:
    """The first koan that waits, of all or of those whose names are given."""
    names = None if among is None else set(among)
    return next(
        (each for each in standings if each.waits and (names is None or each.koan.name in names)),
        None,
    )
