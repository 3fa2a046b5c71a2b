"""What an author can get wrong in a solution, each with its line and a reason."""

import ast
import re
import tokenize
from collections.abc import Iterator

from jax_koans.source.blanks import answered, is_blank, questions
from jax_koans.source.erase import DEFINITION, around, bound, erase, spots
from jax_koans.source.marks import MARK, Marks, Note, Region, hints, read_marks
from jax_koans.source.match import same
from jax_koans.source.own_source import own_statements
from jax_koans.source.reasons import is_literal, is_value, notes_below, split_case
from jax_koans.source.text import Source, SourceError, first_line, is_test, last_line, tests

_LIKE_A_MARK = re.compile(r"#\s*((?i:(BEGIN|END)[\W_]*(PROMPT|SOLUTION)|HINTS?\b)|(WHY|IF)\b)")
_CITES_LINE = re.compile(r"\blines?\s+\d", re.IGNORECASE)


def check(solution: str) -> list[SourceError]:
    """Find an author's mistakes in a solution's text; an empty list means that it may be built."""
    source = Source.read(solution)
    try:
        marks = read_marks(source)
    except SourceError as error:
        return [error]
    problems = [*_spelling(source), *_blanks(source), *_names(source), *_koans(source)]
    problems += [*_hints(source, marks), *_reasons(source, marks)]
    regions = [*marks.problems] or [*_regions(source, marks)]
    # Only where every region can be erased is it known which definitions belong to it.
    problems += regions or [*_prompts(source, marks), *_tasks(source)]
    once = {(problem.line, problem.reason): problem for problem in problems}
    return [once[key] for key in sorted(once)]


def _spelling(source: Source) -> Iterator[SourceError]:
    lines = iter([line.rstrip("\r\n") + "\n" for line in source.lines])
    for token in tokenize.generate_tokens(lambda: next(lines, "")):
        number = token.start[0]
        if token.type != tokenize.COMMENT or not _LIKE_A_MARK.match(token.string):
            continue
        if not MARK.match(source.lines[number - 1].rstrip("\r\n")):
            yield SourceError(number, f"this looks like a mark but is none: {token.string}")


def _blanks(source: Source) -> Iterator[SourceError]:
    imported = any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "__" for alias in node.names)
        for node in source.tree.body
    )
    allowed = {
        each.blank.func
        for test in tests(source.tree.body).values()
        for each in questions(test)
        if isinstance(each.blank, ast.Call) and each.statement.msg is None
    }
    for node in filter(is_blank, ast.walk(source.tree)):
        if not imported:
            yield SourceError(node.lineno, "`from jax_koans import __` is missing")
        if node not in allowed:
            where = "the whole right side of the only == or is of a test's assert without message"
            yield SourceError(node.lineno, f"a blank is __(answer), {where}")


def _reasons(source: Source, marks: Marks) -> Iterator[SourceError]:
    placed: set[int] = set()
    for test in tests(source.tree.body).values():
        for asked in questions(test):
            statement, right = asked.statement, answered(asked.blank) or asked.blank
            notes = notes_below(statement, marks.notes)
            placed.update(note.first for note in notes)
            if [note.kind for note in notes[:1]] != ["WHY"]:
                yield SourceError(statement.lineno, "a blank without a reason: write # WHY: below")
            if any(note.kind == "WHY" for note in notes[1:]):
                yield SourceError(statement.lineno, "one WHY for a blank, and its IFs below it")
            yield from _cases(source.segment(right), notes)
    for note in marks.notes:
        if note.kind != "HINT" and note.first not in placed:
            reason = f"{note.kind} stands right below an assertion with a blank, in its column"
            yield SourceError(note.first, reason)
        if note.kind == "WHY" and not note.text:
            yield SourceError(note.first, "a reason says something")


def _cases(right: str, notes: list[Note]) -> Iterator[SourceError]:
    seen = [_plain(right)]
    for note in notes:
        if note.kind != "IF":
            continue
        case = split_case(note.text)
        if case is None or not case.text or not is_value(case.value):
            reason = "write # IF value: and a fact about it; a literal, a power or a dotted name"
            yield SourceError(note.first, reason)
        elif (value := _plain(case.value)) in seen:
            same = "is the right answer" if value == seen[0] else "stands twice"
            yield SourceError(note.first, f"IF {case.value} {same}")
        else:
            seen.append(value)


def _plain(text: str) -> tuple[str, str]:
    """What tells two values apart, however they are written: 1 and True, [1] and (1,) differ."""
    if is_literal(text):
        value = eval(text, {"__builtins__": {}})
        return type(value).__name__, repr(value)
    return "", ast.dump(ast.parse(f"({text}\n)", mode="eval"))


