"""What a learner reads of a failure, case by case, and that nothing false is said."""

import re

import pytest

from jax_koans.course.topics import _topics
from jax_koans.feedback import differences
from jax_koans.feedback.exceptions import Entry, entries
from jax_koans.feedback.expression import Expression
from jax_koans.feedback.values import UNKNOWN, public

from .conftest import CASES, said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_failure_is_explained_or_nothing_is_said(case, outcomes):
    outcome = outcomes[case.name]
    text = said(outcome)
    shown = f"{outcome.state} {outcome.error}: {outcome.message}\n--\n{text}"

    if case.reads == "":
        assert text == "", shown
    elif case.reads is not None:
        assert case.reads in text, shown
    assert [each for each in case.not_read if re.search(each, text, re.IGNORECASE)] == [], shown
    assert case.error in outcome.error, shown


def test_every_entry_has_a_case(outcomes):
    """An entry that no case reaches may be one that never fits."""
    texts = {outcome.why for outcome in outcomes.values()}

    def reached(entry: Entry) -> bool:
        parts = re.split(r"\{\w+\}", entry.why)
        return any(all(part in text for part in parts) for text in texts)

    assert [entry.why for entry in entries() if not reached(entry)] == []


def test_the_conditions_of_the_table_are_known():
    known = {"error", "context"} | {name for name in vars(Expression) if name[0] != "_"}

    assert {key for entry in entries() for key in entry.conditions} <= known


def test_the_names_in_the_table_are_public_in_this_version():
    names = {
        name
        for entry in entries()
        for key in ("error", "call", "made_by", "context", "uses")
        for name in entry.conditions.get(key, ())
        if not name.startswith(".") and not name.endswith(".*")
    }

    assert {name for name in names if public(name) is UNKNOWN} == set()


def test_each_topic_of_the_path_is_one_of_the_table_and_its_koan_is_on_the_path(path_of_koans):
    topics = _topics(path_of_koans.solutions_dir / "topics.toml")
    names = {koan.name for koan in path_of_koans.koans}

    assert topics.keys() <= {entry.topic for entry in entries()}
    assert {each.koan for each in topics.values() if each.koan} <= names


def test_a_text_has_plain_sentences():
    for entry in entries():
        for text in (entry.why, entry.advice):
            assert text[0].isupper() or text[0] == "`", text
            assert text.endswith("."), text
            assert len(text) < 280, text


@pytest.mark.parametrize(
    ("found", "said", "text"),
    [
        ((1, 2), [1, 2], "a tuple, the other a list"),
        ([(1, 2)], [[1, 2]], "a tuple, the other a list"),
        ({"a"}, ["a"], "a set, the other a list"),
        (KeyError, LookupError, "LookupError is a base class of KeyError"),
        (LookupError, KeyError, "LookupError is a base class of KeyError"),
        (TypeError, ValueError, ""),
        ((1, 2), (1, 3), ""),
        ([1, 2], [1, 2, 3], ""),
        (1, 1.5, ""),
        (True, 2, ""),
        ("a", "b", ""),
        (3, (3,), ""),
    ],
)
def test_a_fact_about_two_values(found, said, text):
    assert (
        (text in differences.difference(found, said))
        if text
        else not differences.difference(found, said)
    )


def test_facts_about_arrays():
    jnp = pytest.importorskip("jax.numpy")
    import numpy as np

    one = jnp.ones(3)

    assert "(3,) and (3, 1)" in differences.difference(one, one[:, None])
    assert "float32 and int32" in differences.difference(np.float32(one), np.ones(3, np.int32))
    assert "float is float64" in differences.difference(one.astype("float32").dtype, float)
    assert differences.difference(one, one + 1) == ""
