"""What pytest itself says of hints and of what was given up."""

from jax_koans.folder import progress
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


def test_copies_of_a_file_neither_count_nor_come_first(learner):
    copies = ["01_count/test_01_letters copy.py", "01_count/test_01_letters_backup.py"]
    for copy in copies:
        learner.write(copy, learner.read(LETTERS))
    learner.answer(LETTERS, "1", "2", "1")
    for command in (learner.pytest("koans", "-q"), learner.koans("run")):
        assert command.returncode == 1
        assert "test_double_is_twice" in command.stdout
        assert learner.passed() == {FIRST, "test_two_letters_are_two"}


def test_in_a_folder_without_its_lock_koans_run_works_as_all_commands_do(learner, tmp_path):
    mine = tmp_path / "mine"
    (mine / "koans" / "tracks").mkdir(parents=True)

    assert "Nothing on the path is called" in learner.koans("run", "zebra", cwd=mine).stderr


def test_without_assertions_no_koan_is_run(learner):
    done = learner.pytest("koans", "-q", "--assert=plain", PYTHONOPTIMIZE="1")

    assert done.returncode == 4
    assert "PYTHONOPTIMIZE" in done.stderr
    assert learner.passed() == set()


def test_the_end_of_the_path_names_what_was_given_up_and_the_way_back(learner):
    progress.note_given_up(learner.workspace, [FIRST])
    for file in learner.workspace.files:
        learner.write(file, solve(learner.workspace.solution(file)))

    done = learner.pytest("koans", "-q")

    end = done.stdout.partition("Every koan of the path has passed")[2]
    assert "You gave up 1 koan" in end
    assert f"koans reset {FIRST}" in end


def test_a_track_names_only_what_was_given_up_on_it(learner):
    progress.note_given_up(learner.workspace, ["test_double_is_twice"])
    for file in learner.workspace.files:
        learner.write(file, solve(learner.workspace.solution(file)))

    done = learner.pytest("koans", "-q", "--track", "short")

    assert "Every koan of the track short has passed" in done.stdout
    assert "gave up" not in done.stdout
