"""New koans come in, and nothing that the learner wrote is lost."""

import json

import pytest

from jax_koans.actions.update import Kind, preview
from jax_koans.course.plan import wanted
from jax_koans.folder import original_koans
from jax_koans.folder.files import write_atomically
from jax_koans.folder.state_dir import make_state_dir
from jax_koans.source import erase

LETTERS, DOUBLE = "01_count/test_01_letters.py", "02_times/test_01_double.py"


@pytest.fixture(params=[True, False], ids=["made is known", "made is not known"])
def learner(learner, request):
    """A folder as `koans init` leaves it, and one as a clone has it."""
    if request.param:
        make_state_dir(learner.workspace)
        texts = original_koans.render(wanted(learner.workspace))
        write_atomically(original_koans.file(learner.workspace), texts)
    return learner


def change(learner, file, *pairs):
    """The path goes on: a solution says something else now."""
    path = learner.workspace.solutions_dir / file
    text = path.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def kinds(learner):
    return {each.file.removeprefix("koans/"): each.kind for each in preview(learner.workspace)}


def aside(learner, file):
    path = learner.workspace.koans_dir / f"{file}.mine"
    return path.read_text() if path.exists() else None


def test_where_nothing_is_new_there_is_nothing_to_do(learner):
    learner.answer(LETTERS, "1")
    before = learner.read(LETTERS)

    done = learner.koans("update", "--yes")

    assert done.returncode == 0
    assert "Nothing to do" in done.stdout
    assert learner.read(LETTERS) == before


def test_without_a_terminal_it_only_shows_what_it_would_do(learner):
    change(learner, LETTERS, ("A letter has", "Each letter has"))
    before = learner.read(LETTERS), learner.workspace.lock.read_text()

    done = learner.koans("update")

    assert done.returncode == 1
    assert f"koans/{LETTERS}" in done.stdout
    assert "koans update --yes" in done.stdout
    assert (learner.read(LETTERS), learner.workspace.lock.read_text()) == before


def test_an_untouched_file_is_renewed(learner):
    change(learner, LETTERS, ("A letter has", "Each letter has"))

    assert kinds(learner) == {LETTERS: Kind.RENEWED}
    done = learner.koans("update", "--yes")

    assert done.returncode == 0
    assert learner.read(LETTERS) == erase(learner.workspace.solution(LETTERS))
    assert learner.koans("build", "--check").returncode == 0


def test_answers_additions_and_comments_go_along(learner):
    mine = learner.read(LETTERS).replace("== __", "== 1", 1)
    mine = mine.replace('    letters = "ab"\n', '    letters = "ab"\n    print(letters)  # hm\n')
    mine = mine.replace("    assert len(letters) == __", "    assert len(letters) == 1 + 1")
    mine = mine.replace('of length 1."""', 'of length 1."""\n    # my own note')
    learner.write(LETTERS, mine)
    change(learner, LETTERS, ("Each letter counts.", "Every letter counts."))

    learner.koans("update", "--yes")

    text = learner.read(LETTERS)
    assert "Every letter counts." in text
    assert 'assert len("a") == 1' in text
    assert "    print(letters)  # hm\n" in text
    assert "assert len(letters) == 1 + 1" in text
    assert "assert len(letters[1:]) == __" in text


def test_a_definition_that_says_the_same_keeps_its_comments(learner):
    knows = original_koans.file(learner.workspace).exists()  # before the update, which writes it
    mine = learner.read(LETTERS).replace("    assert len(", "    # my own note\n    assert len(", 1)
    mine = mine.replace("== __", "== 1  # I count", 1)
    learner.write(LETTERS, mine)
    change(learner, LETTERS, ("Each letter counts.", "Every letter counts."))

    learner.koans("update", "--yes")

    assert "    # my own note\n" in learner.read(LETTERS)
    assert "== 1  # I count\n" in learner.read(LETTERS)
    # Where it is not known what the koan said, its old docstring could be the learner's.
    assert aside(learner, LETTERS) == (None if knows else mine)
    assert "Every letter counts." in learner.read(LETTERS)


def test_a_new_hint_alone_changes_no_file_that_was_edited(learner):
    learner.answer(LETTERS, "1")
    before = learner.read(LETTERS)
    change(learner, LETTERS, ("# HINT: It is 2.", "# HINT: It is two."))

    learner.koans("update", "--yes")

    assert learner.read(LETTERS) == before


def test_a_new_koan_comes_into_an_edited_file(learner):
    learner.answer(LETTERS, "1")
    new = '\n\ndef test_none():\n    """None."""\n    # HINT: 0\n    # HINT: It is 0.\n'
    path = learner.workspace.solutions_dir / LETTERS
    path.write_text(path.read_text() + new + '    assert len("") == __(0)\n    # WHY: It is so.\n')

    done = learner.koans("update", "--yes")

    assert 'assert len("a") == 1' in learner.read(LETTERS)
    assert 'assert len("") == __' in learner.read(LETTERS)
    assert aside(learner, LETTERS) is None, done.stdout


def test_an_answer_without_a_place_is_kept_beside_and_listed(learner):
    learner.answer(LETTERS, "111")
    mine = learner.read(LETTERS)
    change(learner, LETTERS, ('assert len("a") == __(1)', 'assert "a".upper() == __("A")'))

    done = learner.koans("update", "--yes")

    assert aside(learner, LETTERS) == mine
    assert f"koans/{LETTERS}.mine" in done.stdout
    assert 'assert len("a") == 111' in done.stdout
    assert 'assert "a".upper() == __' in learner.read(LETTERS)
    collected = learner.pytest("koans", "--collect-only", "-q").stdout
    assert ".mine" not in collected


