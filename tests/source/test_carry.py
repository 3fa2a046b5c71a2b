"""Answers found although the koan's own lines, or its names, have changed since."""

from jax_koans.source import fill, own_source
from jax_koans.source.carry import carried
from jax_koans.source.rename import rename

OLD = '''\
def turn(x):
    # TODO: double
    return x


def test_old():
    """An idea in other words."""
    count = turn(2)
    assert count == __
    assert turn(3) == __
    assert turn(count) == __
'''
NEW = '''\
def double(x):
    # BEGIN PROMPT: return twice x
    # return x * 1
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION


def test_new():
    """An idea."""
    twice = double(2)
    assert twice == __(4)
    assert double(3) == __(6)
    assert double(twice) == __(8)
'''
NAMES = {"turn": "double", "test_old": "test_new"}


def after_update(*answers, code="return x"):
    text = OLD.replace("return x", code)
    for answer in answers:
        text = text.replace("== __", f"== {answer}", 1)
    base = rename(OLD, NAMES)
    return fill(NEW, carried(rename(text, NAMES), NEW, base))


def test_an_answer_at_the_same_left_side_is_carried_whatever_it_is():
    assert "assert double(3) == 7" in after_update("4", "7")


def test_an_answer_to_a_changed_line_is_carried_where_it_is_right():
    text = after_update("4", "6", "9")

    assert "assert twice == 4" in text
    assert "assert double(twice) == __" in text


def test_an_untouched_region_takes_the_new_prompt_and_an_answered_one_stays():
    assert "# TODO: return twice x\n    return x * 1" in after_update()
    assert "return x + x" in after_update(code="return x + x")


def test_names_are_renamed_but_not_attributes_strings_and_comments():
    text = "def turn(x):  # turn\n    return x.turn + turn('turn')\n"

    assert rename(text, NAMES) == "def double(x):  # turn\n    return x.turn + double('turn')\n"


def test_a_koans_hash_leaves_its_name_docstrings_and_comments_out():
    (old,) = own_source(OLD).values()
    (new,) = own_source(OLD.replace("in other words", "").replace("test_old", "test_x")).values()
    (other,) = own_source(OLD.replace("turn(3)", "turn(4)")).values()
    (first,) = own_source(OLD, first_edition=True).values()

    assert old == new != other
    assert first != old
