"""Running lessons inside this process: with JAX warm a koan takes milliseconds, not a second."""

import inspect
import types

import pytest

from jax_koans.run.jax_config import Snapshot


@pytest.fixture
def run():
    """Run koans of a lesson's text; answers with what each raised, None for a pass."""
    snapshot = Snapshot()

    def run(text: str, names: list[str]) -> dict[str, BaseException | None]:
        module = types.ModuleType("lesson")
        exec(compile(text, "<lesson>", "exec"), module.__dict__)
        snapshot.restore()
        raised = {}
        for name in names:
            raised[name] = _attempt(getattr(module, name))
            snapshot.restore()
        return raised

    return run


def _attempt(koan) -> BaseException | None:
    arguments = {"figure": _no_figure} if inspect.signature(koan).parameters else {}
    try:
        koan(**arguments)
    except (Exception, SystemExit) as error:
        return error
    return None


def _no_figure(name, **settings):
    return lambda draw: draw
