"""The saves in a folder, where the system tells of them and where it does not."""

import asyncio
import contextlib

import pytest
from watchfiles import Change

from jax_koans.watch import saves as watching
from jax_koans.watch.saves import saves

from .conftest import FIRST, SECOND


@pytest.fixture
def steps():
    """The milliseconds between two looks of each watch that began."""
    return []


@pytest.fixture
def heard(learner, steps, monkeypatch):
    """What comes of watches that answer with files, or an error; and how each of them began."""

    def heard(*answers, asleep=()):
        answers, polled, asleep = list(answers), [], iter(asleep)

        async def awatch(_folder, *, force_polling, step, **_options):
            polled.append(force_polling)
            steps.append(step)
            for answer in answers.pop(0):
                if isinstance(answer, Exception):
                    raise answer
                yield {
                    (Change.modified, str(learner.workspace.koans_dir / file)) for file in answer
                }
            await asyncio.Event().wait()

        async def listen():
            found = []
            now = saves(learner.workspace, poll=False, asleep=lambda: next(asleep, False))
            async with contextlib.aclosing(now) as told:
                async for files in told:
                    found.append(files)
                    if files == [SECOND]:
                        break
            return found

        monkeypatch.setattr(watching, "awatch", awatch)
        monkeypatch.setattr(watching, "_PAUSE", 0)
        return asyncio.run(listen()), polled

    return heard


def test_it_tells_which_files_were_written_and_of_each_silence(heard):
    assert heard([[FIRST], [], [SECOND]]) == ([[FIRST], [], [SECOND]], [None])


@pytest.mark.parametrize("error", [OSError("no more watches"), RuntimeError("no more instances")])
def test_where_there_are_no_events_it_looks_at_the_files_in_turn(heard, error):
    found, polled = heard([error], [[SECOND]])

    assert found == [[], [SECOND]]
    assert polled == [None, True]


def test_it_waits_for_a_folder_that_is_gone(heard):
    found, polled = heard([FileNotFoundError()], [FileNotFoundError()], [[SECOND]])

    assert found == [[], [], [SECOND]]
    assert polled == [None, None, None]


def test_it_looks_less_often_while_nobody_is_there(heard, steps):
    # Asked as each watch begins, and behind each answer.
    asleep = [False, True, True, False, False]

    found, _polled = heard([[FIRST]], [[FIRST]], [[SECOND]], asleep=asleep)

    assert found == [[FIRST], [], [FIRST], [], [SECOND]]
    assert steps[0] == steps[2] < steps[1]
