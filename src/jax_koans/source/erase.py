"""From a solution to its koan, and to the reference answer, by editing its text."""

import ast
from collections.abc import Collection, Iterator

from jax_koans.source.marks import Marks, Region, Spot, read_marks
from jax_koans.source.text import Edit, Source, answered, first_line, is_test


def erase(solution: str, only: Collection[int] | None = None) -> str:
    """The koan of a solution: blanks bare, regions back at their prompts, hints gone.

    All other characters stay as they are. `only` erases just those spots, numbered as in
    `spots`, and leaves the hints: that is how a test asks whether each spot matters.

    Raises:
        SourceError: the text is not Python, or a mark is misplaced.

    Example:
        >>> erase("def test_sum():\\n    assert 1 + 1 == __(2)\\n")
        'def test_sum():\\n    assert 1 + 1 == __\\n'
    """
    source, marks = _read(solution)
    edits = []
    for number, mark in enumerate(_in_order(source, marks)):
        if only is not None and number not in only:
            continue
        if isinstance(mark, ast.Call):
            edits.append((*source.span(mark), "__"))
        else:
            edits.append(_lines(source, mark.prompt, mark.end, "".join(_prompt(source, mark))))
    if only is None:
        edits += [_lines(source, hint.first, hint.last) for hint in marks.hints]
    return source.edited(edits)


def solve(solution: str) -> str:
    """The solution as a learner would have written it: answers in place, no marks, no hints.

    Raises:
        SourceError: the text is not Python, or a mark is misplaced.
    """
    source, marks = _read(solution)
    edits: list[Edit] = []
    for call in marks.blanks:
        answer = answered(call)
        assert answer is not None
        edits.append((*source.span(call), enclosed(source, answer)))
    for region in marks.regions:
        edits.append(_lines(source, region.prompt, region.solution))
        edits.append(_lines(source, region.end, region.end))
    edits += [_lines(source, hint.first, hint.last) for hint in marks.hints]
    return source.edited(edits)


def spots(solution: str) -> list[Spot]:
    """The blanks and regions of a solution, in the order of its text.

    Raises:
        SourceError: the text is not Python, or a mark is misplaced.
    """
    source, marks = _read(solution)
    tests = [node for node in source.tree.body if is_test(node)]
    found = []
    for mark in _in_order(source, marks):
        if isinstance(mark, ast.Call):
            (koan,) = (
                test.name
                for test in tests
                if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef)
                and first_line(test) <= mark.lineno <= (test.end_lineno or 0)
            )
            found.append(Spot("blank", mark.lineno, koan=koan))
        else:
            found.append(Spot("region", mark.prompt, names=unit(source, mark)))
    return found


def unit(source: Source, region: Region) -> tuple[str, ...]:
    """The names that the definitions around a region bind, in the solution and in its prompt."""
    names = [
        name
        for node in source.tree.body
        if first_line(node) < region.end and (node.end_lineno or 0) > region.solution
        for name in bound(node)
    ]
    if not region.indent:
        prompt = Source("".join(_prompt(source, region))).tree
        names += [name for node in prompt.body for name in bound(node)]
    return tuple(dict.fromkeys(names))


def bound(node: ast.stmt) -> list[str]:
    """The names that a module's statement binds."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    names = []
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            names.append(child.id)
        elif child is not node and isinstance(child, ast.stmt):
            names += [name for name in bound(child) if name not in names]
    return list(dict.fromkeys(names))


def enclosed(source: Source, answer: ast.expr) -> str:
    """An answer's text, in brackets unless it needs none wherever it is put."""
    text = source.segment(answer)
    # A blank stands beside a comparison or between commas (`check` sees to that), so whatever
    # binds more tightly than a comparison is safe, as long as no line end can cut it.
    loose = ast.Compare, ast.BoolOp, ast.Lambda, ast.IfExp, ast.NamedExpr, ast.Yield, ast.YieldFrom
    negated = isinstance(answer, ast.UnaryOp) and isinstance(answer.op, ast.Not)
    naked = isinstance(answer, ast.Tuple | ast.GeneratorExp) and not text.startswith("(")
    broken = answer.lineno != answer.end_lineno and not text.endswith((")", "]", "}"))
    return f"({text})" if isinstance(answer, loose) or negated or naked or broken else text


def _read(solution: str) -> tuple[Source, Marks]:
    source = Source.read(solution)
    marks = read_marks(source)
    if marks.problems:
        raise marks.problems[0]
    return source, marks


def _in_order(source: Source, marks: Marks) -> list[ast.Call | Region]:
    def line(mark: ast.Call | Region) -> tuple[int, int]:
        if isinstance(mark, Region):
            return mark.prompt, 0
        return mark.lineno, mark.col_offset

    return sorted([*marks.blanks, *marks.regions], key=line)


def _lines(source: Source, first: int, last: int, replacement: str = "") -> Edit:
    """The edit that replaces whole lines, `first` to `last` both included."""
    return source.starts[first - 1], source.starts[last], replacement


def _prompt(source: Source, region: Region) -> Iterator[str]:
    """The lines that a koan gets in a region's place."""
    begin = source.lines[region.prompt - 1]
    end = begin[len(begin.rstrip("\r\n")) :]
    yield f"{region.indent}# TODO: {region.todo}{end}"
    empty = True
    for line in source.lines[region.prompt : region.solution - 1]:
        code = line[len(region.indent) :].removeprefix("#").removeprefix(" ")
        empty = empty and not code.strip()
        yield region.indent + code if code.strip() else code.lstrip(" \t\f")
    if empty:
        yield f"{region.indent}raise NotImplementedError{end}"
