"""A learner's answers for a newer solution: found also where the koan's own lines have changed."""

import ast
from dataclasses import replace

from jax_koans.source.answers import Answer, Answers, answers, answers_in_koan
from jax_koans.source.erase import around, erase, reference, spots
from jax_koans.source.marks import Spot
from jax_koans.source.match import same
from jax_koans.source.text import Source, bare_blanks, tests


def carried(text: str, solution: str, base: str) -> Answers:
    """As `answers(text, solution)`, for a text that was made from the koan `base`.

    Where a blank's line has changed since, its answer is the one that stood at the same left side;
    or at the same number, if it is the right one now: another one answered another question. A
    region is untouched where it is as `base` had it.

    Raises:
        SourceError: one of the texts is not Python, or the solution's marks are misplaced.
    """
    found = answers(text, solution)
    old, new = Source.read(base), Source.read(erase(solution))
    regions = [spot for spot in spots(solution) if spot.kind == "region"]
    given = _given(text, old)
    asked = {name: _left_sides(test) for name, test in tests(new.tree.body).items()}
    counts = dict.fromkeys(asked, 0)
    result = []
    for answer in found.spots:
        if answer.spot in regions:
            ours = around(old, answer.spot.names)
            theirs = around(Source.read(text), answer.spot.names)
            untouched = bool(ours) and same(ours, theirs)
            result.append(replace(answer, text=None) if untouched else answer)
            continue
        koan = answer.spot.koan
        number, counts[koan] = counts[koan], counts[koan] + 1
        if answer.text is None and koan in given:
            right = reference(solution, koan)[number]
            answer = _before(answer, given[koan], asked[koan], number, right)
        result.append(answer)
    return replace(found, spots=tuple(result))


def _given(text: str, base: Source) -> dict[str, list[tuple[str, Answer]]]:
    """For each koan of an older text its blanks' left sides and answers, in order."""
    asked = {name: _left_sides(test) for name, test in tests(base.tree.body).items()}
    blanks = [
        Spot("blank", blank.lineno, koan=name)
        for name, test in tests(base.tree.body).items()
        for blank in bare_blanks(test)
    ]
    found = iter(answers_in_koan(text, base, blanks).spots)
    return {name: [(left, next(found)) for left in lefts] for name, lefts in asked.items()}


def _left_sides(test: ast.FunctionDef) -> list[str]:
    """What is compared with each blank of a test, in the order of the blanks."""
    sides = {}
    for node in ast.walk(test):
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
            for blank in bare_blanks(node):
                sides[id(blank)] = ast.dump(node.test.left)
    return [sides.get(id(blank), "") for blank in bare_blanks(test)]


def _before(
    answer: Answer, given: list[tuple[str, Answer]], asked: list[str], number: int, right: str
) -> Answer:
    """The answer that an older text has at a blank, as far as it can be told which that is."""
    left = asked[number]
    alike = [old for side, old in given if side == left]
    nth = asked[:number].count(left)
    old = None
    if len(alike) > nth:
        old = alike[nth]
    elif len(given) == len(asked) and _same_expression(given[number][1].text, right):
        old = given[number][1]
    if old is None or old.text is None:
        return answer
    return replace(answer, text=old.text, line=old.line, lost=False)


def _same_expression(text: str | None, right: str) -> bool:
    return text is not None and ast.dump(ast.parse(f"({text})")) == ast.dump(
        ast.parse(f"({right})")
    )
