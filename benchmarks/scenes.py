"""Texts of a learner's file, each unlike the last: one koan passes, and the next one waits."""

from dataclasses import dataclass, replace
from itertools import pairwise

from jax_koans.course.path import Workspace
from jax_koans.source import answers, fill, solve
from jax_koans.source.erase import bound
from jax_koans.source.own_source import own_statements
from jax_koans.source.text import Source, tests


@dataclass(frozen=True)
class Scene:
    """A koan of a file that is solved, and the koan after it, which is not."""

    file: str
    koan: str
    after: str

    @property
    def chapter(self) -> str:
        return self.file.partition("/")[0]


def scenes(workspace: Workspace, each: int) -> list[Scene]:
    """So many koans of every chapter, spread over it; none that is the last of its file."""
    found = []
    for chapter in dict.fromkeys(koan.chapter for koan in workspace.koans):
        files = [file for file in workspace.files if file.startswith(f"{chapter}/")]
        pairs = [
            Scene(file, *pair) for file in files for pair in pairwise(workspace.names_in(file))
        ]
        step = len(pairs) / each
        found += [pairs[int((number + 0.5) * step)] for number in range(min(each, len(pairs)))]
    return found


def text(solution: str, scene: Scene, turn: int) -> str:
    """The file with answers up to the scene's koan, and all that comes after untouched.

    `turn` is written into the koan's test, so that the koan has not passed as it is; and so many
    empty lines with it, so that what comes after stands elsewhere.
    """
    names = list(tests(Source.read(solution).tree.body))
    first_use = _first_uses(solution, names)
    found = answers(solve(solution), solution)
    spots = tuple(
        each
        if (each.spot.koan or first_use[each.spot.names[0]]) in names[: names.index(scene.after)]
        else replace(each, text=None)
        for each in found.spots
    )
    return _marked(fill(solution, replace(found, spots=spots)), scene.koan, turn)


def _first_uses(solution: str, names: list[str]) -> dict[str, str]:
    """For each name of the module the first koan that uses it."""
    uses: dict[str, str] = {}
    own = own_statements(Source.read(solve(solution)).tree)
    for koan in reversed(names):
        uses |= {name: koan for node in own[koan] for name in bound(node)}
    return uses


def _marked(text: str, koan: str, turn: int) -> str:
    source = Source.read(text)
    docstring, *_rest = tests(source.tree.body)[koan].body
    at = source.starts[docstring.end_lineno or 0]
    return source.edited([(at, at, f"    turn = {turn}  # of the benchmark\n" + "\n" * turn)])
