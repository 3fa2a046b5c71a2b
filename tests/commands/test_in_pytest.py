"""What pytest itself says of hints and of what was given up."""

from jax_koans import progress
from jax_koans.source import solve

LETTERS = "01_count/test_01_letters.py"
FIRST = "test_a_letter_is_one"


def test_hint_shows_the_next_hint_of_the_koan_that_waits(learner):
    first = learner.pytest("koans", "-q", "--hint")
    second = learner.pytest("koans", "-q", "--hint")

    assert first.returncode == 1
    assert "Hint 1 of 2:\n  Count.\n" in first.stdout
    assert "Hint 2 of 2:\n  It is 1.\n" in second.stdout
    assert "Hint" not in learner.pytest("koans", "-q").stdout


def test_hint_says_nothing_where_no_koan_waits(learner):
    learner.answer(LETTERS, "1", "2", "1")

    done = learner.pytest("koans/01_count", "-q", "--hint")

    assert done.returncode == 0
    assert "Hint" not in done.stdout


def test_the_end_of_the_path_names_what_was_given_up_and_the_way_back(learner):
    progress.note_given_up(learner.workspace, [FIRST])
    for file in learner.workspace.files:
        learner.write(file, solve(learner.workspace.solution(file)))

    done = learner.pytest("koans", "-q")

    end = done.stdout.partition("The path ends here")[2]
    assert "You gave up 1 koan" in end
    assert f"koans reset {FIRST}" in end


def test_a_track_names_only_what_was_given_up_on_it(learner):
    progress.note_given_up(learner.workspace, ["test_double_is_twice"])
    for file in learner.workspace.files:
        learner.write(file, solve(learner.workspace.solution(file)))

    done = learner.pytest("koans", "-q", "--track", "short")

    assert "The path ends here" in done.stdout
    assert "gave up" not in done.stdout
