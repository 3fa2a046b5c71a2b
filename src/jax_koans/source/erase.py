"""From a solution to its koan, and to the reference answer, by editing its text."""

import ast
from collections.abc import Collection, Iterator
from functools import lru_cache

from jax_koans.source.marks import Marks, Region, Spot, read_marks
from jax_koans.source.text import Edit, Source, first_line, is_test, last_line

DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_BINDING = DEFINITION | ast.Import | ast.ImportFrom


@lru_cache(maxsize=32)  # as Source.read: a review asks for the same few koans again and again
def erase(solution: str, only: tuple[int, ...] | None = None) -> str:
    """The koan of a solution: blanks bare, regions back at their prompts, hints and reasons gone.

    All other characters stay as they are. `only` erases just those spots, numbered as in
    `spots`, and leaves the notes: that is how a test asks whether each spot matters.

    Example:
        >>> erase("def test_sum():\\n    assert 1 + 1 == __(2)\\n")
        'def test_sum():\\n    assert 1 + 1 == __\\n'
    """
    source, marks = _read(solution)
    edits = []
    for number, spot in enumerate(marks.spots):
        if only is not None and number not in only:
            continue
        if isinstance(spot, Region):
            edits.append(_lines(source, spot.prompt, spot.end, "".join(_prompt(source, spot))))
        else:
            edits.append((*source.span(spot), "__"))
    if only is None:
        edits += [_lines(source, note.first, note.last) for note in marks.notes]
    return source.edited(edits)


def solve(solution: str) -> str:
    """The solution as a learner would have written it: answers in place, no marks, no notes."""
    source, marks = _read(solution)
    edits: list[Edit] = []
    for spot in marks.spots:
        if isinstance(spot, Region):
            edits.append(_lines(source, spot.prompt, spot.solution))
            edits.append(_lines(source, spot.end, spot.end))
        else:
            edits.append((*source.span(spot), enclosed(source, spot.args[0])))
    edits += [_lines(source, note.first, note.last) for note in marks.notes]
    return source.edited(edits)


def spots(solution: str) -> list[Spot]:
    """The blanks and regions of a solution, in the order of its text."""
    source, marks = _read(solution)
    # By their lines: the marks may be those of an equal text with another tree.
    koans = {
        line: test.name
        for test in filter(is_test, source.tree.body)
        for line in range(first_line(test), last_line(test) + 1)
    }
    return [
        Spot("region", spot.prompt, names=_unit(source, spot))
        if isinstance(spot, Region)
        else Spot("blank", spot.lineno, koan=koans[spot.lineno])
        for spot in marks.spots
    ]


def _unit(source: Source, region: Region) -> tuple[str, ...]:
    """The names that the definitions around a region bind, in the solution and in its prompt."""
    names = [
        name
        for node in source.tree.body
        if first_line(node) < region.end and last_line(node) > region.solution
        for name in bound(node)
    ]
    if not region.indent:
        prompt = Source("".join(_prompt(source, region))).tree
        names += [name for node in prompt.body for name in bound(node)]
    return tuple(dict.fromkeys(names))


@lru_cache(maxsize=1024)  # a review asks it of each statement again and again
def bound(node: ast.stmt) -> tuple[str, ...]:
    """The names that a module's statement binds."""
    if isinstance(node, DEFINITION):
        return (node.name,)
    if isinstance(node, ast.Import | ast.ImportFrom):
        return tuple(alias.asname or alias.name.partition(".")[0] for alias in node.names)
    return tuple(dict.fromkeys(stored(node)))


def stored(node: ast.AST) -> list[str]:
    """The names that a statement or an expression binds where it stands, not in scopes inside."""
    found: list[str] = []
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                found.append(node.id)
        elif isinstance(node, _BINDING):
            found += bound(node)
        else:
            below = list(ast.iter_child_nodes(node))
            if isinstance(node, ast.comprehension):
                below.remove(node.target)
            stack += reversed(below)
    return found


def around(source: Source, names: Collection[str]) -> list[ast.stmt]:
    """The top-level statements that bind any of a region's names."""
    return [node for node in source.tree.body if not set(names).isdisjoint(bound(node))]


def start_line(koan: Source, nodes: list[ast.stmt]) -> int:
    """The first line of a region's definitions in a koan, with a TODO that stands above them."""
    first = first_line(nodes[0])
    for line in range(first - 1, 0, -1):
        text = koan.lines[line - 1]
        if text.startswith("# TODO: "):
            return line
        if text.strip() and not text.startswith("#"):
            break
    return first


def enclosed(source: Source, answer: ast.expr) -> str:
    """An answer's text, in brackets unless it needs none wherever it is put."""
    text = source.segment(answer)
    # Safe is what stays itself between two comparisons, with no brackets to join its lines.
    try:
        beside = ast.parse(f"_ == {text} == _", mode="eval").body
    except SyntaxError:
        return f"({text})"
    safe = isinstance(beside, ast.Compare) and ast.dump(beside.comparators[0]) == ast.dump(answer)
    return text if safe else f"({text})"


def _read(solution: str) -> tuple[Source, Marks]:
    source = Source.read(solution)
    marks = read_marks(source)
    if marks.problems:
        raise marks.problems[0]
    return source, marks


def _lines(source: Source, first: int, last: int, replacement: str = "") -> Edit:
    """The edit that replaces whole lines, `first` to `last` both included."""
    return source.starts[first - 1], source.starts[last], replacement


def _prompt(source: Source, region: Region) -> Iterator[str]:
    """The lines that a koan gets in a region's place."""
    begin = source.lines[region.prompt - 1]
    end = begin[len(begin.rstrip("\r\n")) :]
    yield f"{region.indent}# TODO: {region.todo}{end}"
    code = [
        line[len(region.indent) :].removeprefix("#").removeprefix(" ")
        for line in source.lines[region.prompt : region.solution - 1]
    ]
    for line in code:
        yield region.indent + line if line.strip() else line.lstrip(" \t\f")
    if not any(map(str.strip, code)):
        yield f"{region.indent}raise NotImplementedError{end}"
