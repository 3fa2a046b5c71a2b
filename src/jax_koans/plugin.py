"""The sensei's pytest hooks: thin, each hands on to the module that knows.

Registered by conftest.py, so that pytest outside of a path of koans never meets them.
"""

import contextlib
import functools
import gc
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from jax_koans import switch
from jax_koans.i18n import _
from jax_koans.judge import verdict as judge
from jax_koans.lesson import figure as plots
from jax_koans.lesson.blank import UnansweredBlank
from jax_koans.run import limits, manners
from jax_koans.run import stuck as last_words
from jax_koans.run.collection import KoanModule, with_odd_files
from jax_koans.run.guard import GUARD
from jax_koans.run.limits import Limit
from jax_koans.run.printed import move_above, shorten
from jax_koans.run.reporter import Reporter
from jax_koans.run.session import SIDES, Sensei

__all__ = ["figure"]

figure = plots.figure  # a fixture is found by its name in a plugin's module
_SENSEI = pytest.StashKey[Sensei]()


def pytest_addoption(parser: pytest.Parser) -> None:
    plots.add_options(parser)
    group = parser.getgroup("koans", "JAX koans")
    group.addoption(
        "--track", metavar="NAME|FILE", help=_("only the koans that this track lists, e.g. core")
    )
    group.addoption("--hint", action="store_true", help=_("show the waiting koan's next hint too"))


@pytest.hookimpl(tryfirst=True)  # before pytest's terminal reporter reads its options
def pytest_cmdline_main(config: pytest.Config) -> None:
    manners.be_brief(config)


@pytest.hookimpl(trylast=True)  # after conftest.py has set JAX up
def pytest_configure(config: pytest.Config) -> None:
    if config.option.help:
        return
    if not __debug__:  # pytest's own rewriting keeps them, where nobody turns it off
        raise pytest.UsageError(
            _(
                "Python leaves assertions out here, so no koan can say anything. Run it without -O,"
                " and where the variable PYTHONOPTIMIZE is set, unset it."
            )
        )
    sensei = Sensei(config)
    plots.require(config)
    if config.stash[switch.CHOICE].device == "cpu":
        sensei.guard.memory.limit()
    config.stash[_SENSEI] = sensei
    config.stash[GUARD] = sensei.guard
    if not hasattr(config, "workerinput"):  # a worker of pytest-xdist only judges
        config.pluginmanager.register(Reporter(sensei), "koans-reporter")


def pytest_report_header(config: pytest.Config) -> str:
    return switch.header(config.stash[switch.CHOICE])


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[_SENSEI].session = session


# Collecting.


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    if parent.config.stash[_SENSEI].workspace.relative(module_path) is None:
        return None
    return KoanModule.from_parent(parent, path=module_path)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """A file's import has the limit of a koan, and a mark on the disk, as a koan has."""
    sensei = collector.config.stash[_SENSEI]
    if isinstance(collector, pytest.Directory):
        made = yield
        if made.passed:
            made.result = with_odd_files(collector, made.result, sensei.workspace)
        return made
    if not isinstance(collector, KoanModule):
        return (yield)
    if hasattr(collector.config, "workerinput"):
        collector.known = last_words.import_ended(sensei, collector)
    with sensei.marked(collector.file), _timed_import(collector, sensei):
        return (yield)


