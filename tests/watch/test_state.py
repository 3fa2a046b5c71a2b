"""What the watch does at each save, with spares that run nothing: no screen, no process."""

import asyncio
import queue
from typing import ClassVar

import pytest

from jax_koans.folder import last_verdict
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Outcome, State
from jax_koans.run import judge
from jax_koans.run.separate_process import Died
from jax_koans.watch.state import Watch
from jax_koans.watch.watched_koans import Scope

from .conftest import FIRST, PATH, SECOND, SOLUTION

THIRD = "01_one/test_03_c.py"


class Spare:
    """A spare: the koans whose blanks are answered pass, the first other one waits."""

    made: ClassVar[list] = []
    outdated = False

    def __init__(self, workspace, file, names, switch, *, rehearse=True, python=""):
        self.path, self.file, self.process = workspace.koans_dir / file, file, self
        self.dead = self.ended = False
        self.asked = []
        self.rest = queue.Queue()
        Spare.made.append(self)

    def run(self, names):
        self.asked = names
        if self.dead:
            raise Died("killed while it waited")
        yield {"event": "file", "file": self.file}
        learner = LearnerFile.read(self.path)
        for name in names if "endless" not in learner.source.text else ():
            waits = learner.blanks(name) or (learner.todos(name) and "raise" in learner.source.text)
            state = State.BLANK if waits else State.PASSED
            outcome = Outcome(name, self.file, state, source=learner.own.get(name, ""))
            yield {"event": "outcome", "outcome": outcome.to_dict(), "printed": ""}
        self.rest.get()  # until it is ended

    def end(self):
        self.ended = True
        self.rest.put(None)


@pytest.fixture
def during(make_learner, monkeypatch):
    """Run what is to happen to a watch, in its event loop."""
    learner = make_learner(PATH | {THIRD: SOLUTION.replace("def test_", "def test_third_")})
    monkeypatch.setattr(judge, "Prestarted", Spare)
    monkeypatch.setattr(Spare, "made", [])
    names = tuple(koan.name for koan in learner.workspace.koans)

    def during(scenario):
        async def run():
            watch = Watch(learner.workspace, learner.root, Scope(names), lambda: None)
            watch.begin()
            try:
                await verdict(watch)
                await scenario(watch, learner)
            finally:
                watch.end()

        asyncio.run(run())
        assert all(spare.ended for spare in Spare.made)

    return during


async def verdict(watch):
    """Wait until nothing runs any more, and what passed is written down."""
    while watch.view.status.startswith("running") or not watch.judge.is_prepared:
        await asyncio.sleep(0.001)


def shown(watch):
    return "\n".join(map(str, watch.view.lines))


def test_the_verdict_is_recorded(during):
    async def scenario(watch, learner):
        verdict = last_verdict.load(learner.workspace)
        assert (verdict.koan, verdict.state, verdict.passed) == ("test_sum", "blank", 0)

    during(scenario)


def test_what_has_passed_is_not_run_again(during):
    async def scenario(watch, learner):
        learner.answer(FIRST, "3")
        watch.saved([FIRST])
        await verdict(watch)
        assert watch.koan == "test_sign"
        learner.write(FIRST, learner.read(FIRST).replace("== __", "== -1"))
        watch.saved([FIRST])
        await verdict(watch)
        assert [spare.asked for spare in Spare.made if spare.asked][-1] == [
            "test_sign",
            "test_double",
        ]

    during(scenario)


def test_the_same_text_is_no_new_attempt(during):
    async def scenario(watch, learner):
        before = len(Spare.made)
        watch.saved([FIRST])
        assert not watch.view.status
        assert len(Spare.made) == before

    during(scenario)


@pytest.mark.parametrize("between", ["half a line", "gone", "unreadable"])
def test_a_text_that_comes_back_is_judged_again(during, between):
    async def scenario(watch, learner):
        text, report = learner.read(FIRST), shown(watch)
        match between:
            case "half a line":
                learner.write(FIRST, text.replace("== __", "== (", 1))
            case "gone":
                (learner.workspace.koans_dir / FIRST).unlink()
            case "unreadable":
                learner.write(FIRST, b"\xff\xfe")
        watch.saved([FIRST])
        assert watch.view.status or shown(watch) != report
        learner.write(FIRST, text)
        watch.saved([FIRST])
        await verdict(watch)
        assert shown(watch) == report
        assert not watch.view.status

    during(scenario)


