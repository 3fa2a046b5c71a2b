"""Whether a person is looking, who wants one koan at a time, or a program, which wants them all."""

import os
import shlex
from collections.abc import Mapping

import pytest

from jax_koans.course.path import KOANS

_IDE_PLUGINS = ("vscode_pytest", "teamcity.pytest_plugin", "_jb_pytest_runner")
_DEFAULT_SUMMARY = "fE"  # pytest's own default of -r
_IDE_VARIABLES = ("TEST_RUN_PIPE", "RUN_TEST_IDS_PIPE", "TEAMCITY_VERSION", "PYCHARM_HOSTED")


def stops_at_first(config: pytest.Config, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to stop at the first koan that waits: for people only, who did not ask otherwise."""
    option = config.option
    return not (
        distributed(config)
        or getattr(option, "xmlpath", None)
        or option.collectonly
        or environment.get("CI")
        or _asked_for_maxfail(config, environment)
        or any(config.pluginmanager.hasplugin(name) for name in _IDE_PLUGINS)
        or any(environment.get(name) for name in _IDE_VARIABLES)
    )


def be_brief(config: pytest.Config) -> None:
    """Leave the terminal's rows to the koan, for a person who sees one at a time."""
    option, koans = config.option, config.rootpath / KOANS
    files = (config.invocation_params.dir / arg.partition("::")[0] for arg in config.args)
    on_koans = all(file.resolve().is_relative_to(koans) for file in files)
    if option.verbose <= 0 and on_koans and stops_at_first(config):
        option.no_header = True
        if option.reportchars == _DEFAULT_SUMMARY:
            option.reportchars = ""


def distributed(config: pytest.Config) -> bool:
    """Whether pytest-xdist runs the koans in several processes (this may be one of them)."""
    return hasattr(config, "workerinput") or config.getoption("dist", "no") != "no"


def _asked_for_maxfail(config: pytest.Config, environment: Mapping[str, str]) -> bool:
    """An explicit --maxfail=0 equals the default, so only the words given tell them apart."""
    if config.option.maxfail:
        return True
    addopts = config.getini("addopts")
    words = [
        *config.invocation_params.args,
        *shlex.split(environment.get("PYTEST_ADDOPTS", "")),
        *(addopts if isinstance(addopts, list) else shlex.split(addopts)),
    ]
    return any(str(word).startswith("--maxfail") for word in words)
