"""What honest mistakes do to the process, confined to the koan that makes them.

This is no sandbox. Code that means harm, and code that crashes, ends the process: `koans run` and
`koans watch` judge in a separate process, and report its end.
"""

import contextlib
import gc
import os
import traceback
import unittest
from collections.abc import Iterator

import pytest

from jax_koans.i18n import _
from jax_koans.judge.verdict import Stopped
from jax_koans.run.jax_config import Snapshot
from jax_koans.run.memory_limit import ROOM, Memory
from jax_koans.run.time_limit import Limit

GUARD = pytest.StashKey["Guard"]()


class Guard:
    """The guard of one pytest session; `limit` is the time limit of what runs now."""

    def __init__(self) -> None:
        self.snapshot = Snapshot()
        self.memory = Memory()
        self.limit: Limit | None = None
        self._folder = os.getcwd()
        self._raised: BaseException | None = None  # by the last koan

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Restore the working directory, environment, NumPy error state and JAX configuration."""
        import numpy as np

        environment, errors = dict(os.environ), np.geterr()
        try:
            yield
        finally:
            os.chdir(self._folder)
            if os.environ != environment:
                for name in os.environ.keys() - environment.keys():
                    del os.environ[name]
                os.environ.update(environment)
            np.seterr(**errors)
            self.snapshot.restore()

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Run a koan's own code; the report that follows is not timed, and has memory left."""
        try:
            with no_exit():
                yield
        except BaseException as error:
            self._raised = error
            self.memory.set(ROOM)
            raise
        finally:
            self.stop()

    def recover(self) -> None:
        """Free what a koan has filled the memory with, once it is reported."""
        import jax

        raised, self._raised = self._raised, None
        if isinstance(raised, MemoryError | jax.errors.JaxRuntimeError):
            traceback.clear_frames(raised.__traceback__)
            gc.collect()
        self.memory.set()

    def start(self, limit: Limit) -> None:
        self.limit = limit
        limit.start()

    def stop(self) -> None:
        limit, self.limit = self.limit, None
        if limit is not None:
            limit.stop()


@contextlib.contextmanager
def no_exit() -> Iterator[None]:
    """Raise Stopped where code tries to end the run, or to skip itself."""
    try:
        yield
    except SystemExit as error:
        stopped = Stopped("SystemExit", _("Your code asked Python to exit."))
        raise stopped.with_traceback(error.__traceback__) from None
    except (pytest.skip.Exception, pytest.xfail.Exception, unittest.SkipTest) as error:
        text = _("Your code skipped this koan. A koan passes when it runs.")
        raise Stopped("pytest.skip", text).with_traceback(error.__traceback__) from None
