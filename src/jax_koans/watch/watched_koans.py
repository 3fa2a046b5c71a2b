"""What is watched, and which koan is next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from jax_koans.course.path import Workspace


@dataclass(frozen=True)
class Scope:
    """The koans that count, on which track, and the options of the switch."""

    names: tuple[str, ...]
    track: tuple[str, ...] = ()
    track_name: str = ""
    switch: tuple[str, ...] = ()

    @cached_property
    def wanted(self) -> frozenset[str]:
        return frozenset(self.names)

    def names_in(self, file: str, workspace: Workspace) -> list[str]:
        return [name for name in workspace.names_in(file) if name in self.wanted]

    def meant(self, files: Sequence[str], current: str, workspace: Workspace) -> str:
        """The file to judge of those written: the current one, or the only one; "" for others."""
        mine = [file for file in files if self.names_in(file, workspace)]
        if current in mine:
            return current
        return mine[0] if len(mine) == 1 else ""


def ahead(names: Sequence[str], passed: Collection[str], after: str = "") -> str:
    """The next koan that has not passed: further on than `after`, else any; "" for none."""
    behind = names.index(after) + 1 if after in names else 0
    open_ = [name for name in names[behind:] if name not in passed]
    open_ = open_ or [name for name in names if name not in passed]
    return open_[0] if open_ else ""
