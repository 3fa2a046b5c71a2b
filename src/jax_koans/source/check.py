"""What an author can get wrong in a solution, each with its line and a reason."""

import ast
import re
from collections.abc import Iterator

from jax_koans.source.erase import bound, erase, spots
from jax_koans.source.marks import Marks, Spot, read_marks
from jax_koans.source.match import same, tests
from jax_koans.source.own import own_statements
from jax_koans.source.text import (
    Source,
    SourceError,
    answered,
    answered_blanks,
    bare_blanks,
    first_line,
    is_blank,
    is_test,
)

_MISSPELT = re.compile(r"#\s*(BEGIN|END)\s*_?\s*(PROMPT|SOLUTION)|^\s*#\s*HINT", re.IGNORECASE)
_EXACT = re.compile(r"^[ \t\f]*#[ ]?(BEGIN PROMPT|BEGIN SOLUTION|END SOLUTION|HINT):?")
_CITES_LINE = re.compile(r"\blines?\s+\d", re.IGNORECASE)
_BESIDE = ast.Compare | ast.Call | ast.keyword | ast.Tuple | ast.List | ast.Dict | ast.Set
_FEWEST, _MOST = 2, 3  # hints


def check(solution: str) -> list[SourceError]:
    """Find an author's mistakes in a solution's text; an empty list means that it may be built.

    Refused are: text that is not Python, unclosed or misplaced marks, blanks where none may
    stand, a prompt that equals its answer or needs a function around it, a koan without
    docstring, without hints, or with nothing to do, a name used twice, a hint that cites a line.
    """
    source = Source.read(solution)
    try:
        marks = read_marks(source)
    except SourceError as error:
        return [error]
    problems = [*marks.problems, *_spelling(source), *_blanks(source), *_koans(source, marks)]
    problems += _names(source)
    if not marks.problems:
        problems += _regions(source, marks)
    return sorted(problems, key=lambda problem: problem.line)


def _spelling(source: Source) -> Iterator[SourceError]:
    for number, line in enumerate(source.lines, 1):
        if number in source.inside_strings:
            continue
        if _MISSPELT.search(line) and not _EXACT.match(line) and _is_comment(line):
            yield SourceError(number, f"this looks like a mark but is none: {line.strip()}")


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#") or bool(re.search(r"\s#\s*(BEGIN|END) ", line))


def _blanks(source: Source) -> Iterator[SourceError]:
    imported = any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "__" for alias in node.names)
        for node in source.tree.body
    )
    allowed = set()
    for node in source.tree.body:
        if is_test(node):
            assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            allowed |= {id(call) for body in node.body for call in answered_blanks(body)}
    for parent in ast.walk(source.tree):
        for node in ast.iter_child_nodes(parent):
            if answered(node) is not None:
                assert isinstance(node, ast.Call)
                if not imported:
                    yield SourceError(node.lineno, "`from jax_koans import __` is missing")
                if id(node) not in allowed:
                    where = "inside a test, not in a decorator, a default or another blank"
                    yield SourceError(node.lineno, f"a blank stands {where}")
                elif not isinstance(parent, _BESIDE):
                    where = "side of a comparison, argument or element, so that any answer fits"
                    yield SourceError(node.lineno, f"a blank is a whole {where}")
            if isinstance(node, ast.FormattedValue | ast.JoinedStr) and any(
                map(is_blank, ast.walk(node))
            ):
                yield SourceError(node.lineno, "no blank stands in an f-string")
            inner = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            if inner and any(map(is_blank, ast.walk(node.args))):
                yield SourceError(node.lineno, "no blank stands in a default")
    for blank in bare_blanks(source.tree):
        yield SourceError(blank.lineno, "a bare __ in a solution: write __(answer)")


