"""A learner's answers in a fresh koan."""

from collections.abc import Iterator

from jax_koans.source.answers import Answers, Extra
from jax_koans.source.erase import around, erase, start_line
from jax_koans.source.match import blanks_in
from jax_koans.source.text import Edit, Source


def fill(solution: str, given: Answers) -> str:
    """Erase a solution and put answers in: expressions at blanks, definitions at regions.

    What the learner added goes along, before the statement of the koan that it stood before. A
    spot without an answer stays as erased.

    Example:
        >>> solution = "def test_sum():\\n    assert 1 + 1 == __(2)\\n"
        >>> fill(solution, answers("def test_sum():\\n    assert 1 + 1 == 3\\n", solution))
        'def test_sum():\\n    assert 1 + 1 == 3\\n'
    """
    koan = Source.read(erase(solution))
    at_blanks = [answer for answer in given.spots if answer.spot.kind == "blank"]
    edits = [
        (*koan.span(blank), answer.text)
        for blank, answer in zip(blanks_in(koan), at_blanks, strict=True)
        if answer.text is not None
    ]
    # Two regions of one definition have one answer.
    at_regions = {answer.spot.names: answer.text for answer in given.spots if answer.spot.names}
    for names, text in at_regions.items():
        if text is not None:
            nodes = around(koan, names)
            edits.append((koan.starts[start_line(koan, nodes) - 1], koan.end(nodes[-1]), text))
    return koan.edited([*edits, *_insertions(koan, given.extras)])


def _insertions(koan: Source, extras: tuple[Extra, ...]) -> Iterator[Edit]:
    """One insertion a line of the koan: edits at one place would have no order."""
    at: dict[int, str] = {}
    for extra in extras:
        # A function at the left margin has two empty lines behind it.
        apart = 3 if extra.text.startswith(("def ", "class ", "@", "async def ")) else 1
        at[extra.before] = at.get(extra.before, "") + extra.text + koan.newline * apart
    for before, text in at.items():
        start = koan.starts[min(before, len(koan.starts)) - 1]
        if start and koan.text[start - 1] not in "\r\n":  # the last line has no end
            text = koan.newline + text
        yield start, start, text
