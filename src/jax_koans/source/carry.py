"""A learner's answers for a newer solution: found also where the koan's own lines have changed."""

import ast
from dataclasses import replace
from textwrap import dedent

from jax_koans.source.answers import Answer, Answers, answers, answers_in_koan
from jax_koans.source.blanks import questions
from jax_koans.source.erase import around, erase
from jax_koans.source.marks import Spot
from jax_koans.source.match import same
from jax_koans.source.reasons import reasons
from jax_koans.source.text import Source, tests


def carried(text: str, solution: str, base: str) -> Answers:
    """As `answers(text, solution)`, for a text that was made from the koan `base`.

    Where a blank's line has changed since, its answer is the one that stood at the same left side;
    or at the same number, if it is the right one now: another one answered another question. A
    region is untouched where it is as `base` had it. Lines that `base` has are not the learner's.
    """
    found = answers(text, solution)
    theirs, old, new = map(Source.read, (text, base, erase(solution)))
    koans = tests(old.tree.body)
    blanks = [
        Spot("blank", each.blank.lineno, koan=name)
        for name, test in koans.items()
        for each in questions(test)
    ]
    before = answers_in_koan(text, old, blanks)
    earlier = iter(before.spots)
    given = {
        name: [(ast.dump(each.comparison.left), next(earlier)) for each in questions(test)]
        for name, test in koans.items()
    }
    asked = {
        name: [ast.dump(each.comparison.left) for each in questions(test)]
        for name, test in tests(new.tree.body).items()
    }
    counts = dict.fromkeys(asked, 0)
    result = []
    for answer in found.spots:
        koan, names = answer.spot.koan, answer.spot.names
        if names:
            ours = around(old, names)
            if ours and same(ours, around(theirs, names)):
                answer = replace(answer, text=None)
        else:
            number, counts[koan] = counts[koan], counts[koan] + 1
            if answer.text is None and koan in given:
                right = reasons(solution)[koan][number].answer
                answer = _before(answer, given[koan], asked[koan], number, right)
        result.append(answer)
    added = {dedent(extra.text) for extra in before.extras}
    extras = tuple(extra for extra in found.extras if dedent(extra.text) in added)
    return replace(found, spots=tuple(result), extras=extras)


def _before(
    answer: Answer, given: list[tuple[str, Answer]], asked: list[str], number: int, right: str
) -> Answer:
    """The answer that an older text has at a blank, as far as it can be told which that is."""
    left = asked[number]
    alike = [old for side, old in given if side == left]
    same_number = given[number][1] if len(given) == len(asked) else None
    if (nth := asked[:number].count(left)) < len(alike):
        old = alike[nth]
    elif same_number and same_number.text and ast.unparse(ast.parse(same_number.text)) == right:
        old = same_number
    else:
        return answer
    return replace(answer, text=old.text, line=old.line, lost=False) if old.text else answer