@contextlib.contextmanager
def _timed_import(module: KoanModule, sensei: Sensei) -> Iterator[None]:
    seconds = limits.for_imports(module.config)
    if not seconds:
        yield
        return

    def stuck() -> None:
        last_words.speak(
            last_words.Stuck.import_of(module, sensei, seconds, limit.interrupted), sensei
        )

    limit = Limit(seconds, stuck)
    with sensei.guard.limited(limit):
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    sensei = config.stash[_SENSEI]
    # First the path: a copy of its file, or a test of the learner's own, is no koan that waits.
    items.sort(key=lambda item: not sensei.workspace.names_in(sensei.file_of(item) or ""))
    if sensei.track:
        left = [item for item in items if item.name not in sensei.track]
        items[:] = [item for item in items if item.name in sensei.track]
        config.hook.pytest_deselected(items=left)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is imported by now lives until the end: Python need not look for garbage in it.

    JAX is a third of a million objects; pytest looks through all there are as it ends, and more
    than once.
    """
    gc.freeze()


# Running.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    item.config.stash[SIDES] = judge.Sides()
    sensei = item.config.stash[_SENSEI]
    file = sensei.file_of(item)
    if file is None:
        try:
            return (yield)
        finally:
            sensei.guard.snapshot.restore()
    with sensei.marked(file, item.name), sensei.guard.kept():
        try:
            return (yield)
        finally:
            sensei.guard.recover()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    with item.config.stash[_SENSEI].stops(item):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    sensei = item.config.stash[_SENSEI]
    try:
        with sensei.stops(item):
            return (yield)
    finally:
        if sensei.file_of(item) is not None:
            sensei.guard.settle(item.name, ran=bool(getattr(item, "fixturenames", ())))


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """A koan with a blank left fails before it runs, one that shows nothing after it ran."""
    sensei = pyfuncitem.config.stash[_SENSEI]
    if sensei.file_of(pyfuncitem) is None:
        return (yield)
    if sensei.blanks(pyfuncitem):
        raise UnansweredBlank
    test = pyfuncitem.obj
    pyfuncitem.obj = sensei.guard.around(test)
    try:
        result = yield
    finally:
        pyfuncitem.obj = test
    sensei.require_intact()
    with sensei.guard.kept(), sensei.guard.stops():
        sensei.look_again(pyfuncitem)
    return result


def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool | None:
    """Time a koan in our own way; pytest-timeout does the rest as always."""
    sensei = item.config.stash[_SENSEI]
    if sensei.file_of(item) is None or not settings.timeout:
        return None

    def stuck() -> None:
        last_words.speak(
            last_words.Stuck.koan_of(item, sensei, settings.timeout, limit.interrupted), sensei
        )

    limit = Limit(settings.timeout, stuck)
    sensei.guard.start(limit)
    return True


def pytest_timeout_cancel_timer(item: pytest.Item) -> bool | None:
    return item.config.stash[_SENSEI].guard.stop() or None


def pytest_enter_pdb(config: pytest.Config) -> None:
    config.stash[_SENSEI].guard.in_debugger = True


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: Any, right: Any) -> None:
    """Remember the sides of a comparison that does not hold; pytest words it as always."""
    if SIDES in config.stash:
        config.stash[SIDES] = judge.Sides.of(left, right, op)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    sensei = item.config.stash[_SENSEI]
    if sensei.file_of(item) is not None:
        # pytest asks a learner's objects for their repr, which may do anything.
        vars(item)["repr_failure"] = functools.partial(sensei.repr_failure, item.repr_failure)
    made = yield
    # What is put into a report's dictionary travels from pytest-xdist's workers, as JSON does.
    if made.passed and made.when == "call":
        vars(made)["koan_pictures"] = item.stash.get(plots.DRAWN, [])
    if sensei.file_of(item) is None:
        return made
    if sensei.guard.notes:
        vars(made)["koan_notes"], sensei.guard.notes = sensei.guard.notes, []
    shorten(made)
    vars(made).pop("wasxfail", None)
    if made.skipped and made.when == "call":  # an expected failure is one all the same
        made.outcome = "failed"
    error = call.excinfo.value if call.excinfo and made.failed else None
    if error is None and not (made.passed and made.when == "call"):
        return made
    outcome = sensei.judge(item, error, made.duration)
    if outcome is not None:
        vars(made)["koan_outcome"] = outcome.to_dict()
        if made.failed and item.config.option.tbstyle == "auto":
            screen = sensei.screen(outcome)
            if manners.stops_at_first(item.config):
                screen.lines[:0] = move_above(made)
            vars(made)["longrepr"] = screen
    return made


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if (sensei := config.stash.get(_SENSEI, None)) is not None:
        sensei.close()
