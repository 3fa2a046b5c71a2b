"""Around everything that a learner's file runs: it ends no run, and gives back what it took.

`stops` turns what would end the whole run into that koan's failure; `kept` gives the process's own
state back; `around` does both, and mends what belongs to everybody. None of it is a sandbox: it is
no defence against who means harm, nor against a segmentation fault (see marks.py and run.py).
"""

import contextlib
import functools
import gc
import os
import signal
import sys
import threading
import traceback
import unittest
import warnings
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn

import pytest

from jax_koans.i18n import _, plural
from jax_koans.judge.interruptions import Mute, Stopped, TooLong
from jax_koans.run.limits import Limit
from jax_koans.run.memory import Memory
from jax_koans.run.originals import Originals
from jax_koans.run.snapshot import Snapshot

GUARD = pytest.StashKey["Guard"]()
_MOST = 4  # names to list
_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGALRM", "SIGTERM") if hasattr(signal, name)
]
_real_exit = os._exit


class Guard:
    """The guard of one pytest session.

    `limit` is the one that runs, `in_debugger` whether the learner is in a debugger: leaving that
    ends the run, as it should.
    """

    def __init__(self) -> None:
        self.snapshot = Snapshot()
        self.originals = Originals()
        self.memory = Memory()
        self.limit: Limit | None = None
        self.in_debugger = False
        self.changed = ""  # what the last koan has replaced, as a sentence
        self.notes: list[str] = []  # what the learner should hear, beside each koan's screen
        self._home = os.getcwd()
        self._raised: BaseException | None = None  # by the last koan
        self._before = set(threading.enumerate())
        self._known = set(self._before)

    @contextlib.contextmanager
    def stops(self) -> Iterator[None]:
        """Nothing ends the run but a real Ctrl-C.

        Raises:
            Stopped: the code inside called `os._exit`, `sys.exit` or the like.
        """
        process = os.getpid()
        with _ctrl_c() as was_pressed, _no_exit(process):
            try:
                with self.limit.translated() if self.limit else contextlib.nullcontext():
                    yield
            except KeyboardInterrupt as error:
                if was_pressed():
                    raise
                _stop(error, "KeyboardInterrupt", _("Your code raised KeyboardInterrupt."))
            except SystemExit as error:
                _stop(error, "SystemExit", _("Your code asked Python to exit."))
            except (pytest.skip.Exception, pytest.xfail.Exception, unittest.SkipTest) as error:
                text = _("Your code skipped this koan. A koan counts once it runs to its end.")
                _stop(error, "pytest.skip", text)
            except pytest.exit.Exception as error:
                if self.in_debugger:
                    raise
                _stop(error, "pytest.exit", _("Your code asked pytest to exit."))
            finally:
                if os.getpid() != process:  # a child of os.fork that came back from the koan
                    _real_exit(0)

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Whatever happens inside, the process's own state is as it was before."""
        import numpy as np

        environment, path, floats = dict(os.environ), list(sys.path), np.geterr()
        recursion, collecting, tracing = sys.getrecursionlimit(), gc.isenabled(), sys.gettrace()
        handlers = {each: signal.getsignal(each) for each in _SIGNALS}
        streams = sys.stdout, sys.stderr, sys.stdin
        most = _limits()
        try:
            with _kept_open(*streams), warnings.catch_warnings():
                yield
        finally:
            sys.setrecursionlimit(recursion)
            _restore_limits(most)
            self._go_home()
            _restore_environment(environment)
            sys.path[:] = path
            np.seterr(**floats)
            if collecting:
                gc.enable()
            if sys.gettrace() is not tracing and not self.in_debugger:
                sys.settrace(tracing)
            if None in (sys.stdout, sys.stderr, sys.stdin):
                sys.stdout, sys.stderr, sys.stdin = streams
            if _in_main_thread():
                for each, handler in handlers.items():
                    if handler is not None and signal.getsignal(each) is not handler:
                        signal.signal(each, handler)
            self.snapshot.restore()

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A test that runs under guard.

        What it replaces is mended before any other line of Python runs, and noted in `changed`.
        """

        @functools.wraps(function)
        def guarded(*arguments: Any, **names: Any) -> Any:
            self.changed = ""
            with self.kept(), self.stops():
                try:
                    return function(*arguments, **names)
                except BaseException as error:
                    # It has heard: to report it may take a slow machine longer than its grace.
                    if self.limit is not None and isinstance(error, TooLong | KeyboardInterrupt):
                        self.limit.stop()
                    self.memory.make_room()
                    self.changed = _told(self.originals.mend())
                    self._raised = error
                    _require_words(error)
                    raise
                finally:
                    self.changed = _told(self.originals.mend()) or self.changed

        return guarded

    def recover(self) -> None:
        """All is said of a koan: what it filled the memory with is let go."""
        raised, self._raised = self._raised, None
        if isinstance(raised, MemoryError | _jax_error()):
            traceback.clear_frames(raised.__traceback__)
            gc.collect()
        self.memory.restore()

    def start(self, limit: Limit) -> None:
        """Start the clock of a koan, or of a file's import."""
        self.limit = limit
        limit.start()

    def stop(self) -> bool:
        """Stop the clock; answers whether one was running."""
        limit, self.limit = self.limit, None
        if limit is not None:
            limit.stop()
        return limit is not None

    @contextlib.contextmanager
    def limited(self, limit: Limit) -> Iterator[None]:
        self.start(limit)
        try:
            yield
        finally:
            self.stop()

    def settle(self, who: str, *, ran: bool = True) -> None:
        """After a koan, or a file's import: mend what it replaced, note what it left behind.

        `ran` says that some of the learner's code did, since what it replaced was mended last.
        """
        if ran or self._raised is not None:  # who words a failure asks the learner's objects
            self.changed = self.changed or _told(self.originals.mend())
        if self.changed:
            self.notes.append(f"{who}: {self.changed}")
            self.changed = ""
        new = [each for each in threading.enumerate() if each not in self._known]
        self._known.update(new)
        for thread in new:
            if not thread.daemon:
                text = _(
                    "{who} has left a thread running ({thread}). The run does not wait for it."
                )
                self.notes.append(text.format(who=who, thread=thread.name))

    def let_go(self, status: int) -> None:
        """Let the process end with a status, once it is done, whatever threads koans left in it."""
        if not any(not each.daemon for each in self._known - self._before if each.is_alive()):
            return

        def end() -> None:
            threading.main_thread().join()
            end_process(status)

        threading.Thread(target=end, daemon=True).start()

    def _go_home(self) -> None:
        try:
            if os.getcwd() == self._home:
                return
        except OSError:
            pass  # the folder it went to is gone
        os.chdir(self._home)


