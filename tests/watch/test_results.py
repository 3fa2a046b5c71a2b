"""What the watch says of a file that has passed: how to go on, as far as it is watched."""

import pytest

from jax_koans.course.path import PathError
from jax_koans.folder.progress import Passed, Progress
from jax_koans.screen.results import Results
from jax_koans.source.own_source import own_source
from jax_koans.watch.command import scope
from jax_koans.watch.watched_koans import ahead

from .conftest import FIRST, PATH, SECOND

TRACKS = {"short": "test_sum\ntest_other_sum\n", "empty": "# nothing\n"}


@pytest.fixture
def learner(make_learner):
    return make_learner(PATH, tracks=TRACKS)


@pytest.fixture
def told(learner):
    """The screen of the first file where these koans have passed; `wanted` is what is watched."""
    workspace = learner.workspace

    def told(passed, wanted="", track=""):
        own = {}
        for file in (FIRST, SECOND):
            own |= own_source(learner.read(file))
        known = Progress(passed={name: Passed(own[name], "") for name in passed})
        watched = scope(workspace, learner.root, wanted, track, ())
        results = Results(
            workspace,
            learner.root,
            names=watched.names,
            command="",
            track=watched.track,
            track_name=watched.track_name,
            known=known,
        )
        return "\n".join(map(str, results.file_passed(FIRST)))

    return told


MINE = ["test_sum", "test_sign", "test_double"]
OTHERS = [name.replace("test_", "test_other_") for name in MINE]


def test_n_goes_on_to_the_next_file(told):
    text = told(MINE)

    assert f"{FIRST}: all its koans have passed." in text
    assert f"n: next, koans/{SECOND}" in text
    assert "3 of 6 koans on the path" in text
    assert "pytest" not in text


def test_at_the_end_of_the_path_nothing_is_next(told):
    assert "Every koan of the path has passed." in told(MINE + OTHERS)


@pytest.mark.parametrize("wanted", ["test_01_a", "test_sum"])
def test_at_the_end_of_a_part_it_is_said_how_to_go_on(told, wanted):
    text = told(MINE, wanted)

    assert "All that you watch has passed. n goes on along the path." in text


def test_not_all_of_a_file_is_said_to_have_passed(told):
    assert "all its koans" not in told(["test_sum"], "test_sum")


def test_a_track_counts_its_own(told):
    assert "1 of 2 koans on the track short" in told(["test_sum"], track="short")
    assert "of the track short has passed" in told(["test_sum", "test_other_sum"], track="short")


def test_a_part_of_a_track_is_not_its_end(told):
    assert "All that you watch" in told(["test_sum"], "test_01_a", "short")


@pytest.mark.parametrize("wanted", ["", "test_01_a"])
def test_there_must_be_a_koan(told, wanted):
    with pytest.raises(PathError, match="no koan to watch"):
        told([], wanted, "empty")


@pytest.mark.parametrize(
    ("passed", "after", "next_one"),
    [("", "", "a"), ("a", "a", "b"), ("ac", "c", "b"), ("ab", "", "c"), ("abc", "a", "")],
)
def test_what_is_ahead(passed, after, next_one):
    assert ahead(["a", "b", "c"], list(passed), after) == next_one
