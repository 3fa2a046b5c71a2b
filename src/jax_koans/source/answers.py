"""What a learner's text holds at each blank and region of a solution."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from jax_koans.source.blanks import answered, is_blank
from jax_koans.source.erase import DEFINITION, around, bound, enclosed, erase, spots, start_line
from jax_koans.source.marks import Spot
from jax_koans.source.match import (
    Block,
    align,
    blanks_in,
    more_names,
    origins,
    same,
    same_header,
    score,
    without_docstring,
)
from jax_koans.source.text import Source, first_line, is_test, last_line


@dataclass(frozen=True)
class Answer:
    """A learner's answer at one spot: the expression at a blank, all definitions of a region."""

    spot: Spot
    text: str | None  # None where it is untouched (a bare `__`, a region equal to its prompt)
    line: int | None = None
    lost: bool = False  # whether the spot cannot be found


@dataclass(frozen=True)
class Extra:
    """A statement that the learner added, indented for the line of the koan that it precedes."""

    text: str
    before: int
    koan: str
    node: ast.stmt = field(compare=False)


@dataclass(frozen=True)
class Change:
    """A statement of the koan's own that is missing or changed."""

    koan: str  # the test that it belongs to, "" outside of tests
    line: int | None  # the learner's, None where it is missing
    own: int  # its line in the koan's text


@dataclass(frozen=True)
class Answers:
    """All that a learner's text adds to a koan's, in the order of the solution's spots."""

    spots: tuple[Answer, ...]
    extras: tuple[Extra, ...]
    changes: tuple[Change, ...]


def answers(text: str, solution: str) -> Answers:
    """Find a learner's answers by aligning the syntax tree of `text` with the koan's.

    The learner may have added prints, variables, helpers, imports and comments.

    Example:
        >>> solution = "def test_sum():\\n    assert 1 + 1 == __(2)\\n"
        >>> answers("def test_sum():\\n    assert 1 + 1 == 3\\n", solution).spots[0].text
        '3'
    """
    return answers_in_koan(text, Source.read(erase(solution)), spots(solution))


def answers_in_koan(text: str, koan: Source, places: list[Spot]) -> Answers:
    """As `answers`, where only the koan is known, and which of its places to look at."""
    return _Alignment(Source.read(text).with_newlines(koan.newline), koan, places).answers()