def end_process(status: int) -> NoReturn:
    """End the process at once, whatever a koan has made of `os._exit`."""
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    with contextlib.suppress(Exception):
        sys.stderr.flush()
    _real_exit(status)


def _jax_error() -> type[BaseException]:
    """What JAX raises where memory runs out, among others."""
    import jax

    kind: type[BaseException] = jax.errors.JaxRuntimeError
    return kind


def _stand_in_for(process: int, name: str) -> Callable[..., NoReturn]:
    """What stands in for `os._exit` and `os.abort`, in the process that judges."""

    def stand_in(status: int = 0, *_more: Any) -> NoReturn:
        if os.getpid() != process:  # a child of the koan's, which may end
            _real_exit(status)
        raise Stopped(name, _("Your code called {name}.").format(name=name))

    return stand_in


def _require_words(error: BaseException) -> None:
    """Raises Mute: an exception's own `str` raises, which all who report would ask for."""
    try:
        str(error)
    except Exception as trouble:
        what, why = type(error).__name__, type(trouble).__name__
        text = _("What it says cannot be shown: its `str` raises {error}.").format(error=why)
        raise Mute(what, text).with_traceback(error.__traceback__) from None


def _stop(error: BaseException, what: str, text: str) -> NoReturn:
    raise Stopped(what, text).with_traceback(error.__traceback__) from None


@contextlib.contextmanager
def _no_exit(process: int) -> Iterator[None]:
    abort = os.abort
    os._exit = _stand_in_for(process, "os._exit")
    os.abort = _stand_in_for(process, "os.abort")
    try:
        yield
    finally:
        os._exit, os.abort = _real_exit, abort


@contextlib.contextmanager
def _ctrl_c() -> Iterator[Callable[[], bool]]:
    """Tell a real Ctrl-C, which comes as a signal, from a KeyboardInterrupt that code raised."""
    before = signal.getsignal(signal.SIGINT)
    if not _in_main_thread() or not callable(before):
        yield lambda: True
        return
    pressed = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        before(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _told(mended: list[str]) -> str:
    if not mended:
        return ""
    names = ", ".join(f"`{name}`" for name in mended[:_MOST])
    if len(mended) > _MOST:
        names += ", ..."
    return plural(
        "{names} belongs to everybody and was replaced or deleted here. It has been put back.",
        "{names} belong to everybody and were replaced or deleted here. They have been put back.",
        len(mended),
    ).format(names=names)


@contextlib.contextmanager
def _kept_open(*streams: Any) -> Iterator[None]:
    """The streams are not the koan's to close: pytest reads from them what was printed."""
    kept = [stream for stream in streams if "close" not in getattr(stream, "__dict__", ("close",))]
    for stream in kept:
        stream.close = lambda: None
    try:
        yield
    finally:
        for stream in kept:
            with contextlib.suppress(AttributeError):
                del stream.close


def _limits() -> dict[int, tuple[int, int]]:
    """What the system lets this process have: open files, processor time, sizes of files."""
    if sys.platform == "win32":
        return {}
    import resource

    numbers = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    return {number: resource.getrlimit(number) for number in numbers}


def _restore_limits(saved: dict[int, tuple[int, int]]) -> None:
    """Give each limit its value back, as far as it may be raised; memory.py has its own."""
    if saved == _limits():
        return
    import resource

    for number, (soft, _hard) in saved.items():
        if number != resource.RLIMIT_DATA:
            hard = resource.getrlimit(number)[1]
            allowed = [each for each in (soft, hard) if each != resource.RLIM_INFINITY]
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(number, (min(allowed, default=soft), hard))


def _restore_environment(saved: dict[str, str]) -> None:
    if dict(os.environ) == saved:
        return
    mine = "PYTEST_CURRENT_TEST"
    for name in os.environ.keys() - saved.keys() - {mine}:
        del os.environ[name]
    for name, value in saved.items():
        if name != mine and os.environ.get(name) != value:
            os.environ[name] = value
