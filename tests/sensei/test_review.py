"""What raised nothing and does not count: changed lines, renamed tests, answers that are none."""

import json

import pytest

FILE = "01_one/test_01_a.py"
SOLUTION = '''"""One file."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __

FACTOR = 2


def twice(x):
    """Two times x."""
    # BEGIN PROMPT: double it
    # BEGIN SOLUTION
    return FACTOR * x
    # END SOLUTION


def test_double():
    """Doubling."""
    # HINT: Twice.
    # HINT: Two times.
    x = np.array([1.0, 2.0])
    y = twice(x)
    assert_allclose(y, 2 * x, err_msg="two times x")
    assert y.shape == __((2,))
    assert y.dtype == __(np.float64)


def test_count():
    """Counting, and a class."""
    # HINT: One.
    # HINT: Look again.
    runs = [1]
    for number in range(2):
        total = len(runs) + number
    assert [len(runs), total] == [__(1), __(2)]
    with pytest.raises(Exception) as met:
        int("a", "b")
    assert met.type is __(TypeError)
'''


@pytest.fixture
def judged(make_learner, tmp_path):
    """Run a learner's file, made from the solved one; answers with each koan's misconception."""
    learner = make_learner({FILE: SOLUTION})
    note = tmp_path / "outcomes.json"
    (tmp_path / "listener.py").write_text(
        "import json\nfound = {}\n"
        "def pytest_runtest_logreport(report):\n"
        "    if outcome := getattr(report, 'koan_outcome', None):\n"
        "        found[outcome['koan']] = outcome\n"
        f"    open({str(note)!r}, 'w').write(json.dumps(found))\n"
        "import json\n"
    )

    def judged(*edits, before=""):
        from jax_koans.source import solve

        text = solve(SOLUTION)
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        learner.write(FILE, before + text)
        learner.pytest("-q", "-p", "listener", CI="1", PYTHONPATH=str(tmp_path))
        found = json.loads(note.read_text())
        return {
            koan: each["misconception"]
            if each["state"] in ("refused", "missing")
            else each["state"]
            for koan, each in found.items()
        }

    return judged


PASSED = {"test_double": "passed", "test_count": "passed"}


def test_what_the_learner_may_do_counts(judged):
    assert judged() == PASSED
    assert (
        judged(
            ("    y = twice(x)\n", "    y = twice(x)\n    z = y  # mine\n    print(z)\n"),
            ("y.dtype == np.float64", 'y.dtype == "float64"'),
            ("y.shape == (2,)", "y.shape == x.shape"),
            ("    runs = [1]\n", "    runs = [1]\n    for i in range(3):\n        continue\n"),
            before="import math\n\n\ndef helper():\n    return math.pi\n\n\n",
        )
        == PASSED
    )


@pytest.mark.parametrize(
    ("edit", "koan", "misconception"),
    [
        (("== (2,)", "== y.shape"), "test_double", "answer-copied"),
        (("== (2,)", "== tuple(y.shape)"), "test_double", "answer-copied"),
        (("[1, 2]\n    with", "[len(runs), 2]\n    with"), "test_count", "answer-copied"),
        (("is TypeError", "is type(met.value)"), "test_count", "answer-copied"),
        (("== np.float64", "== None"), "test_double", "answer-none"),
        (("[1, 2]\n    with", "[True, 2]\n    with"), "test_count", "answer-truth-for-number"),
        (
            ("== (2,)", "== __import__('unittest.mock').mock.ANY"),
            "test_double",
            "answer-equals-everything",
        ),
        (
            (
                "    y = twice(x)\n    assert_allclose(y, 2 * x, err_msg=\"two times x\")\n"
                "    assert y.shape == (2,)",
                "    class All:\n        def __eq__(self, other):\n            return True\n"
                "    y = twice(x)\n    assert_allclose(y, 2 * x, err_msg=\"two times x\")\n"
                "    assert y.shape == All()",
            ),
            "test_double",
            "answer-equals-everything",
        ),
        (("    y = twice(x)\n", "    return\n    y = twice(x)\n"), "test_double",
         "test-ended-early"),
        (("    y = twice(x)\n", "    y = 2 * x\n"), "test_double", "own-line-changed"),
        (("    assert y.shape == (2,)\n", ""), "test_double", "own-line-missing"),
        (("FACTOR = 2", "FACTOR = 2.0"), "test_double", "own-line-changed"),
        (("    y = twice(x)\n", "    y = twice(x)\n    y = 2 * x\n"), "test_double",
         "own-name-rebound"),
        (("def test_double", "def test_mine"), "test_double", "own-test-missing"),
        (("def test_double", "def mine"), "test_double", "own-test-missing"),
    ],
)  # fmt: skip
def test_what_shows_nothing_does_not_count(judged, edit, koan, misconception):
    found = judged(edit)

    other = ({"test_double", "test_count"} - {koan}).pop()
    assert found[koan] == misconception
    assert found[other] == "passed"


def test_a_koan_made_from_an_older_solution_is_not_blamed_on_the_learner(make_learner):
    from jax_koans.source import solve

    learner = make_learner({FILE: SOLUTION})
    newer = SOLUTION.replace("x = np.array([1.0, 2.0])", "x = np.array([1.0, 3.0])")
    learner.workspace.solutions_dir.joinpath(FILE).write_text(newer)
    learner.write(FILE, solve(SOLUTION))

    assert learner.pytest("-q").returncode == 0
    assert learner.passed() == {"test_double", "test_count"}
