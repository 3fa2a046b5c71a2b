"""From a solution to its koan and back: pure functions, text to text.

erase(solution)            the koan that a learner starts from
solve(solution)            the reference answer as a learner would write it
answers(text, solution)    what a learner's text holds at each blank and region
fill(solution, answers)    those answers in a fresh koan
reset(text, solution, k)   a learner's text with the koan k untouched again
check(solution)            an author's mistakes

All but `check` raise SourceError where a text is not Python, or a solution's marks are misplaced.
"""

from jax_koans.source.answers import Answers, Change, Extra, answers
from jax_koans.source.check import check
from jax_koans.source.erase import erase, solve, spots
from jax_koans.source.fill import fill
from jax_koans.source.marks import Spot, hints
from jax_koans.source.own_source import own_source
from jax_koans.source.reasons import Reason, reasons
from jax_koans.source.reset import parts, reset, segments
from jax_koans.source.text import SourceError

__all__ = [
    "Answers", "Change", "Extra", "Reason", "SourceError", "Spot", "answers", "check",
    "erase", "fill", "hints", "own_source", "parts", "reasons", "reset", "segments", "solve",
    "spots",
]  # fmt: skip
