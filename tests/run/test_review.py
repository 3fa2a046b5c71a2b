"""What raised nothing and does not pass: changed or hidden lines, and answers that say nothing."""

import json
import os

import pytest

from jax_koans.judge.integrity import Rejected, Review
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.source import solve

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
    # WHY: It is so.
    assert y.dtype == __(np.float64)
    # WHY: It is so.


def test_count():
    """Counting, and a class."""
    # HINT: One.
    # HINT: Look again.
    runs = [1]
    for number in range(2):
        total = len(runs) + number
    assert total == __(2)
    # WHY: It is so.
    with pytest.raises(Exception) as met:
        int("a", "b")
    assert met.type is __(TypeError)
    # WHY: It is so.
    assert len(runs) == __(1)
    # WHY: It is so.


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
        # WHY: It is so.
    assert_allclose(
        [seen],
        [4],
        err_msg="all of them",
    )
'''


def learners(*edits, before=""):
    """A learner's file, made from the solved one."""
    text = solve(SOLUTION)
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return before + text


@pytest.fixture
def judged(tmp_path):
    """Run a learner's koans; returns of each why it is refused, or that it passed."""

    def judged(*edits, before=""):
        path = tmp_path / "test_01_a.py"
        path.write_text(learners(*edits, before=before))
        review, module = Review(LearnerFile.read(path), SOLUTION), {}
        exec(compile(path.read_text(), path, "exec"), module)
        found = {}
        for name in PASSED:
            module[name]()
            try:
                review.require(name, module)
                found[name] = "passed"
            except Rejected as refused:
                found[name] = str(refused)
        return found

    return judged


@pytest.fixture
def outcomes(make_learner, tmp_path):
    """Run pytest on a learner's file; returns each koan's outcome."""
    learner = make_learner({FILE: SOLUTION})
    note = tmp_path / "outcomes.json"
    (tmp_path / "listener.py").write_text(
        "import json\nfound = {}\n"
        "def pytest_runtest_logreport(report):\n"
        "    if outcome := getattr(report, 'koan_outcome', None):\n"
        "        found[outcome['koan']] = outcome\n"
        f"    open({str(note)!r}, 'w').write(json.dumps(found))\n"
    )

    def outcomes(*edits, before=""):
        learner.write(FILE, learners(*edits, before=before))
        path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
        learner.pytest("-q", "-p", "listener", CI="1", PYTHONPATH=path)
        return json.loads(note.read_text())

    return outcomes


PASSED = dict.fromkeys(["test_double", "test_count", "test_spread"], "passed")


def test_what_the_learner_may_do_passes(judged):
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


def test_what_tools_and_careful_people_do_to_a_file_passes(judged):
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
            ("spread(numbers) == 2\n", "spread(numbers) == (\n            2\n        )\n"),
            ('    """Doubling."""\n', ""),
            # More lines of several lines, and one where an exception is expected.
            ("    y = twice(x)\n", "    if x.any():\n        pass\n    else:\n        pass\n"
             "    y = twice(x)\n"),
            ('        int("a", "b")\n', '        print(f"now {runs}")\n        int("a", "b")\n'),
        )
        == PASSED
    )  # fmt: skip


def test_answers_with_effects_pass_since_nothing_runs_twice(outcomes):
    found = outcomes(
        ("    assert total == 2", "    seen.append(total)\n    assert total == seen.pop()"),
        ("len(runs) == 1", "len(runs) == next(numbers)"),
        ("        assert spread(numbers) == 2", "        calls.append(numbers)\n"
         "        assert len(calls) < 3\n        assert spread(numbers) == 2"),
        before="seen, calls, numbers = [], [], iter([1])\n",
    )  # fmt: skip

    assert {name: each["state"] for name, each in found.items()} == PASSED


@pytest.mark.parametrize("instead", ["def test_mine", "def mine", "test_double = print\ndef mine"])
def test_a_test_that_was_renamed_is_missing(outcomes, instead):
    found = outcomes(("def test_double", instead))

    assert found["test_double"]["state"] == "missing"
    assert "not in the file any more" in found["test_double"]["reason"]
    assert found["test_count"]["state"] == found["test_spread"]["state"] == "passed"


def test_a_local_variable_is_not_confused_with_one_of_the_module(judged):
    shape = "    shape = (2,)\n    assert y.shape == shape"

    assert judged(("    assert y.shape == (2,)", shape), before="shape = None\n") == PASSED


@pytest.mark.parametrize(
    ("edit", "koan", "says"),
    [
        # The test ends early.
        (("    y = twice(x)\n", "    if x.any():\n        pass\n    else:\n        pass\n"
          "    return\n    y = twice(x)\n"), "test_double", "`return` can end the test"),
        (("    low = numbers[0]\n", "    return 2\n    low = numbers[0]\n"), "test_spread",
         "`return 2` can end the test"),
        (("        assert spread", "        if seen:\n            continue\n        assert spread"),
         "test_spread", "`continue` can end the test"),
        # A name, or a value, that the koan's own lines read.
        (("        low = min(low, number)\n", "        low = min(low, number)\n"
          "        low = 1 if 1 in numbers else 3\n"), "test_spread", "changes `low`"),
        (("        seen = seen + len(numbers)\n        assert spread(numbers) == 2\n",
          "        seen = seen + len(numbers)\n        assert spread(numbers) == 2\n"
          "        seen = 0 + seen\n"), "test_spread", "changes `seen`"),
        (("    y = twice(x)\n", "    y = twice(x)\n    y = 2 * x\n"), "test_double",
         "changes `y`"),
        (("    assert_allclose(y", "    x[0] = 1.0\n    assert_allclose(y"), "test_double",
         "changes `x`"),
        (("def twice(x):", "def max(x):\n    return x[0]\n\n\ndef twice(x):"), "test_spread",
         "changes `max`"),
        (("def spread", "from numpy.testing import assert_array_almost_equal as"
          " assert_allclose\n\n\ndef spread"), None, "changes `assert_allclose`"),
        # Another line raises.
        (('        int("a", "b")\n    assert met.type is TypeError',
          '        1 / 0\n        int("a", "b")\n    assert met.type is ZeroDivisionError'),
         "test_count", "out of the `with`"),
        # Lines that are missing or differ.
        (("    y = twice(x)\n", "    y = 2 * x\n"), "test_double",
         "The line is the koan's own and differs; it says:\n\n    y = twice(x)\n\n"),
        (("def spread(numbers):", "def spread(numbers, low=0):"), "test_spread",
         "and differs; it says:\n\n    def spread(numbers):\n\n"),
        (("FACTOR = 2", "FACTOR = 2.0"), "test_double", "it says:\n\n    FACTOR = 2\n\n"),
        (("    assert y.shape == (2,)\n", ""), "test_double", "is missing; it says:"),
        (("def test_double", "@pytest.mark.skip\ndef test_double"), "test_double",
         "The koan has no `@pytest.mark.skip` here. Remove it."),
        # Answers.
        (("== (2,)", "== y.shape"), "test_double", "repeats `y.shape`"),
        (("== (2,)", "== tuple(y.shape)"), "test_double", "repeats `y.shape`"),
        (("is TypeError", "is met.type"), "test_count", "repeats `met.type`"),
        (("== np.float64", "== None"), "test_double", "None passes only because"),
        (("len(runs) == 1", "len(runs) == True"), "test_count", "True passes only because"),
        (("== (2,)", "== mock.ANY"), "test_double", "equals every object"),
    ],
)  # fmt: skip
def test_what_checks_nothing_does_not_pass(judged, edit, koan, says):
    found = judged(edit, before="from unittest import mock\n")

    refused = {koan} if koan else {"test_double", "test_spread"}
    assert all(says in found[name] for name in refused), found
    assert {name for name in PASSED if found[name] != "passed"} == refused


def test_of_a_long_statement_the_line_that_differs_is_shown_and_all_that_it_says(outcomes):
    found = outcomes(("        [4],\n", "        [2 + 2],\n"))["test_spread"]

    assert [line["text"] for line in found["excerpt"] if line["here"]] == ["        [2 + 2],"]
    assert "\n        [4],\n" in found["reason"]


def test_of_a_koan_that_fails_over_it_the_line_is_told_too(outcomes):
    found = outcomes(("        [4],\n", "        [5],\n"))

    assert found["test_spread"]["state"] == "wrong"
    line = found["test_spread"]["changed"].partition(":")[0].removeprefix("Besides, line ")
    assert int(line) == found["test_spread"]["line"] + 2
    assert "\n        [4],\n" in found["test_spread"]["changed"]
    assert found["test_double"]["changed"] == ""


def test_marks_of_a_solution_that_are_pasted_in_hide_nothing(judged):
    marks = "    # BEGIN PROMPT: double it\n    # BEGIN SOLUTION\n"
    found = judged(
        ("    return FACTOR * x\n", marks + "    return FACTOR * x\n    # END SOLUTION\n"),
        ("    runs = [1]\n", "    runs = [1]\n    # END SOLUTION\n"),
        ("    y = twice(x)\n", "    y = 2 * x\n"),
    )

    assert found.pop("test_double").startswith("The line is the koan's own and differs")
    assert set(found.values()) == {"passed"}


def test_a_koan_made_from_an_older_solution_is_not_blamed_on_the_learner(make_learner):
    learner = make_learner({FILE: SOLUTION})
    newer = SOLUTION.replace("x = np.array([1.0, 2.0])", "x = np.array([1.0, 3.0])")
    learner.workspace.solutions_dir.joinpath(FILE).write_text(newer)
    learner.write(FILE, solve(SOLUTION))

    assert learner.pytest("-q").returncode == 0
    assert learner.passed() == PASSED.keys()


def test_a_lock_that_cannot_be_read_is_no_way_around(make_learner):
    learner = make_learner({FILE: SOLUTION})
    learner.write(FILE, solve(SOLUTION).replace("    y = twice(x)\n", "    y = 2 * x\n"))
    learner.workspace.lock.write_text("<<<<<<< mine")

    assert learner.pytest("-q").returncode == 1
    assert learner.passed() == set()
