"""What raised nothing and does not count: changed lines, renamed tests, answers that are none."""

import json
import os

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


def spread(numbers):
    """Largest minus smallest."""
    low = numbers[0]
    for number in numbers:
        low = min(low, number)
    return max(numbers) - low


def test_spread():
    """Given code, and lines that are long."""
    # HINT: Two.
    # HINT: Look again.
    seen = 0
    for numbers in ([3, 1], [5, 3]):
        seen = seen + len(numbers)
        assert spread(numbers) == __(2)
    assert_allclose(
        [seen],
        [4],
        err_msg="all of them",
    )
'''


@pytest.fixture
def outcomes(make_learner, tmp_path):
    """Run a learner's file, made from the solved one; answers with each koan's outcome."""
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

    def outcomes(*edits, before=""):
        from jax_koans.source import solve

        text = solve(SOLUTION)
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        learner.write(FILE, before + text)
        path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
        learner.pytest("-q", "-p", "listener", CI="1", PYTHONPATH=path)
        return json.loads(note.read_text())

    return outcomes


@pytest.fixture
def judged(outcomes):
    """As outcomes; of each koan that is refused its misconception, of others their state."""

    def judged(*edits, before=""):
        return {
            koan: each["misconception"]
            if each["state"] in ("refused", "missing")
            else each["state"]
            for koan, each in outcomes(*edits, before=before).items()
        }

    return judged


PASSED = dict.fromkeys(["test_double", "test_count", "test_spread"], "passed")


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


def test_what_tools_and_careful_people_do_to_a_file_counts(judged):
    assert (
        judged(
            # Sorted, split, another way to write it, and gone where nothing needs it any more.
            ("import numpy as np\nimport pytest\n", "import pytest\n\nimport numpy as np, math\n"),
            ("from numpy.testing import assert_allclose\n\n", "from numpy import testing\n"
             "from numpy.testing import assert_array_equal, assert_allclose\n"),
            ("from jax_koans import __\n", ""),
            # Types.
            ("def test_double():", "def test_double() -> None:"),
            ("def spread(numbers):", "def spread(numbers: list[int]) -> int:"),
            ("    low = numbers[0]", "    low: int = numbers[0]"),
            # Layout.
            ("        err_msg=\"all of them\",\n", "        err_msg='all of ' 'them'\n"),
            ("== 2\n", "== (\n            2\n        )\n"),
            ('    """Doubling."""\n', ""),
            # More lines of several lines, and one where an exception is asked for.
            ("    y = twice(x)\n", "    if x.any():\n        pass\n    else:\n        pass\n"
             "    y = twice(x)\n"),
            ('        int("a", "b")\n', '        print(f"now {runs}")\n        int("a", "b")\n'),
        )
        == PASSED
    )  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "koan", "misconception"),
    [
        (("    y = twice(x)\n", "    if x.any():\n        pass\n    else:\n        pass\n"
          "    return\n    y = twice(x)\n"), "test_double", "test-ended-early"),
        (("    low = numbers[0]\n", "    return 2\n    low = numbers[0]\n"), "test_spread",
         "test-ended-early"),
        (("        low = min(low, number)\n", "        low = min(low, number)\n"
          "        low = 1 if 1 in numbers else 3\n"), "test_spread", "own-name-rebound"),
        (("        seen = seen + len(numbers)\n        assert spread(numbers) == 2\n",
          "        seen = seen + len(numbers)\n        assert spread(numbers) == 2\n"
          "        seen = 0 + seen\n"), "test_spread", "own-name-rebound"),
        (("def twice(x):", "def max(x):\n    return x[0]\n\n\ndef twice(x):"), "test_spread",
         "own-name-rebound"),
        (("def spread", "from numpy.testing import assert_array_almost_equal as"
          " assert_allclose\n\n\ndef spread"), None, "own-name-rebound"),
        (("    assert_allclose(y", "    x[0] = 1.0\n    assert_allclose(y"), "test_double",
         "own-value-changed"),
        (('        int("a", "b")\n    assert met.type is TypeError',
          '        1 / 0\n        int("a", "b")\n    assert met.type is ZeroDivisionError'),
         "test_count", "raised-by-another-line"),
        (("def spread", 'globals()["test_double"] = lambda: None\n\n\ndef spread'),
         "test_double", "own-test-replaced"),
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

    refused = {koan} if koan else {"test_double", "test_spread"}
    found = {name: found[name] for name in PASSED}  # a test that was renamed is the learner's
    assert found == PASSED | dict.fromkeys(refused, misconception)


def test_of_a_long_statement_the_line_that_differs_is_shown_and_all_that_it_says(outcomes):
    found = outcomes(("        [4],\n", "        [2 + 2],\n"))["test_spread"]

    assert [line["text"] for line in found["excerpt"] if line["here"]] == ["        [2 + 2],"]
    assert "\n        [4],\n" in found["reason"]


def test_of_a_koan_that_fails_over_it_the_line_is_told_too(outcomes):
    found = outcomes(("        [4],\n", "        [5],\n"), ("== 2\n", "== 2  # mine\n"))

    assert found["test_spread"]["state"] == "wrong"
    line = found["test_spread"]["own"].partition(":")[0].removeprefix("Besides, line ")
    assert int(line) == found["test_spread"]["line"] + 2
    assert "\n        [4],\n" in found["test_spread"]["own"]
    assert found["test_double"]["own"] == ""


def test_of_a_decorator_it_is_said_that_it_does_not_belong_there(outcomes):
    mark = "@pytest.mark.filterwarnings('ignore')"
    found = outcomes(("def test_double", f"{mark}\ndef test_double"))["test_double"]

    assert [line["text"] for line in found["excerpt"] if line["here"]] == [mark]
    assert f"The koan has no `{mark}` here" in found["reason"]


def test_marks_of_a_solution_that_are_pasted_in_hide_nothing(judged):
    marks = "    # BEGIN PROMPT: double it\n    # BEGIN SOLUTION\n"
    found = judged(
        ("    return FACTOR * x\n", marks + "    return FACTOR * x\n    # END SOLUTION\n"),
        ("    runs = [1]\n", "    runs = [1]\n    # END SOLUTION\n"),
        ("    y = twice(x)\n", "    y = 2 * x\n"),
    )

    assert found == PASSED | {"test_double": "own-line-changed"}


def test_a_koan_made_from_an_older_solution_is_not_blamed_on_the_learner(make_learner):
    from jax_koans.source import solve

    learner = make_learner({FILE: SOLUTION})
    newer = SOLUTION.replace("x = np.array([1.0, 2.0])", "x = np.array([1.0, 3.0])")
    learner.workspace.solutions_dir.joinpath(FILE).write_text(newer)
    learner.write(FILE, solve(SOLUTION))

    assert learner.pytest("-q").returncode == 0
    assert learner.passed() == PASSED.keys()


def test_a_lock_that_cannot_be_read_is_no_way_around(make_learner):
    from jax_koans.source import solve

    learner = make_learner({FILE: SOLUTION})
    learner.write(FILE, solve(SOLUTION).replace("    y = twice(x)\n", "    y = 2 * x\n"))
    learner.workspace.lock.write_text("<<<<<<< mine")

    assert learner.pytest("-q").returncode == 1
    assert learner.passed() == set()
