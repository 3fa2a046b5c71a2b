"""The part of a file that is one koan's: its test, and the regions above that it uses first."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from jax_koans.source.answers import Answer, Answers, answers, rebinds
from jax_koans.source.erase import DEFINITION, around, bound, erase, spots, start_line
from jax_koans.source.match import same, score
from jax_koans.source.own import own_statements
from jax_koans.source.text import Edit, Source, SourceError, first_line, is_test


@dataclass(frozen=True)
class Part:
    """What belongs to a koan: the names that each of its regions binds.

    `also` are the other koans that use one of these regions.
    """

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
    """Each koan's part, by the koan's name. A region is the first koan's that uses it.

    Raises:
        SourceError: the text is not Python, or its marks are misplaced.
    """
    own = own_statements(Source.read(solution).tree)
    regions = dict.fromkeys(spot.names for spot in spots(solution) if spot.names)
    users = {
        names: [koan for koan, nodes in own.items() if any(_binds(node, names) for node in nodes)]
        for names in regions
    }
    found = {}
    for koan in own:
        mine = tuple(names for names in regions if users[names][:1] == [koan])
        also = dict.fromkeys(user for names in mine for user in users[names] if user != koan)
        found[koan] = Part(koan, mine, tuple(also))
    return found


def segments(source: Source, part: Part) -> Iterator[tuple[int, str]]:
    """The text of each definition of a part in a text, with the line it begins at."""
    for names in part.units:
        for node in around(source, names):
            start, end = extent(source, node)
            yield source.line(start), source.text[start:end]


def reset(text: str, solution: str, koan: str) -> str:
    """A learner's text with one koan's part as it was made; all else stays to the letter.

    What the koan uses of the file's given lines comes back too, if it is missing or changed.

    Raises:
        SourceError: one of the texts is not Python, or the part cannot be told from the rest.
    """
    part = parts(solution)[koan]
    theirs = Source.read(text)
    fresh = Source.read(erase(solution)).with_newlines(theirs.newline)
    result = theirs.edited(_Reset(theirs, fresh, part, _names(solution)).edits())
    _require_reset(answers(text, solution), answers(result, solution), part)
    return result


class _Reset:
    """The edits that bring one koan's part back."""

    def __init__(self, theirs: Source, fresh: Source, part: Part, regions: frozenset[str]) -> None:
        self.theirs = theirs
        self.fresh = fresh
        self.part = part
        self.regions = regions
        self.taken: set[int] = set()  # the learner's statements (by id) that an edit replaces

    def edits(self) -> list[Edit]:
        found: list[Edit] = []
        for node in self._given():
            found += self._bring_back(node)
        for names in self.part.units:
            ours, theirs = around(self.fresh, names), self._free(around(self.theirs, names))
            text = self._text(ours)
            if theirs:
                found += self._replace(theirs, text, todo=self._has_todo(ours))
            else:
                found.append(self._insert(ours[0], text))
        return found

    def _given(self) -> list[ast.stmt]:
        """The koan's statements that are neither tests nor anybody's to write."""
        return [
            node
            for node in own_statements(self.fresh.tree)[self.part.koan]
            if not is_test(node) and self.regions.isdisjoint(bound(node))
        ]

    def _bring_back(self, ours: ast.stmt) -> Iterator[Edit]:
        body = self.theirs.tree.body
        partner = next((node for node in body if _is_partner(ours, node)), None)
        hiding = self._free(
            [node for node in body if node is not partner and self._hides(ours, node, partner)]
        )
        if partner is None and not hiding:
            yield self._insert(ours, self._text([ours]))
        elif partner is None:
            yield from self._replace(hiding, self._text([ours]))
        else:
            if not same(ours, partner):
                yield from self._replace([partner], self._text([ours]))
            yield from map(self._remove, hiding)

    def _hides(self, ours: ast.stmt, theirs: ast.stmt, partner: ast.stmt | None) -> bool:
        """Whether a learner's statement gives a name of the koan's another meaning."""
        if not rebinds(ours, theirs):
            return False
        if any(_is_partner(each, theirs) for each in self.fresh.tree.body):
            return False
        return partner is None or theirs.lineno > partner.lineno

    def _free(self, nodes: list[ast.stmt]) -> list[ast.stmt]:
        free = [node for node in nodes if id(node) not in self.taken]
        self.taken.update(map(id, free))
        return free

    # Edits.

    def _replace(self, nodes: list[ast.stmt], text: str, *, todo: bool = False) -> Iterator[Edit]:
        """The first one is replaced, the others go: Python heeds the last of one name."""
        start, end = extent(self.theirs, nodes[0], todo=todo)
        line = self.theirs.line(start)
        before = self.theirs.text[self.theirs.starts[line - 1] : start]
        after = self.theirs.text[end : self.theirs.starts[self.theirs.line(max(end - 1, 0))]]
        if before.strip() or after.strip():
            raise SourceError(line, "two statements share this line")
        yield start, end, text
        yield from map(self._remove, nodes[1:])

    def _remove(self, node: ast.stmt) -> Edit:
        start, end = extent(self.theirs, node)
        return len(self.theirs.text[:start].rstrip()), end, ""

    def _insert(self, ours: ast.stmt, text: str) -> Edit:
        """Behind the nearest statement of the koan's, of those before it, that is there."""
        newline = self.theirs.newline
        between = newline * (3 if isinstance(ours, DEFINITION) else 1)
        body = self.fresh.tree.body
        place = next(index for index, node in enumerate(body) if node is ours)
        for before in reversed(body[:place]):
            for node in self.theirs.tree.body:
                if same(before, node) or not set(bound(before)).isdisjoint(bound(node)):
                    end = extent(self.theirs, node)[1]
                    return end, end, between + text + self._gap(end, len(between))
        return 0, 0, text + between

    def _gap(self, end: int, wanted: int) -> str:
        """The line ends that lack between an insertion and what follows it."""
        rest = self.theirs.text[end:]
        blank = rest[: len(rest) - len(rest.lstrip())]
        newline = self.theirs.newline
        return (
            newline * max(0, wanted // len(newline) - blank.count(newline)) if rest.strip() else ""
        )

    def _text(self, ours: list[ast.stmt]) -> str:
        start = extent(self.fresh, ours[0], todo=True)[0]
        return self.fresh.text[start : extent(self.fresh, ours[-1])[1]]

    def _has_todo(self, ours: list[ast.stmt]) -> bool:
        return start_line(self.fresh, ours) < first_line(ours[0])


def extent(source: Source, node: ast.stmt, *, todo: bool = False) -> tuple[int, int]:
    """Where a statement begins and ends, with the comments that still belong to a body.

    With `todo` also the TODO above it.
    """
    start, end = source.span(node)[0], source.end(node)
    if todo and (line := start_line(source, [node])) < first_line(node):
        start = source.starts[line - 1]
    if isinstance(node, DEFINITION):
        last = node.end_lineno or 0
        for number, line_text in enumerate(source.lines[last:], last + 1):
            if line_text.strip() and not _is_inner_comment(line_text):
                break
            if line_text.strip():
                end = source.starts[number - 1] + len(line_text.rstrip())
    return start, end


def _is_inner_comment(line: str) -> bool:
    return line[0] in " \t" and line.lstrip().startswith("#")


def _names(solution: str) -> frozenset[str]:
    """All names that a solution's regions bind."""
    return frozenset(name for spot in spots(solution) for name in spot.names)


def _binds(node: ast.stmt, names: tuple[str, ...]) -> bool:
    return not set(names).isdisjoint(bound(node))


def _is_partner(ours: ast.stmt, theirs: ast.stmt) -> bool:
    """Whether a learner's statement is this one of the koan's, if changed inside."""
    if isinstance(ours, DEFINITION):
        return type(ours) is type(theirs) and bound(ours) == bound(theirs)
    return score(ours, theirs) > 0


def _require_reset(before: Answers, after: Answers, part: Part) -> None:
    """Better no reset than half of one, or one that takes another koan's answers along."""
    for old, new in zip(before.spots, after.spots, strict=True):
        reached = new.text is None and not new.lost if part.holds(new) else new.text == old.text
        if not reached:
            raise SourceError(new.line or 1, "this koan cannot be told from the rest of the file")
    if any(change.koan == part.koan for change in after.changes):
        raise SourceError(1, "this koan cannot be told from the rest of the file")
