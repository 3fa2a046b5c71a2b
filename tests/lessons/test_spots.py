"""Every blank and every region matters on its own, and to nobody who does not use it."""

from pathlib import Path

import pytest

from jax_koans.course.path import Workspace
from jax_koans.source import erase, spots
from jax_koans.source.blanks import bare_blanks
from jax_koans.source.own_source import own_statements
from jax_koans.source.text import Source

PATH = Workspace(Path(__file__).parents[2])
SPOTS = [
    pytest.param(file, number, id=f"{file}:{spot.line}")
    for file in PATH.files
    for number, spot in enumerate(spots(PATH.solution(file)))
]


@pytest.mark.parametrize(("file", "number"), SPOTS)
def test_a_koan_fails_without_this_answer(file, number, run):
    solution = PATH.solution(file)
    spot = spots(solution)[number]
    text = _with_an_object(erase(solution, only=(number,)))
    users = [spot.koan] if spot.koan else _users(solution, spot.names)

    # A blank stands in one koan's own text; a region may be read by any koan of the file.
    raised = run(text, [spot.koan] if spot.koan else PATH.names_in(file))

    passed = {name for name, error in raised.items() if error is None}
    assert not passed.intersection(users), "passes although this answer is missing"
    assert passed >= raised.keys() - set(users), "fails although it does not use this answer"


def _with_an_object(text: str) -> str:
    """The blank as an answer that equals nothing: a bare `__` would fail and prove nothing."""
    source = Source.read(text)
    return source.edited((*source.span(blank), "object()") for blank in bare_blanks(source.tree))


def _users(solution: str, names: tuple[str, ...]) -> list[str]:
    tree = Source.read(solution).tree
    return [
        koan
        for koan, statements in own_statements(tree).items()
        if any(getattr(node, "name", None) in names for node in statements)
    ]