def _koans(source: Source, marks: Marks) -> Iterator[SourceError]:
    units = {name for spot in _spots(source, marks) for name in spot.names}
    uses = own_statements(source.tree)
    hinted: set[int] = set()
    for name, test in tests(source.tree.body).items():
        last = test.end_lineno or test.lineno
        mine = [hint for hint in marks.hints if test.lineno <= hint.first <= last]
        hinted |= {hint.first for hint in mine}
        if not ast.get_docstring(test):
            yield SourceError(test.lineno, f"{name} has no docstring that says its idea")
        if not _FEWEST <= len(mine) <= _MOST:
            yield SourceError(test.lineno, f"{name} has {len(mine)} hints, not two or three")
        yield from _below_docstring(test, [hint.first for hint in mine])
        arguments = test.args
        if test.decorator_list or ast.unparse(arguments) not in ("", "figure"):
            reason = f"{name} takes no decorators and no arguments but `figure`"
            yield SourceError(test.lineno, reason)
        if not any(True for _ in answered_blanks(test)) and not any(
            units.intersection(bound(node)) for node in uses[name]
        ):
            yield SourceError(test.lineno, f"{name} has nothing to do: no blank and no region")
    for hint in marks.hints:
        if hint.first not in hinted:
            yield SourceError(hint.first, "a hint stands inside a test, under its docstring")
        if _CITES_LINE.search(hint.text):
            yield SourceError(hint.first, "a hint cites a line, which a learner's edits move")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield SourceError(node.lineno, "a koan is a function, not a method of a class")
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield SourceError(node.lineno, "a koan is an ordinary function, not an async one")


def _below_docstring(test: ast.FunctionDef, lines: list[int]) -> Iterator[SourceError]:
    code = next((node for node in test.body[1:]), None)
    for line in lines:
        if code is not None and line > first_line(code):
            yield SourceError(line, "hints stand right under the docstring, above the code")


def _names(source: Source) -> Iterator[SourceError]:
    seen: set[str] = set()
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if node.name in seen:
                yield SourceError(node.lineno, f"the name {node.name} is used twice in this file")
            seen.add(node.name)
    listed = re.findall(r"^def (test\w*)\(", source.text, re.MULTILINE)
    if listed != list(tests(source.tree.body)):
        yield SourceError(1, "something at a line's start looks like a koan's def but is none")


def _regions(source: Source, marks: Marks) -> Iterator[SourceError]:
    for region in marks.regions:
        inside = [
            node
            for node in source.tree.body
            if first_line(node) <= region.end and (node.end_lineno or 0) >= region.prompt
        ]
        answer = range(region.solution + 1, region.end)
        if any(is_test(node) for node in inside):
            yield SourceError(region.prompt, "a region stands above its test, not inside one")
        if not region.indent and any(
            first_line(node) not in answer or (node.end_lineno or 0) not in answer
            for node in inside
        ):
            yield SourceError(region.prompt, "a region at the margin holds whole definitions")
    if not marks.regions:
        return
    try:
        koan = Source.read(erase(source.bom + source.text))
        if not (units := [spot.names for spot in spots(source.bom + source.text) if spot.names]):
            return
        for names in units:
            yield from _prompt(source, koan, names)
    except SourceError as error:
        yield SourceError(marks.regions[0].prompt, f"the erased koan does not parse: {error}")


def _prompt(source: Source, koan: Source, names: tuple[str, ...]) -> Iterator[SourceError]:
    ours = [node for node in source.tree.body if set(names).intersection(bound(node))]
    theirs = [node for node in koan.tree.body if set(names).intersection(bound(node))]
    line = first_line(ours[0]) if ours else 1
    if not theirs:
        yield SourceError(line, "a prompt at the margin needs code: definitions to start from")
    if len(ours) == len(theirs) and all(map(same, ours, theirs)):
        yield SourceError(line, "the prompt equals the answer: there is nothing to do")


def _spots(source: Source, marks: Marks) -> list[Spot]:
    return [] if marks.problems else spots(source.bom + source.text)


def _bound(node: ast.stmt) -> list[str]:
    from jax_koans.source.erase import bound

    return bound(node)