def test_what_half_a_line_has_overtaken_is_judged_when_it_comes_back(during):
    async def scenario(watch, learner):
        endless = learner.read(FIRST).replace("== __", "== 3  # endless")
        learner.write(FIRST, endless)
        watch.saved([FIRST])
        learner.write(FIRST, endless + "(")
        watch.saved([FIRST])
        assert watch.view.status.startswith("still typing")
        assert watch.judge.is_prepared, "the next save shall not wait"
        learner.write(FIRST, endless)
        watch.saved([FIRST])
        assert watch.view.status.startswith("running")

    during(scenario)


def test_another_file_is_turned_to_when_it_is_saved(during):
    async def scenario(watch, learner):
        learner.answer(SECOND, "3")
        watch.saved([SECOND])
        await verdict(watch)
        assert (watch.file, watch.koan) == (SECOND, "test_other_sign")
        first = Spare.made[-1]
        watch.saved([FIRST])  # touched, not changed
        assert (watch.file, watch.koan) == (SECOND, "test_other_sign")
        assert not first.ended

    during(scenario)


@pytest.mark.parametrize("files", [[SECOND, THIRD], ["01_one/test_04_d.py"], []])
def test_what_no_editor_saves_is_not_turned_to(during, files):
    async def scenario(watch, learner):
        watch.saved(files)
        assert (watch.file, watch.view.status) == (FIRST, "")

    during(scenario)


def test_another_file_that_is_deleted_is_not_turned_to(during):
    async def scenario(watch, learner):
        (learner.workspace.koans_dir / SECOND).unlink()
        watch.saved([SECOND])
        assert (watch.file, watch.view.status) == (FIRST, "")

    during(scenario)


def test_another_file_that_cannot_be_read_is_shown_as_its_own_koan(during):
    async def scenario(watch, learner):
        learner.write(SECOND, b"\xff\xfe")
        watch.saved([SECOND])
        assert (watch.file, watch.koan) == (SECOND, "test_other_sum")
        assert "UTF-8" in shown(watch)

    during(scenario)


def test_a_spare_that_died_while_it_waited_is_not_the_koans_doing(during):
    async def scenario(watch, learner):
        Spare.made[-1].dead = True
        learner.answer(FIRST, "3")
        watch.saved([FIRST])
        await verdict(watch)
        assert "killed" not in shown(watch)
        assert watch.koan == "test_sign"

    during(scenario)


def test_an_idle_spare_is_dropped_and_made_anew_at_the_next_key(during):
    async def scenario(watch, learner):
        watch._idle.seconds = 0.0
        watch.wake()
        spare = Spare.made[-1]
        while not spare.ended:
            await asyncio.sleep(0.001)
        assert watch.asleep
        watch._idle.seconds = 600.0
        watch.wake()
        assert Spare.made[-1] is not spare
        assert not watch.asleep

    during(scenario)


def test_where_no_process_can_be_started_the_next_save_tries_again(during, monkeypatch):
    async def scenario(watch, learner):
        def full(*_arguments, **_names):
            raise OSError("No space left on device")

        learner.answer(FIRST, "3")
        watch.judge.drop()
        with monkeypatch.context() as patch:
            patch.setattr(judge, "Prestarted", full)
            watch.saved([FIRST])
            assert "No space left" in watch.view.status
        watch.saved([FIRST])
        await verdict(watch)
        assert watch.koan == "test_sign"

    during(scenario)


def test_r_runs_all_again_where_all_has_passed(during):
    async def scenario(watch, learner):
        learner.answer(FIRST, "3", "-1")
        text = learner.read(FIRST)
        learner.write(FIRST, text.replace("raise NotImplementedError", "return 2 * x"))
        watch.saved([FIRST])
        await verdict(watch)
        assert watch.passed
        watch.go_to("test_other_sum")
        assert not watch.passed, "or s would show what nobody has solved"
        await verdict(watch)
        watch.go_to("test_sum")
        assert watch.passed
        watch.again()
        await verdict(watch)
        assert [spare.asked for spare in Spare.made if spare.asked][-1] == [
            "test_sum",
            "test_sign",
            "test_double",
        ]

    during(scenario)
