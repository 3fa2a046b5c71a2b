"""The part of a file that is one koan's: its test, and the regions above that it uses first."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jax_koans.source.answers import Answer, Answers, answers, is_partner, rebinds
from jax_koans.source.erase import DEFINITION, around, bound, erase, spots, start_line
from jax_koans.source.match import same
from jax_koans.source.own_source import own_statements
from jax_koans.source.text import Edit, Source, SourceError, first_line, is_test, last_line


@dataclass(frozen=True)
class Part:
    """The names that each of a koan's regions binds, and which other koans use one of these."""

    koan: str
    regions: tuple[tuple[str, ...], ...]
    also: tuple[str, ...]

    @property
    def units(self) -> list[tuple[str, ...]]:
        """The names that its definitions bind, regions first: so they stand in the text."""
        return [*self.regions, (self.koan,)]

    def holds(self, answer: Answer) -> bool:
        """Whether a spot of the solution is one of this koan's."""
        return answer.spot.koan == self.koan or answer.spot.names in self.regions


def parts(solution: str) -> dict[str, Part]:
    """Each koan's part, by the koan's name. A region is the first koan's that uses it."""
    source = Source.read(solution)
    own = own_statements(source.tree)
    users = {
        names: [koan for koan, used in own.items() if set(used).intersection(around(source, names))]
        for names in dict.fromkeys(spot.names for spot in spots(solution) if spot.names)
    }
    found = {}
    for koan in own:
        mine = tuple(names for names in users if users[names][:1] == [koan])
        also = dict.fromkeys(user for names in mine for user in users[names] if user != koan)
        found[koan] = Part(koan, mine, tuple(also))
    return found


def segments(source: Source, part: Part) -> Iterator[str]:
    """The text of each definition of a part."""
    for names in part.units:
        for node in around(source, names):
            yield source.text[slice(*extent(source, node))]


def reset(text: str, solution: str, koan: str) -> str:
    """A learner's text with one koan's part as it was made; all else stays to the letter.

    What the koan uses of the file's given lines comes back too. A part that cannot be told from
    the rest is a SourceError.
    """
    part = parts(solution)[koan]
    theirs = Source.read(text)
    fresh = Source.read(erase(solution)).with_newlines(theirs.newline)
    regions = {name for spot in spots(solution) for name in spot.names}
    given = [
        node
        for node in own_statements(fresh.tree)[koan]
        if not is_test(node) and regions.isdisjoint(bound(node))
    ]
    result = theirs.edited(_Reset(theirs, fresh).edits(given, part))
    _require_reset(answers(text, solution), answers(result, solution), part)
    return result


class _Reset:
    """The edits that bring one koan's part back."""

    def __init__(self, theirs: Source, fresh: Source) -> None:
        self.theirs = theirs
        self.fresh = fresh
        self.taken: set[ast.stmt] = set()  # the learner's statements that an edit replaces

    def edits(self, given: Iterable[ast.stmt], part: Part) -> Iterator[Edit]:
        for ours in given:
            yield from self._bring_back(ours)
        for names in part.units:
            yield from self._replace(around(self.theirs, names), around(self.fresh, names))

    def _bring_back(self, ours: ast.stmt) -> Iterator[Edit]:
        """The edits for a statement that is nobody's to write, and for what hides it."""
        body = self.theirs.tree.body
        partner = next((node for node in body if is_partner(ours, node)), None)
        hiding = [
            node
            for node in body
            if rebinds(ours, node)
            and (partner is None or node.lineno > partner.lineno)
            and not any(is_partner(each, node) for each in self.fresh.tree.body)
        ]
        if partner is None:
            yield from self._replace(hiding, [ours])
        elif not same(ours, partner):
            yield from self._replace([partner, *hiding], [ours])
        else:
            yield from self._remove(hiding)

    def _replace(self, nodes: list[ast.stmt], ours: list[ast.stmt]) -> Iterator[Edit]:
        """The first one is replaced, the others go: Python heeds the last of one name."""
        start = extent(self.fresh, ours[0], todo=True)[0]
        text = self.fresh.text[start : extent(self.fresh, ours[-1])[1]]
        nodes = [node for node in nodes if node not in self.taken]
        if nodes:
            has_todo = start_line(self.fresh, ours) < first_line(ours[0])
            yield *self._take(nodes[0], todo=has_todo), text
            yield from self._remove(nodes[1:])
        else:
            yield self._insert(ours[0], text)

    def _remove(self, nodes: list[ast.stmt]) -> Iterator[Edit]:
        for node in nodes:
            if node not in self.taken:
                start, end = self._take(node)
                yield len(self.theirs.text[:start].rstrip()), end, ""

    def _take(self, node: ast.stmt, *, todo: bool = False) -> tuple[int, int]:
        self.taken.add(node)
        for other in self.theirs.tree.body:
            apart = last_line(other) < first_line(node) or last_line(node) < first_line(other)
            if other is not node and not apart:
                raise SourceError(first_line(node), "two statements share this line")
        return extent(self.theirs, node, todo=todo)

    def _insert(self, ours: ast.stmt, text: str) -> Edit:
        """Behind the nearest statement of the koan's, of those before it, that is there."""
        newline, count = self.theirs.newline, 3 if isinstance(ours, DEFINITION) else 1
        body = self.fresh.tree.body
        for before in reversed(body[: body.index(ours)]):
            for node in self.theirs.tree.body:
                if same(before, node) or not set(bound(before)).isdisjoint(bound(node)):
                    end = extent(self.theirs, node)[1]
                    rest = self.theirs.text[end:]
                    gap = rest[: len(rest) - len(rest.lstrip())].count(newline)
                    lacking = count - gap if rest.strip() else 0
                    return end, end, newline * count + text + newline * lacking
        return 0, 0, text + newline * count


def extent(source: Source, node: ast.stmt, *, todo: bool = False) -> tuple[int, int]:
    """Where a statement begins (with `todo` at its TODO) and ends, with its body's comments."""
    start, end = source.span(node)[0], source.end(node)
    if todo and (line := start_line(source, [node])) < first_line(node):
        start = source.starts[line - 1]
    if isinstance(node, DEFINITION):
        for number in range(last_line(node), len(source.lines)):
            line_text = source.lines[number]
            if line_text.strip():
                if line_text[0] not in " \t" or not line_text.lstrip().startswith("#"):
                    break
                end = source.starts[number] + len(line_text.rstrip())
    return start, end


def _require_reset(before: Answers, after: Answers, part: Part) -> None:
    """Better no reset than half of one, or one that takes another koan's answers along."""
    reached = all(
        new.text is None and not new.lost if part.holds(new) else new.text == old.text
        for old, new in zip(before.spots, after.spots, strict=True)
    )
    if not reached or any(change.koan == part.koan for change in after.changes):
        raise SourceError(1, "this koan cannot be told from the rest of the file")
