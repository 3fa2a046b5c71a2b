"""The sensei's pytest hooks: thin, each hands on to the module that knows.

Registered by conftest.py, so that pytest outside of a path of koans never meets them.
"""

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from jax_koans import judge, last_words, plots, switch
from jax_koans.blank import UnansweredBlank
from jax_koans.collection import KoanModule
from jax_koans.i18n import _
from jax_koans.limits import Limit
from jax_koans.reporter import Reporter
from jax_koans.session import SIDES, Sensei

__all__ = ["figure"]

figure = plots.figure  # a fixture is found by its name in a plugin's module
_SENSEI = pytest.StashKey[Sensei]()
_LIMIT = pytest.StashKey[Limit]()


def pytest_addoption(parser: pytest.Parser) -> None:
    plots.add_options(parser)
    parser.getgroup("koans", "JAX koans").addoption(
        "--track", metavar="NAME|FILE", help=_("only the koans that this track lists, e.g. core")
    )


@pytest.hookimpl(trylast=True)  # after conftest.py has set JAX up
def pytest_configure(config: pytest.Config) -> None:
    if config.option.help:
        return
    sensei = Sensei(config)
    plots.require(config)
    config.stash[_SENSEI] = sensei
    if not hasattr(config, "workerinput"):  # a worker of pytest-xdist only judges
        config.pluginmanager.register(Reporter(sensei), "koans-reporter")


def pytest_report_header(config: pytest.Config) -> str:
    return switch.header(config.stash[switch.CHOICE])


# Collecting.


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    if parent.config.stash[_SENSEI].workspace.relative(module_path) is None:
        return None
    return KoanModule.from_parent(parent, path=module_path)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """A file that changes JAX's options while it is imported changes them for nobody else."""
    try:
        return (yield)
    finally:
        if isinstance(collector, pytest.Module):
            collector.config.stash[_SENSEI].snapshot.restore()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    sensei = config.stash[_SENSEI]
    if sensei.track:
        left = [item for item in items if item.name not in sensei.track]
        items[:] = [item for item in items if item.name in sensei.track]
        config.hook.pytest_deselected(items=left)


# Running.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    item.config.stash[SIDES] = judge.Sides()
    try:
        return (yield)
    finally:
        item.config.stash[_SENSEI].snapshot.restore()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """A koan with a blank left fails before it runs, one that shows nothing after it ran."""
    sensei = pyfuncitem.config.stash[_SENSEI]
    if sensei.file_of(pyfuncitem) is not None and sensei.blanks(pyfuncitem):
        raise UnansweredBlank
    limit = pyfuncitem.stash.get(_LIMIT, None)
    with limit.translated() if limit else contextlib.nullcontext():
        result = yield
        sensei.look_again(pyfuncitem)
        return result


def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool | None:
    """Time a koan in our own way; pytest-timeout does the rest as always."""
    sensei = item.config.stash[_SENSEI]
    if sensei.file_of(item) is None or not settings.timeout:
        return None
    limit = Limit(settings.timeout, lambda: last_words.speak(item, sensei, settings.timeout))
    item.stash[_LIMIT] = limit
    limit.start()
    return True


def pytest_timeout_cancel_timer(item: pytest.Item) -> bool | None:
    limit = item.stash.get(_LIMIT, None)
    if limit is None:
        return None
    limit.stop()
    return True


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: Any, right: Any) -> None:
    """Remember the sides of a comparison that does not hold; pytest words it as always."""
    if SIDES in config.stash:
        config.stash[SIDES] = judge.Sides.of(left, right, op)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    made = yield
    sensei = item.config.stash[_SENSEI]
    # What is put into a report's dictionary travels from pytest-xdist's workers, as JSON does.
    if made.passed and made.when == "call":
        vars(made)["koan_pictures"] = item.stash.get(plots.DRAWN, [])
    if sensei.file_of(item) is None:
        return made
    error = call.excinfo.value if call.excinfo and made.failed else None
    if error is None and not (made.passed and made.when == "call"):
        return made
    outcome = sensei.judge(item, error, made.duration)
    if outcome is not None:
        vars(made)["koan_outcome"] = outcome.to_dict()
        if made.failed and item.config.option.tbstyle == "auto":
            vars(made)["longrepr"] = sensei.screen(outcome)
    return made
