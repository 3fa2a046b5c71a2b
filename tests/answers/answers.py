"""Right and wrong answers, as data: how they are read, put into koans, and run together.

`data/NN_chapter/test_NN_topic.toml` belongs to the koan file of that name. For each koan:

    [test_name]
    one_way = "..."            # only where there are not two right answers: why

    [[test_name.right]]
    why = "a NumPy dtype for a jnp one"
    blanks = { 1 = "np.float32" }          # by number; the others keep the reference's answer

    [[test_name.wrong]]
    why = "an `if` on the array: what works in NumPy for one number"
    mentions = "jnp.where"                 # a regular expression: what the feedback must say
    code = '''
    def selu(x, alpha=1.67, scale=1.05):
        ...
    '''

`code` holds the learner's definitions of the koan's regions, and their helpers and imports, if
any. `hangs = true` marks an answer that never comes to an end.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from jax_koans.source import Answers, Extra, answers, erase, fill, solve
from jax_koans.source.erase import around, bound, start_line
from jax_koans.source.own_source import own_statements
from jax_koans.source.text import Source

DATA = Path(__file__).parent / "data"
_KEYS = {"why", "mentions", "blanks", "code", "hangs"}


@dataclass(frozen=True)
class Given:
    """One answer to one koan."""

    file: str
    koan: str
    right: bool
    number: int
    why: str
    mentions: str = ""
    blanks: dict[str, str] = field(default_factory=dict)
    code: str = ""
    hangs: bool = False

    def __str__(self) -> str:
        kind = "right" if self.right else "wrong"
        return f"{self.koan} {kind} {self.number}: {self.why}"


def data_file(file: str) -> Path:
    """Where the answers to a koan file are."""
    return (DATA / file).with_suffix(".toml")


def table_of(file: str) -> dict:
    return tomllib.loads(data_file(file).read_text(encoding="utf-8"))


def given(file: str) -> list[Given]:
    """All answers to the koans of a file, in order."""
    found = []
    for koan, table in table_of(file).items():
        for kind in ("right", "wrong"):
            for number, each in enumerate(table.get(kind, []), 1):
                assert each.keys() <= _KEYS, f"{file} {koan}: {each.keys() - _KEYS}"
                # A blank's reasons stand beside it; of code a screen must name the mistake.
                if kind == "right" or "code" in each:
                    assert ("mentions" in each) is (kind == "wrong"), f"{koan} {kind} {number}"
                found.append(Given(file, koan, kind == "right", number, **each))
    return found


@dataclass
class Lesson:
    """A solution, and what each answer to its koans touches."""

    file: str
    solution: str

    def __post_init__(self) -> None:
        self.reference = answers(solve(self.solution), self.solution)
        self.koan = Source.read(erase(self.solution))
        solved = own_statements(Source.read(solve(self.solution)).tree)
        self.uses = {
            koan: {name for node in nodes for name in bound(node)} for koan, nodes in solved.items()
        }

    def touched(self, answer: Given) -> set[str]:
        """The koans that an answer may change the outcome of; all, where it adds names.

        With them those whose regions it reads: another answer there would change its own outcome.
        """
        trees = [
            ast.parse(answer.code),
            *(ast.parse(text.strip()) for text in answer.blanks.values()),
        ]
        names = {name for node in trees[0].body for name in bound(node)}
        units = {name for each in self.reference.spots for name in each.spot.names}
        if not names <= units:
            return set(self.uses)
        names |= units & {
            node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)
        }
        return {koan for koan, uses in self.uses.items() if uses & names} | {answer.koan}

    def filled(self, together: Iterable[Given]) -> str:
        """The koan file with these answers, and the reference's everywhere else."""
        found = self.reference
        for answer in together:
            found = self._with_blanks(self._with_code(found, answer), answer)
        return fill(self.solution, found)

    def _with_blanks(self, found: Answers, answer: Given) -> Answers:
        places = [i for i, each in enumerate(found.spots) if each.spot.koan == answer.koan]
        spots = list(found.spots)
        for number, text in answer.blanks.items():
            assert 1 <= int(number) <= len(places), f"{answer.koan} has no blank {number}"
            place = places[int(number) - 1]
            spots[place] = replace(spots[place], text=_bracketed(text))
        return replace(found, spots=tuple(spots))

    def _with_code(self, found: Answers, answer: Given) -> Answers:
        if not answer.code:
            return found
        source = Source.read(answer.code.strip("\n") + "\n")
        left, spots, lines = list(source.tree.body), list(found.spots), []
        for each in list(spots):
            mine = [node for node in left if set(bound(node)) & set(each.spot.names)]
            if not mine:
                continue
            lines.append(start_line(self.koan, around(self.koan, each.spot.names)))
            text = "\n\n\n".join(map(source.segment, mine))
            # Spots of one definition share its whole text.
            for other, same in enumerate(spots):
                if same.spot.names == each.spot.names:
                    spots[other] = replace(same, text=text)
            left = [node for node in left if node not in mine]
        assert lines, f"{answer}: its code defines nothing that the koan's regions do"
        extras = tuple(Extra(source.segment(node) + "\n\n", min(lines), "", node) for node in left)
        return Answers(tuple(spots), (*found.extras, *extras), ())


def _bracketed(text: str) -> str:
    return text if re.fullmatch(r"[\w.]+|\(.*\)|\[.*\]|'[^']*'|\"[^\"]*\"", text) else f"({text})"


def rounds(lesson: Lesson, all_given: Iterable[Given]) -> Iterator[list[Given]]:
    """The answers to a file's koans in as few runs as may be: none meets another in a koan."""
    left = list(all_given)
    while left:
        together, busy = [], set()
        for answer in list(left):
            touched = lesson.touched(answer)
            if not busy & touched and not (answer.hangs and together):
                together.append(answer)
                busy |= set(lesson.uses) if answer.hangs else touched
                left.remove(answer)
        yield together
