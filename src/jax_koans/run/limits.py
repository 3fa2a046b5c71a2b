"""What never ends: a loop in Python is interrupted, one in compiled code is reported.

pytest-timeout decides when; here is what happens then. A signal's handler runs only when the main
thread comes back to Python, which it never does from a `while_loop` whose condition stays true.
So a second timer, in a thread of its own, waits a little longer: it can only report, and end the
process. (XLA lets other threads run while it computes and while it compiles.)
"""

import _thread
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from jax_koans.i18n import _
from jax_koans.judge.interruptions import TooLong

_AGAIN = 0.5  # seconds until a loop whose alarm was taken away is interrupted in the other way
_GRACE = 1.0  # seconds between the interruption and the report that it did not help


@dataclass
class Limit:
    """The timers of one koan: `seconds` until it is interrupted, then `stuck` is called.

    `interrupted` says whether the code was interrupted, in Python, and went on all the same.
    """

    seconds: float
    stuck: Callable[[], None]
    has_alarm: bool = hasattr(signal, "SIGALRM")
    interrupted: bool = False
    _over: threading.Event = field(default_factory=threading.Event)
    _fired: bool = False

    def start(self) -> None:
        if self.has_alarm:
            signal.signal(signal.SIGALRM, self._interrupt)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)
        with contextlib.suppress(RuntimeError):  # no memory is left for one more thread
            threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self._over.set()
        if self.has_alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)

    @contextlib.contextmanager
    def translated(self) -> Iterator[None]:
        """An interruption that was no alarm arrives as Ctrl-C: give it its right name."""
        try:
            yield
        except KeyboardInterrupt as error:
            if not self._fired:
                raise
            raise self._too_long().with_traceback(error.__traceback__) from None

    def _too_long(self) -> TooLong:
        self.interrupted = True
        text = _("It ran for more than {seconds:g} s.").format(seconds=self.seconds)
        return TooLong(text)

    def _interrupt(self, _signal: int, _frame: object) -> None:
        raise self._too_long()

    def _watch(self) -> None:
        """What the second timer does, in its thread."""
        # A learner may take the alarm away, or its handler.
        patience = _AGAIN if self.has_alarm else 0.0
        if self._over.wait(self.seconds + patience):
            return
        if not self.interrupted:
            self._fired = True
            _thread.interrupt_main()
        if not self._over.wait(_GRACE - patience):
            self.stuck()


def for_imports(config: pytest.Config) -> float:
    """How long a file may take to import, in seconds: what pytest-timeout allows a koan; 0 is ever.

    pytest-timeout itself times koans only, once all files are imported.
    """
    given: list[Any] = [config.getoption("timeout", None), os.environ.get("PYTEST_TIMEOUT")]
    with contextlib.suppress(ValueError):  # pytest-timeout is not there
        given.append(config.getini("timeout"))
    with contextlib.suppress(ValueError):  # no number: pytest-timeout itself complains
        return next((float(text) for text in given if text not in (None, "")), 0.0)
    return 0.0
