"""A spare: a process that has rehearsed the file's solution, and waits."""

import pytest

from jax_koans.course.path import Workspace
from jax_koans.run.prestarted_process import Prestarted

from .conftest import FIRST, PATIENCE


@pytest.fixture
def spare(learner):
    made = Prestarted(Workspace(learner.root), FIRST, ["test_sum"], [])
    assert made.ready.wait(PATIENCE), made.process.said()
    yield made
    made.end()


def states(events):
    return [event["outcome"]["state"] for event in events if event["event"] == "outcome"]


def test_it_judges_what_was_saved_after_it_was_ready(spare, learner):
    learner.answer(FIRST, "3", "4")

    assert states(spare.run(["test_sum", "test_sign"])) == ["passed", "wrong"]


@pytest.mark.parametrize("settings", ["conftest.py", "pyproject.toml"])
def test_other_settings_make_it_useless(spare, learner, settings):
    assert not spare.outdated

    file = learner.root / settings
    file.write_text((file.read_text() if file.exists() else "") + "\n# mine\n")

    assert spare.outdated


def test_a_broken_conftest_is_told_and_costs_no_wait(learner):
    conftest = learner.root / "conftest.py"
    conftest.write_text(conftest.read_text() + "\nraise RuntimeError('mine')\n")
    spare = Prestarted(Workspace(learner.root), FIRST, ["test_sum"], [])

    events = list(spare.run(["test_sum"]))

    assert events[-1]["code"] != 0
    assert "mine" in spare.process.said()
    spare.end()
