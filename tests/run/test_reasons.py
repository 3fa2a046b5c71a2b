"""What an author wrote for a blank is shown for a wrong answer there, and for nothing else."""

import json

import pytest

FILE = "01_one/test_01_a.py"
LESSON = '''\
"""A lesson."""

import math

from jax_koans import __

LIMIT = 3.0


def double(x):
    """Return 2 x."""
    # BEGIN PROMPT: double
    # return x
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION


def test_double():
    """It doubles."""
    # HINT: Two.
    # HINT: Times.
    numbers = [1, 2]

    assert double(2) == 4, "twice two"
    assert [double(n) for n in numbers] == __([2, 4])
    # WHY: Each is doubled.
    # IF (2, 4): A list is no tuple.
    # IF [1, 2]: These are the numbers themselves.
    assert double(1.5) == __(LIMIT)
    # WHY: 1.5 doubled.
    # IF math.pi: Near, but no.
    # IF True: A bool.
    # IF 1.0: One.
'''


@pytest.fixture
def shown(make_learner):
    """The outcome of the koan with these answers, as `--tb=short` would not show it."""
    learner = make_learner({FILE: LESSON})

    def shown(first="[2, 4]", second="3.0", code="2 * x", line=None):
        text = learner.read(FILE).replace("return x", f"return {code}")
        text = text.replace("== __", f"== {first}", 1).replace("== __", f"== {second}", 1)
        learner.write(FILE, text.replace(*line) if line else text)
        return learner.pytest("koans", "-q").stdout

    return shown


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("(2, 4)", "3.0", ["A list is no tuple.", "Each is doubled."]),
        ("[1, 2]", "3.0", ["These are the numbers themselves.", "Each is doubled."]),
        ("[1, 3]", "3.0", ["Each is doubled.", "your answer [1, 3]"]),
        ("[2, 4]", "math.pi", ["Near, but no.", "1.5 doubled."]),
        ("[2, 4]", "True", ["A bool.", "1.5 doubled."]),
        ("[2, 4]", "1", ["One.", "1.5 doubled."]),
    ],
)
def test_a_wrong_answer_shows_its_fact_and_the_reason(shown, first, second, said):
    screen = shown(first, second)

    assert "this answer is not right" in screen
    assert [each for each in said if each not in screen] == []


def test_a_right_answer_is_not_called_wrong_where_the_code_is(shown):
    screen = shown(code="2 * x if x == 2 else x")

    assert "this answer is not right" not in screen
    assert "your answer" not in screen
    assert "Each is doubled." not in screen
    assert "The answer is right here." in screen


def test_a_changed_line_shows_no_reason(shown):
    screen = shown("[1]", line=("for n in numbers]", "for n in numbers[1:]]"))

    assert "Each is doubled." not in screen
    assert "differs" in screen


def test_the_solution_shows_the_reasons(make_learner):
    learner = make_learner({FILE: LESSON})

    text = learner.koans("solution", "--give-up", "double").stdout

    assert "Each is doubled." in text
    assert "If (2, 4): A list is no tuple." in text
    known = json.loads((learner.workspace.state_dir / "progress.json").read_text())
    assert list(known["given_up"]) == ["test_double"]