def test_lines_that_the_path_dropped_do_not_come_along(learner):
    learner.answer(DOUBLE, "0.5")
    change(learner, DOUBLE, ('    assert halve(double(5)) == 5, "there and back"\n', ""))

    learner.koans("update", "--yes")

    known = original_koans.load(learner.workspace)
    assert DOUBLE in known
    assert "assert halve(1) == 0.5" in learner.read(DOUBLE)


def test_a_file_that_is_no_python_is_left_and_named(learner):
    mine = learner.read(LETTERS) + "def half(\n"
    learner.write(LETTERS, mine)
    change(learner, LETTERS, ("A letter has", "Each letter has"))

    done = learner.koans("update", "--yes")

    assert learner.read(LETTERS) == mine
    assert f"koans/{LETTERS}" in done.stdout
    learner.write(LETTERS, mine.replace("def half(\n", ""))
    assert kinds(learner) == {LETTERS: Kind.RENEWED}


def test_megabytes_are_left_and_named_at_once(learner):
    mine = learner.read(LETTERS) + "x = 1\n" * 200_000
    learner.write(LETTERS, mine)
    change(learner, LETTERS, ("A letter has", "Each letter has"))

    done = learner.koans("update", "--yes")

    assert "far too large" in done.stdout
    assert learner.read(LETTERS) == mine


def test_a_file_that_left_the_path_goes_and_an_edited_one_is_kept_beside(learner):
    learner.answer(LETTERS, "1")
    mine = learner.read(LETTERS)
    for file in (LETTERS, DOUBLE, "tracks/short.txt"):  # the track lists their koans
        (learner.workspace.solutions_dir / file).unlink()

    learner.koans("update", "--yes")

    for file in (LETTERS, DOUBLE):
        assert not (learner.workspace.koans_dir / file).exists()
    assert aside(learner, LETTERS) == mine
    assert aside(learner, DOUBLE) is None


def test_a_file_that_has_another_name_now_gets_what_was_written_in_the_old_one(learner):
    learner.answer(LETTERS, "1", "2")
    mine = learner.read(LETTERS)
    renamed = "03_counting/test_02_letters.py"
    chapter = learner.workspace.solutions_dir / "03_counting"
    (learner.workspace.solutions_dir / "01_count").rename(chapter)
    (chapter / "test_01_letters.py").rename(learner.workspace.solutions_dir / renamed)

    done = learner.koans("update", "--yes")

    assert learner.read(renamed) == mine
    assert f"koans/{renamed}  (before: koans/{LETTERS})" in done.stdout
    assert aside(learner, LETTERS) == mine


def test_a_missing_file_is_made(learner):
    (learner.workspace.koans_dir / LETTERS).unlink()

    assert kinds(learner) == {LETTERS: Kind.NEW}
    learner.koans("update", "--yes")

    assert learner.read(LETTERS) == erase(learner.workspace.solution(LETTERS))


def test_a_missing_lock_is_made_and_costs_no_answer(learner):
    learner.answer(LETTERS, "1")
    learner.workspace.lock.unlink()
    before = learner.read(LETTERS)

    learner.koans("update", "--yes")

    assert learner.read(LETTERS) == before
    assert json.loads(learner.workspace.lock.read_text())["files"].keys() >= {LETTERS, DOUBLE}


def test_what_passed_and_says_something_else_now_is_to_be_checked_again(learner, mark_passed):
    learner.answer(LETTERS, "1", "2", "1")
    mark_passed("test_a_letter_is_one", "test_two_letters_are_two")
    change(learner, LETTERS, ('assert len("a")', 'assert len("b")'))

    done = learner.koans("update", "--yes")

    tail = done.stdout.partition("Passed earlier, check again:")[2]
    assert "test_a_letter_is_one" in tail
    assert "test_two_letters_are_two" not in tail
    assert f"pytest koans/{LETTERS}" in tail


def test_all_of_it_can_be_brought_back(learner):
    learner.answer(LETTERS, "111")
    before = learner.read(LETTERS), learner.read(DOUBLE), learner.workspace.lock.read_text()
    change(learner, LETTERS, ("A letter has", "Each letter has"))
    change(learner, DOUBLE, ("Twice x", "Two times x"))

    learner.koans("update", "--yes")
    learner.koans("restore")

    assert (learner.read(LETTERS), learner.read(DOUBLE)) == before[:2]
    assert learner.workspace.lock.read_text() == before[2]
    assert kinds(learner) == {LETTERS: Kind.REFILLED, DOUBLE: Kind.RENEWED}


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_and_the_byte_order_mark_stay(learner, newline):
    learner.answer(LETTERS, "1")
    learner.write(LETTERS, "\ufeff" + learner.read(LETTERS).replace("\n", newline))
    change(learner, LETTERS, ("Each letter counts.", "Every letter counts."))

    learner.koans("update", "--yes")

    text = learner.read(LETTERS)
    assert text.startswith("\ufeff")
    assert newline in text
    assert "\n" not in text.replace(newline, "")
    assert "Every letter counts." in text
    assert 'assert len("a") == 1' in text