class _Alignment:
    def __init__(self, text: Source, koan: Source, spots: list[Spot]) -> None:
        self.text = text
        self.koan = koan
        self.spots = spots
        self.units = frozenset(name for spot in spots for name in spot.names)
        self.given: dict[ast.expr, ast.expr] = {}  # the right side of a koan's assertion -> theirs
        self.extras: list[Extra] = []
        self.changes: list[Change] = []

    def answers(self) -> Answers:
        self._align_module()
        blanks = iter(blanks_in(self.koan))
        found = tuple(
            self._at_blank(spot, next(blanks)) if spot.kind == "blank" else self._at_region(spot)
            for spot in self.spots
        )
        # Where an inner block and the one around it end together, the inner one ends first.
        extras = sorted(
            self.extras, key=lambda each: (each.before, len(each.text.lstrip()) - len(each.text))
        )
        changes = sorted(self.changes, key=lambda change: change.own)
        return Answers(found, tuple(extras), tuple(changes))

    # Module level: the koan's own statements are found wherever they stand, by name or by form.

    def _align_module(self) -> None:
        """Pair the koan's own top-level statements; what is left over is the learner's."""
        left = self._own(self.text)
        partners = {ours: _take(left, ours, is_partner) for ours in self._own(self.koan)}
        anchors: dict[ast.stmt, int] = {}  # a learner's statement -> the koan's line
        for ours, theirs in partners.items():
            if theirs is not None:
                anchors[theirs] = first_line(ours)
            elif not self._imported(ours):
                self._change(ours, _take(left, ours, rebinds))
        for ours, theirs in partners.items():
            # What the learner binds again below the koan's own statement has taken its place.
            for node in list(left):
                if theirs is not None and node.lineno > theirs.lineno and rebinds(ours, node):
                    left.remove(node)
                    self._change(ours, node)
        for spot in self.spots:
            if spot.names and (nodes := around(self.koan, spot.names)):
                line = start_line(self.koan, nodes)
                anchors |= dict.fromkeys(around(self.text, spot.names), line)
        self._module_extras(left, anchors)
        for ours, theirs in partners.items():
            if theirs is not None:
                self._align_statement(ours, theirs)

    def _imported(self, ours: ast.stmt) -> bool:
        """Whether the learner imports the same in another way: in two lines, by `from`."""
        names = origins(ours).items()
        theirs = {name: key for node in self.text.tree.body for name, key in origins(node).items()}
        return bool(names) and theirs.items() >= names

    def _own(self, source: Source) -> list[ast.stmt]:
        """A text's top-level statements but docstring and regions."""
        body = without_docstring(source.tree.body)
        return [node for node in body if self.units.isdisjoint(bound(node))]

    def _align_statement(self, ours: ast.stmt, theirs: ast.stmt) -> None:
        if isinstance(ours, DEFINITION) and isinstance(theirs, DEFINITION):
            if not same_header(ours, theirs):
                self._change(ours, theirs)
            self._blocks(align(ours.body, theirs.body), _koan(ours))
        else:
            self._blocks(align([ours], [theirs]), "")

    def _module_extras(self, left: list[ast.stmt], anchors: dict[ast.stmt, int]) -> None:
        before = len(self.koan.lines) + 1
        extras = []
        for node in reversed(self.text.tree.body):
            before = anchors.get(node, before)
            if node in left:
                extras.append(Extra(self.text.segment(node), before, "", node))
        self.extras += reversed(extras)

    # Inside a statement: inner statements pair up in order.

    def _blocks(self, blocks: Iterator[Block], koan: str) -> None:
        for block in blocks:
            for ours, theirs in block.pairs:
                match ours, theirs:
                    case (
                        ast.Assert(test=ast.Compare(comparators=[blank])),
                        ast.Assert(test=ast.Compare(comparators=[given])),
                    ):
                        self.given[blank] = given
            for lost, instead in block.lost:
                self._change(lost, instead, koan)
            self.extras += self._added(block, koan)

    def _added(self, block: Block, koan: str) -> Iterator[Extra]:
        if not block.koan:
            return
        indent = self.koan.indent(first_line(block.koan[0]))
        end = last_line(block.koan[-1]) + 1
        for node, before in block.added:
            at = end if before is None else first_line(before)
            yield Extra(indented(self.text, node, indent), at, koan, node)
        for ours, theirs in block.pairs:
            if more := more_names(ours, theirs):
                yield Extra(indent + ast.unparse(more), ours.lineno, koan, more)

    def _change(self, ours: ast.stmt, instead: ast.stmt | None, koan: str = "") -> None:
        line = instead.lineno if instead else None
        self.changes.append(Change(koan or _koan(ours), line, ours.lineno))

    # The spots.

    def _at_blank(self, spot: Spot, blank: ast.Name) -> Answer:
        given = self.given.get(blank)
        if given is None:
            return Answer(spot, None, lost=True)
        given = answered(given) or given
        text = None if is_blank(given) else enclosed(self.text, given)
        return Answer(spot, text, given.lineno)

    def _at_region(self, spot: Spot) -> Answer:
        ours, theirs = around(self.koan, spot.names), around(self.text, spot.names)
        if not theirs:
            return Answer(spot, None, lost=True)
        text = (3 * self.koan.newline).join(map(self.text.segment, theirs))
        return Answer(spot, None if same(ours, theirs) else text, first_line(theirs[0]))


def indented(source: Source, node: ast.stmt, indent: str) -> str:
    """A statement's text at another indentation; a line that begins inside a string stays."""
    start = source.line(source.span(node)[0])
    old = source.indent(start)
    first, *rest = Source(source.segment(node)).lines
    text = indent + first
    for number, line in enumerate(rest, start + 1):
        inside = number in source.inside_strings or not line.startswith(old)
        text += line if inside else indent + line.removeprefix(old)
    return text


def _koan(node: ast.stmt) -> str:
    return node.name if is_test(node) else ""


def _take(
    left: list[ast.stmt], ours: ast.stmt, fits: Callable[[ast.stmt, ast.stmt], bool]
) -> ast.stmt | None:
    """Take the learner's statement that fits the koan's from those that are left."""
    # Of two definitions with one name Python heeds the last.
    order = reversed(left) if isinstance(ours, DEFINITION) else left
    taken = next((theirs for theirs in order if fits(ours, theirs)), None)
    if taken:
        left.remove(taken)
    return taken


def is_partner(ours: ast.stmt, theirs: ast.stmt) -> bool:
    """Whether a learner's top-level statement is this one of the koan's, if changed inside."""
    if isinstance(ours, DEFINITION):
        return isinstance(theirs, type(ours)) and bound(ours) == bound(theirs)
    return score(ours, theirs) > 0


def rebinds(ours: ast.stmt, theirs: ast.stmt) -> bool:
    """Whether a learner's statement gives a name of the koan's another meaning."""
    shared = set(bound(ours)).intersection(bound(theirs))
    meant, meaning = origins(ours), origins(theirs)
    return any(name not in meant or meant[name] != meaning.get(name) for name in shared)
