"""What a learner's text holds at each blank and region of a solution."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from jax_koans.source.erase import bound, enclosed, erase, solve, spots
from jax_koans.source.marks import Spot
from jax_koans.source.match import Block, align, answers_in, same, tests
from jax_koans.source.text import Source, answered, bare_blanks, first_line, is_blank, position


@dataclass(frozen=True)
class Answer:
    """A learner's answer at one spot.

    `text` is the expression at a blank, or all definitions around a region; None where the spot
    is untouched (a bare `__`, a region equal to its prompt) or, with `lost`, cannot be found.
    """

    spot: Spot
    text: str | None
    line: int | None = None
    lost: bool = False


@dataclass(frozen=True)
class Extra:
    """A statement that the learner added, indented for the line of the koan it belongs before."""

    text: str
    before: int
    koan: str = ""


@dataclass(frozen=True)
class Change:
    """A statement of the koan's own that is missing, or changed at the learner's `line`.

    `text` is what the koan says there; `koan` is the test it belongs to, "" outside of tests.
    """

    text: str
    koan: str
    line: int | None


@dataclass(frozen=True)
class Answers:
    """All that a learner's text adds to a koan's, in the order of the solution's spots."""

    spots: tuple[Answer, ...]
    extras: tuple[Extra, ...]
    changes: tuple[Change, ...]


def answers(text: str, solution: str) -> Answers:
    """Find a learner's answers by aligning the syntax tree of `text` with the koan's.

    The learner may have added prints, variables, helpers, imports and comments.

    Raises:
        SourceError: one of the texts is not Python, or the solution's marks are misplaced.

    Example:
        >>> solution = "def test_sum():\\n    assert 1 + 1 == __(2)\\n"
        >>> answers("def test_sum():\\n    assert 1 + 1 == 3\\n", solution).spots[0].text
        '3'
    """
    if "# BEGIN PROMPT" in text:  # a solution itself, not a learner's text
        text = solve(text)
    return _Alignment(Source.read(text), solution).answers()


def untouched(found: Answers) -> bool:
    """Whether a learner has not answered anywhere."""
    return all(answer.text is None and not answer.lost for answer in found.spots)


