"""The time limit of a koan: a loop in Python is interrupted, one in compiled code is reported.

pytest-timeout decides when; here is what happens then. A signal's handler runs only when the main
thread comes back to Python, which it never does from a `while_loop` whose condition stays true.
So a second thread waits a little longer, and can only report it and end the process. (XLA lets
other threads run while it computes and while it compiles.)
"""

import _thread
import contextlib
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from jax_koans.i18n import _
from jax_koans.judge.verdict import TooLong

_GRACE = 1.0  # seconds between the interruption and the report that it did not help


@dataclass
class Limit:
    """The timers of one koan: `seconds` until it is interrupted, then `stuck` is called.

    `interrupted` says whether the code was interrupted, in Python, and went on all the same.
    Windows has no alarm: there the second thread interrupts too, with a signal that nobody sends.
    """

    seconds: float
    stuck: Callable[["Limit"], None]
    has_alarm: bool = hasattr(signal, "SIGALRM")
    interrupted: bool = False
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def _signal(self) -> signal.Signals:
        return signal.SIGALRM if self.has_alarm else signal.SIGTERM

    def start(self) -> None:
        signal.signal(self._signal, self._interrupt)
        if self.has_alarm:
            signal.setitimer(signal.ITIMER_REAL, self.seconds)
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self._over.set()
        if self.has_alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(self._signal, signal.SIG_DFL)

    def _interrupt(self, _signal: int, _frame: object) -> None:
        self.interrupted = True
        raise TooLong(_("It ran for more than {seconds:g} s.").format(seconds=self.seconds))

    def _watch(self) -> None:
        if self._over.wait(self.seconds):
            return
        if not self.has_alarm:
            _thread.interrupt_main(self._signal)
        if not self._over.wait(_GRACE):
            self.stuck(self)


def for_imports(config: pytest.Config) -> float:
    """The seconds that a file may take to import, as a koan by pytest-timeout; 0 for no limit."""
    given: list[Any] = [config.getoption("timeout", None), os.environ.get("PYTEST_TIMEOUT")]
    with contextlib.suppress(ValueError):  # pytest-timeout is not there
        given.append(config.getini("timeout"))
    with contextlib.suppress(ValueError):  # no number: pytest-timeout itself complains
        return next((float(text) for text in given if text not in (None, "")), 0.0)
    return 0.0
