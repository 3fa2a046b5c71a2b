"""The marks of a solution: blanks, regions, and what authors note: hints and reasons."""

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from jax_koans.source.blanks import questions
from jax_koans.source.text import Source, SourceError, is_test, last_line, tests

MARK = re.compile(
    r"(?P<indent>[ \t\f]*)# ?(?:(?P<kind>BEGIN PROMPT|HINT|WHY):(?P<text>.*)"
    r"|(?P<case>IF)\s(?P<when>.*)|(?P<bare>BEGIN SOLUTION|END SOLUTION)\s*$)"
)
_COMMENT = re.compile(r"(?P<indent>[ \t\f]*)#(?P<text>.*)")
# A continued note is indented behind its `#`; an ordinary comment stands one space behind it.
_CONTINUED = re.compile(r"[ \t\f]*#(?:  |\t)\s*(?P<text>\S.*)")


@dataclass(frozen=True)
class Region:
    """A region, by the lines (from 1) of its three marks."""

    prompt: int
    solution: int
    end: int
    indent: str
    todo: str


@dataclass(frozen=True)
class Note:
    """What an author notes, by its first and last line: a HINT, a WHY, or an IF with its value."""

    kind: str
    first: int
    last: int
    indent: str
    text: str


@dataclass(frozen=True)
class Marks:
    """All marks of a solution in the order of its text, and what is wrong with them."""

    spots: list[ast.Call | Region]
    notes: list[Note]
    problems: list[SourceError]


@dataclass(frozen=True)
class Spot:
    """One place where a learner answers."""

    kind: Literal["blank", "region"]
    line: int  # the solution's
    koan: str = ""  # the test that holds a blank
    names: tuple[str, ...] = ()  # the definitions around a region, which an answer to it binds


@lru_cache(maxsize=32)
def read_marks(source: Source) -> Marks:
    asked = [each for node in filter(is_test, source.tree.body) for each in questions(node)]
    blanks = [each.blank for each in asked if isinstance(each.blank, ast.Call)]
    regions, notes, problems = _read_comments(source)
    spots: list[ast.Call | Region] = [*blanks, *regions]
    return Marks(sorted(spots, key=_line), notes, problems)  # blanks of one line keep their order


def _line(spot: ast.Call | Region) -> int:
    return spot.prompt if isinstance(spot, Region) else spot.lineno


def _read_comments(source: Source) -> tuple[list[Region], list[Note], list[SourceError]]:
    regions: list[Region] = []
    notes: list[Note] = []
    problems: list[SourceError] = []
    prompt: tuple[int, str, str] | None = None  # line, indent, todo
    solution = 0
    for number, line in enumerate(source.lines, 1):
        mark = MARK.match(line.rstrip("\r\n"))
        if number in source.inside_strings:
            mark = None
        kind = (mark["kind"] or mark["case"] or mark["bare"]) if mark else ""
        if prompt and not solution and kind != "BEGIN SOLUTION":
            comment = _COMMENT.match(line)
            if kind or not comment or comment["indent"] != prompt[1]:
                reason = "between BEGIN PROMPT and BEGIN SOLUTION only commented code may stand"
                problems.append(SourceError(number, reason))
                prompt = None
            continue
        if mark is None:
            continue
        if mark["indent"] != (prompt[1] if prompt else mark["indent"]):
            problems.append(SourceError(number, f"{kind} is not indented like its BEGIN PROMPT"))
        match kind, bool(prompt), bool(solution):
            case "BEGIN PROMPT", False, _:
                prompt, solution = (number, mark["indent"], mark["text"].strip()), 0
                if not prompt[2]:
                    problems.append(SourceError(number, "BEGIN PROMPT: says in a line what to do"))
            case "BEGIN SOLUTION", True, False:
                solution = number
            case "END SOLUTION", True, True:
                assert prompt is not None
                regions.append(Region(prompt[0], solution, number, prompt[1], prompt[2]))
                prompt, solution = None, 0
            case "HINT" | "WHY" | "IF", False, _:
                notes.append(_read_note(source, number, mark))
            case _:
                problems.append(SourceError(number, f"{kind} stands where none belongs"))
    if prompt:
        problems.append(SourceError(prompt[0], "this region is never closed by END SOLUTION"))
    return regions, notes, problems


def _read_note(source: Source, number: int, mark: re.Match[str]) -> Note:
    words, last = [(mark["text"] or mark["when"] or "").strip()], number
    for line in source.lines[number:]:
        continued = _CONTINUED.match(line.rstrip("\r\n"))
        if not continued:
            break
        words.append(continued["text"].rstrip())
        last += 1
    kind = mark["kind"] or mark["case"]
    return Note(kind, number, last, mark["indent"], " ".join(words))


def hints(solution: str) -> dict[str, list[str]]:
    """The hints of each koan in a solution's text, by its name, in order."""
    source = Source.read(solution)
    found = [note for note in read_marks(source).notes if note.kind == "HINT"]
    return {
        name: [hint.text for hint in found if test.lineno < hint.first <= last_line(test)]
        for name, test in tests(source.tree.body).items()
    }