class _Alignment:
    """One learner's text beside one koan."""

    def __init__(self, text: Source, solution: str) -> None:
        self.text = text
        self.koan = Source.read(erase(solution))
        self.spots = spots(solution)
        self.units = {name for spot in self.spots for name in spot.names}
        self.given: dict[int, ast.expr] = {}  # a koan's bare blank (by id) -> the answer
        self.extras: list[Extra] = []
        self.changes: list[Change] = []

    def answers(self) -> Answers:
        own = self._align_module()
        for koan in self._common(own):
            self._align_test(koan)
        blanks = iter(
            sorted(
                (
                    blank
                    for test in tests(self.koan.tree.body).values()
                    for blank in bare_blanks(test)
                ),
                key=position,
            )
        )
        found = tuple(
            self._at_blank(spot, next(blanks)) if spot.kind == "blank" else self._at_region(spot)
            for spot in self.spots
        )
        return Answers(found, tuple(self.extras), tuple(self.changes))

    # Module level: the koan's own statements are found wherever they stand, by name or by form.

    def _align_module(self) -> list[ast.stmt]:
        """Pair the koan's own top-level statements; what is left over is the learner's."""
        own = [node for node in self.koan.tree.body if not self._in_unit(node)]
        left = [node for node in self.text.tree.body if not self._in_unit(node)]
        anchors: dict[int, int] = {}  # a learner's statement (by id) -> the koan's line
        for ours in own:
            theirs = next((node for node in reversed(left) if _partner(ours, node)), None)
            if theirs is None:
                self._change(self.koan, ours, None)
                continue
            left.remove(theirs)
            anchors[id(theirs)] = first_line(ours)
            if not isinstance(ours, ast.FunctionDef) or ours.name not in tests([ours]):
                self._blocks(list(align([ours], [theirs])), "", keep=False)
        for node in self.koan.tree.body:
            anchors |= {
                id(mine): first_line(node)
                for mine in self.text.tree.body
                if set(bound(mine)) & set(bound(node)) & self.units
            }
        self._module_extras(left, anchors)
        return own

    def _module_extras(self, left: list[ast.stmt], anchors: dict[int, int]) -> None:
        before = len(self.koan.lines) + 1
        extras = []
        for node in reversed(self.text.tree.body):
            before = anchors.get(id(node), before)
            if any(node is mine for mine in left) and not _is_docstring(node, self.text.tree):
                extras.append(Extra(self.text.segment(node), before))
        self.extras += reversed(extras)

    def _in_unit(self, node: ast.stmt) -> bool:
        return bool(self.units.intersection(bound(node)))

    # Inside a test: statements pair up in order.

    def _common(self, own: list[ast.stmt]) -> list[str]:
        theirs = tests(self.text.tree.body)
        return [name for name in tests(own) if name in theirs]

    def _align_test(self, name: str) -> None:
        ours, theirs = tests(self.koan.tree.body)[name], tests(self.text.tree.body)[name]
        if not (same(ours.args, theirs.args) and same(ours.decorator_list, theirs.decorator_list)):
            self.changes.append(Change(f"def {name}():", name, theirs.lineno))
        self._blocks(list(align(ours.body, theirs.body)), name, keep=True)

    def _blocks(self, blocks: list[Block], koan: str, *, keep: bool) -> None:
        for block in blocks:
            for ours, theirs in block.pairs:
                self.given |= {id(blank): given for blank, given in answers_in(ours, theirs)}
            for lost, instead in block.lost:
                self._change(self.koan, lost, instead, koan)
            if keep:
                self.extras += self._added(block, koan)

    def _added(self, block: Block, koan: str) -> Iterator[Extra]:
        if not block.koan:
            return
        indent = " " * block.koan[0].col_offset
        end = (block.koan[-1].end_lineno or 0) + 1
        for node, before in block.added:
            at = end if before is None else first_line(before)
            yield Extra(indented(self.text, node, indent), at, koan)

    def _change(
        self, source: Source, lost: ast.stmt, instead: ast.stmt | None, koan: str = ""
    ) -> None:
        if isinstance(lost, ast.FunctionDef):
            koan = koan or (lost.name if lost.name in tests([lost]) else "")
            text = f"def {lost.name}"
        else:
            text = source.lines[lost.lineno - 1].strip()
        self.changes.append(Change(text, koan, instead.lineno if instead else None))

    # The spots.

    def _at_blank(self, spot: Spot, blank: ast.Name) -> Answer:
        given = self.given.get(id(blank))
        if given is None:
            return Answer(spot, None, lost=True)
        given = answered(given) or given
        if is_blank(given):
            return Answer(spot, None, given.lineno)
        return Answer(spot, enclosed(self.text, given), given.lineno)

    def _at_region(self, spot: Spot) -> Answer:
        names = set(spot.names)
        ours = [node for node in self.koan.tree.body if names.intersection(bound(node))]
        theirs = [node for node in self.text.tree.body if names.intersection(bound(node))]
        if not names <= {name for node in theirs for name in bound(node)}:
            prompt = {name for node in ours for name in bound(node)}
            if not prompt <= {name for node in theirs for name in bound(node)}:
                return Answer(spot, None, lost=True)
        line = first_line(theirs[0])
        if len(ours) == len(theirs) and all(map(same, ours, theirs)):
            return Answer(spot, None, line)
        return Answer(spot, "\n\n\n".join(map(self.text.segment, theirs)), line)


def indented(source: Source, node: ast.stmt, indent: str) -> str:
    """A statement's text at another indentation; a line that begins inside a string stays."""
    first, *rest = Source(source.segment(node)).lines
    old = " " * node.col_offset
    text = indent + first
    for number, line in enumerate(rest, first_line(node) + 1):
        inside = number in source.inside_strings or not line.startswith(old)
        text += line if inside else indent + line.removeprefix(old)
    return text


def _partner(ours: ast.stmt, theirs: ast.stmt) -> bool:
    """Whether a learner's top-level statement is this one of the koan's, if changed inside."""
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    if isinstance(ours, definitions):
        return isinstance(theirs, type(ours)) and ours.name == theirs.name
    return same(ours, theirs)


def _is_docstring(node: ast.stmt, tree: ast.Module) -> bool:
    return (
        node is tree.body[0]
        and isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