def _names(source: Source) -> Iterator[SourceError]:
    seen: set[str] = set()
    for node in source.tree.body:
        if isinstance(node, DEFINITION):
            if node.name in seen:
                yield SourceError(node.lineno, f"the name {node.name} is used twice in this file")
            seen.add(node.name)
        if not is_test(node) and any(name.startswith("test") for name in bound(node)):
            reason = "only a koan's name begins with test: an ordinary function at the margin"
            yield SourceError(node.lineno, reason)
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield SourceError(node.lineno, "a koan is a function, not a method of a class")
    listed = re.findall(r"^def (test\w*)\(", source.text, re.MULTILINE)
    if set(listed) != set(tests(source.tree.body)):
        yield SourceError(1, "something at a line's start looks like a koan's def but is none")


def _koans(source: Source) -> Iterator[SourceError]:
    for name, test in tests(source.tree.body).items():
        if not ast.get_docstring(test):
            yield SourceError(test.lineno, f"{name} has no docstring that says its idea")
        if test.decorator_list or ast.unparse(test.args) not in ("", "figure"):
            reason = f"{name} takes no decorators, and no argument but `figure`"
            yield SourceError(test.lineno, reason)


def _tasks(source: Source) -> Iterator[SourceError]:
    units = {name for spot in spots(source.text) for name in spot.names}
    uses = own_statements(source.tree)
    for name, test in tests(source.tree.body).items():
        reads_region = any(not units.isdisjoint(bound(node)) for node in uses[name])
        if not reads_region and not questions(test):
            yield SourceError(test.lineno, f"{name} has nothing to do: no blank and no region")


def _hints(source: Source, marks: Marks) -> Iterator[SourceError]:
    allowed: set[int] = set()  # the lines between a docstring and the code below it
    told = hints(source.text)
    for name, test in tests(source.tree.body).items():
        count = len(told[name])
        if not 2 <= count <= 3:
            yield SourceError(test.lineno, f"{name} has {count} hints, not two or three")
        if len(test.body) > 1:
            allowed.update(range(last_line(test.body[0]) + 1, first_line(test.body[1])))
    for hint in (note for note in marks.notes if note.kind == "HINT"):
        if hint.first not in allowed:
            reason = "a hint stands right under a test's docstring, above its code"
            yield SourceError(hint.first, reason)
        if not hint.text:
            yield SourceError(hint.first, "a hint says something")
        if _CITES_LINE.search(hint.text):
            yield SourceError(hint.first, "a hint cites a line, which a learner's edits move")


def _regions(source: Source, marks: Marks) -> Iterator[SourceError]:
    for number, region in enumerate(marks.spots):
        if not isinstance(region, Region):
            continue
        inside = [
            node
            for node in source.tree.body
            if first_line(node) <= region.end and last_line(node) >= region.prompt
        ]
        whole = all(_within(region, node) for node in inside)
        if any(map(is_test, inside)):
            reason = "a region stands above its test, not inside one"
        elif region.indent and len(inside) != 1:
            reason = "an indented region stands inside one definition"
        elif not region.indent and not (inside and whole):
            reason = "a region at the margin holds whole definitions"
        else:
            try:
                tree = Source.read(erase(source.text, (number,))).tree
            except SourceError as error:
                reason = f"with its prompt the file is {error.reason}"
            else:
                if not _raises_on_import(tree):
                    continue
                reason = "a prompt outside a function needs code to start from"
        yield SourceError(region.prompt, reason)


def _raises_on_import(tree: ast.Module) -> bool:
    scopes = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef)]
    return any(isinstance(each, ast.Raise) for scope in scopes for each in scope.body)


def _within(region: Region, node: ast.stmt) -> bool:
    return region.solution < first_line(node) and last_line(node) < region.end


def _prompts(source: Source, marks: Marks) -> Iterator[SourceError]:
    koan = Source.read(erase(source.text))
    if erase(koan.text) != koan.text:
        yield SourceError(1, "erasing leaves marks behind: a prompt holds one")
    for region, spot in zip(marks.spots, spots(source.text), strict=True):
        if not isinstance(region, Region):
            continue
        ours, theirs = around(source, spot.names), around(koan, spot.names)
        elsewhere = not all(_within(region, node) for node in ours)
        if not theirs or not ours:
            reason = "a region holds a definition, before and after"
        elif elsewhere if not region.indent else len(ours) > 1:
            reason = "what a region defines is defined outside of it too"
        elif same(theirs, ours):
            reason = "the prompt equals the answer: there is nothing to do"
        else:
            continue
        yield SourceError(region.prompt, reason)
