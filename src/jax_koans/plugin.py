"""pytest's hooks: thin, each calls the module that knows.

Registered by conftest.py, so that pytest outside of a path of koans never meets them.
"""

import gc
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from jax_koans import switch
from jax_koans.course import track
from jax_koans.i18n import _
from jax_koans.judge.comparison import Sides
from jax_koans.lesson import figure as plots
from jax_koans.lesson.blank import UnansweredBlank
from jax_koans.run import endless_koan, stop_at_first, time_limit
from jax_koans.run.collection import KoanModule
from jax_koans.run.events import cut
from jax_koans.run.isolation import GUARD
from jax_koans.run.reporter import Reporter, printed_above
from jax_koans.run.session import SIDES, KoanSession
from jax_koans.run.time_limit import Limit

__all__ = ["figure"]

figure = plots.figure  # a fixture is found by its name in a plugin's module
_SESSION = pytest.StashKey[KoanSession]()


def pytest_addoption(parser: pytest.Parser) -> None:
    plots.add_options(parser)
    group = parser.getgroup("koans", "JAX koans")
    group.addoption(
        "--track", metavar="NAME|FILE", help=_("only the koans that this track lists, e.g. core")
    )
    parser.addini(track.KEY, "the track when --track does not say it")
    group.addoption("--hint", action="store_true", help=_("show the waiting koan's next hint too"))


def pytest_cmdline_main(config: pytest.Config) -> None:
    """Before pytest's terminal reporter reads its options, and after xdist has set its own."""
    stop_at_first.be_brief(config)


@pytest.hookimpl(trylast=True)  # after conftest.py has set JAX up
def pytest_configure(config: pytest.Config) -> None:
    if config.option.help:
        return
    if not __debug__:  # pytest's own rewriting keeps them, where nobody disables it
        raise pytest.UsageError(
            _(
                "Python leaves assertions out here, so no koan can say anything. Run it without -O,"
                " and where the variable PYTHONOPTIMIZE is set, unset it."
            )
        )
    koans = KoanSession(config)
    plots.require(config)
    if config.stash[switch.CHOICE].device == "cpu":
        koans.guard.memory.limit()
    config.stash[_SESSION] = koans
    config.stash[GUARD] = koans.guard
    if not hasattr(config, "workerinput"):  # a worker of pytest-xdist only judges
        config.pluginmanager.register(Reporter(koans), "koans-reporter")


def pytest_report_header(config: pytest.Config) -> str:
    return switch.header(config.stash[switch.CHOICE])


# Collecting.


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    if parent.config.stash[_SESSION].workspace.relative(module_path) is None:
        return None
    return KoanModule.from_parent(parent, path=module_path)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """A file's import has the time limit of a koan."""
    seconds = time_limit.for_imports(collector.config)
    if not isinstance(collector, KoanModule) or not seconds:
        return (yield)
    koans = collector.config.stash[_SESSION]
    koans.guard.start(Limit(seconds, partial(endless_koan.end, koans, collector)))
    try:
        return (yield)
    finally:
        koans.guard.stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    koans = config.stash[_SESSION]
    # First the path: a copy of its file, or a test of the learner's own, is no koan that waits.
    items.sort(key=lambda item: not koans.koans_in(item))
    if koans.track:
        # A koan that is named itself runs anyway.
        wanted = {*koans.track, *(arg.rpartition("::")[2] for arg in config.args if "::" in arg)}
        left = [item for item in items if item.name not in wanted]
        items[:] = [item for item in items if item.name in wanted]
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
    item.config.stash[SIDES] = Sides()
    try:
        return (yield)
    finally:
        item.config.stash[_SESSION].guard.recover()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    with item.config.stash[_SESSION].guard.kept():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """A koan with a blank left fails before it runs, one whose own lines changed after it ran."""
    koans = pyfuncitem.config.stash[_SESSION]
    if koans.file_of(pyfuncitem) is None:
        return (yield)
    if koans.blanks(pyfuncitem):
        raise UnansweredBlank
    with koans.guard.running():
        result = yield
    koans.require_intact(pyfuncitem)
    return result


def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool | None:
    """Time a koan in our own way; pytest-timeout does the rest as always."""
    koans = item.config.stash[_SESSION]
    if koans.file_of(item) is None or not settings.timeout:
        return None
    koans.guard.start(Limit(settings.timeout, partial(endless_koan.end, koans, item)))
    return True


def pytest_timeout_cancel_timer(item: pytest.Item) -> bool | None:
    koans = item.config.stash[_SESSION]
    koans.guard.stop()
    return True if koans.file_of(item) is not None else None


def pytest_enter_pdb(config: pytest.Config) -> None:
    config.stash[_SESSION].guard.stop()  # nobody is interrupted while they look around


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: Any, right: Any) -> None:
    """Remember the sides of a comparison that does not hold; pytest words it as always."""
    if SIDES in config.stash:
        config.stash[SIDES] = Sides.of(left, right, op)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    made = yield
    koans = item.config.stash[_SESSION]
    # What is put into a report's dictionary travels from pytest-xdist's workers, as JSON does.
    if made.passed and made.when == "call":
        vars(made)["koan_pictures"] = item.stash.get(plots.DRAWN, [])
    if koans.file_of(item) is None:
        return made
    made.sections = [(title, cut(text)) for title, text in made.sections]
    error = call.excinfo.value if call.excinfo and made.failed else None
    if error is None and not (made.passed and made.when == "call"):
        return made
    outcome = koans.judge(item, error, made.duration)
    if outcome is not None:
        vars(made)["koan_outcome"] = outcome.to_dict()
        if made.failed and item.config.option.tbstyle == "auto":
            screen = koans.results.screen(outcome)
            if stop_at_first.stops_at_first(item.config):
                screen.lines[:0] = printed_above(made)
            vars(made)["longrepr"] = screen
    return made
