"""The argument KOAN of a command: a chapter, a file, a koan, or any unique part of a name."""

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from jax_koans.course.path import KOANS, SOLUTIONS, Koan, PathError, Workspace
from jax_koans.i18n import _

_MOST = 12  # candidates to list
_NEAR = 0.6  # how alike a name must be to be suggested


@dataclass(frozen=True)
class Choice:
    """A chapter (`03_jit`), a file (`03_jit/test_01_NAME.py`) or a koan, and its koans."""

    name: str
    koans: tuple[str, ...]

    @property
    def is_koan(self) -> bool:
        return self.koans == (self.name,)

    def koans_in(self, workspace: Workspace) -> list[Koan]:
        return [koan for koan in workspace.koans if koan.name in self.koans]


def choose(workspace: Workspace, wanted: str, here: Path) -> Choice:
    """What a learner in the folder `here` means by `wanted`; case does not matter.

    A whole name goes before whole words of one, and these before any part. Whole names are
    `03_jit`, `03`, `jit`; a file's path or name, with or without `.py`; a koan's name, with or
    without `test_`; one of pytest's node ids.
    """
    everything = _everything(workspace)
    file, _colons, koan = wanted.partition("::")
    inside = _below_koans(workspace, file, here)
    if koan:
        text = _plain(koan.rpartition("::")[2].partition("[")[0])
        files = [each for each in workspace.koans if _plain(each.file).endswith(_plain(inside))]
        among = [Choice(each.name, (each.name,)) for each in files]
    else:
        text, among = _plain(inside), everything
    ranks = {each: _rank(each, text) for each in among}
    found = [each for each in among if text and ranks[each] and ranks[each] == max(ranks.values())]
    if len(found) > 1:
        lines = [_("{wanted!r} can be any of these:").format(wanted=wanted), *_listed(found)]
        raise PathError("\n".join([*lines, _("Give a longer part of the name.")]))
    if not found:
        lines = [_("Nothing on the path is called {wanted!r}.").format(wanted=wanted)]
        names = {_plain(each.name): each for each in among}
        if near := difflib.get_close_matches(text, names, n=3, cutoff=_NEAR):
            lines += [_("Near it:"), *_listed([names[each] for each in near])]
        raise PathError("\n".join([*lines, _("All names: koans list")]))
    return found[0]


def _everything(workspace: Workspace) -> list[Choice]:
    koans = workspace.koans
    chapters = dict.fromkeys(koan.chapter for koan in koans)
    return [
        *(Choice(each, tuple(k.name for k in koans if k.chapter == each)) for each in chapters),
        *(Choice(each, tuple(workspace.names_in(each))) for each in workspace.files),
        *(Choice(koan.name, (koan.name,)) for koan in koans),
    ]


def _below_koans(workspace: Workspace, wanted: str, here: Path) -> str:
    """A path as the path of koans has it, whether it was given from here or from the root."""
    wanted = wanted.strip()
    # In a terminal a path may end in a separator, or come from a Windows prompt.
    path = os.path.normpath(here / wanted.replace("\\", "/")) if wanted else ""
    for folder in (workspace.koans_dir, workspace.root / SOLUTIONS):
        if path.startswith(f"{folder}{os.sep}"):
            return Path(path).relative_to(folder).as_posix()
    wanted = wanted.replace("\\", "/").rstrip("/")
    return wanted.removeprefix(f"{KOANS}/").removeprefix(f"{SOLUTIONS}/")


def _plain(text: str) -> str:
    """Names differ in neither case, nor blanks for underscores, nor what every name ends with."""
    return re.sub(r"[\s-]+", "_", text.strip().lower()).removesuffix(".py")


def _is_called(choice: Choice, text: str) -> bool:
    name = _plain(choice.name)
    if choice.is_koan:
        return text in (name, name.removeprefix("test_"))
    number, _underscore, topic = name.partition("_")
    if "/" not in name:
        return text in (name, number, number.lstrip("0"), topic)
    file = name.partition("/")[2]
    return text in (name, file, re.sub(r"test_\d\d_", "", file))


def _rank(choice: Choice, text: str) -> int:
    """3 for a whole name, 2 for whole words of one, 1 for a part, 0 for none of these."""
    name = _plain(choice.name)
    if _is_called(choice, text):
        return 3
    return 2 if f"_{text}_" in "_" + name.replace("/", "_") + "_" else int(text in name)


def _listed(found: list[Choice]) -> list[str]:
    lines = [f"  {each.name}" for each in found[:_MOST]]
    if len(found) > _MOST:
        lines.append(_("  and {count} more").format(count=len(found) - _MOST))
    return lines
