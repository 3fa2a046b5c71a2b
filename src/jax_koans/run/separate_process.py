"""Koans in a separate process, supervised: whatever they do, this process goes on."""

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jax_koans.i18n import _

Event = dict[str, Any]

_GRACE = 5.0  # seconds that a koan may be silent past its limit, until the process is ended
_POLL = 0.5  # seconds until the process is looked at, of which nothing is heard
_GONE = object()
_CUT_SHORT = (2, 3)  # pytest's exit codes: interrupted, or an internal error
# What would decide for the learner's koans what the caller's shell decided for its own pytest.
_NOT_FOR_KOANS = ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST", "CI")


class Died(Exception):
    """The process, or pytest in it, ended in the middle of a run; the text says how."""


class Supervised:
    """A process that waits with pytest and JAX imported, and runs koans when it is told to.

    `limit` is in seconds: how long a koan may take. `python` is the interpreter to use, which has
    jax_koans installed. Who asks it for anything meets Died where it is gone, or had to be ended.
    """

    def __init__(
        self,
        *,
        limit: float = 60.0,
        environment: dict[str, str] | None = None,
        python: str = sys.executable,
    ) -> None:
        self.limit = limit
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115  closed by `end`
        variables = {k: v for k, v in os.environ.items() if k not in _NOT_FOR_KOANS}
        self.process = subprocess.Popen(
            [python, "-P", "-m", "jax_koans.run.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=variables | {"PYTHONDONTWRITEBYTECODE": "1"} | (environment or {}),
            encoding="utf-8",
            errors="replace",
            # Ctrl-C is for the koans, who then ends this process.
            process_group=None if sys.platform == "win32" else 0,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._said_before = 0  # bytes on standard error before the last job
        self._heard: queue.Queue[Any] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> "Supervised":
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def run(self, root: Path, arguments: Sequence[str]) -> Iterator[Event]:
        """Run pytest in a folder; yields the events of events.py; the last is `end`."""
        yield from self._job({"root": str(root), "arguments": list(arguments)})

    def prepare(self, root: Path, arguments: Sequence[str]) -> bool:
        """Begin a run, and stop before anything is collected; `go_on` says what to run.

        False where it does not get that far: conftest.py may be broken, or an option wrong.
        """
        job = {"root": str(root), "arguments": list(arguments), "prepare": True}
        return any(event["event"] == "prepared" for event in self._job(job))

    def go_on(self, koans: Sequence[str]) -> Iterator[Event]:
        """Run koans, by their node ids, in the session that was prepared; yields as `run` does."""
        yield from self._job({"koans": list(koans)})

    def end(self) -> None:
        if self.process.poll() is None:
            _kill(self.process)
        self.process.wait()
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):  # what was still to be written has no reader
                self.process.stdin.close()
        self.errors.close()

    def said(self) -> str:
        """What the process wrote to its standard error since the last job began."""
        self.errors.seek(self._said_before)
        return self.errors.read().decode("utf-8", "replace")

    def line_in(self, path: Path) -> int | None:
        """The line of a file that was running, as far as Python's faulthandler could tell."""
        pattern = rf'^  File "{re.escape(str(path))}", line (\d+)'
        found = re.search(pattern, self.said(), re.MULTILINE)
        return int(found[1]) if found else None

    def _job(self, job: dict[str, Any]) -> Iterator[Event]:
        assert self.process.stdin is not None
        try:
            self._said_before = os.fstat(self.errors.fileno()).st_size
            self.process.stdin.write(json.dumps(job) + "\n")
            self.process.stdin.flush()
        except (OSError, ValueError):  # it is gone, or was ended in between
            raise Died(self._how()) from None
        while True:
            event = self._next()
            if event is None:
                _kill(self.process)
                text = _("It did not come back within {seconds:g} s, and nothing could stop it.")
                raise Died(text.format(seconds=self.limit))
            if event is _GONE:
                raise Died(self._how())
            if event["event"] == "end" and event["code"] in _CUT_SHORT:
                text = _("pytest ended in the middle of the run, with exit code {code}.")
                raise Died(text.format(code=event["code"]))
            yield event
            if event["event"] == "end":
                return

    def _next(self) -> Any:
        """The next event, _GONE at the process's end, None where there was none for too long."""
        late = time.monotonic() + self.limit + _GRACE
        while time.monotonic() < late:
            ended = self.process.poll() is not None
            try:
                return self._heard.get(timeout=_POLL)
            except queue.Empty:
                if ended:  # something else holds the pipe, so that this end is not heard
                    return _GONE
        return None

    def _listen(self) -> None:
        assert self.process.stdout is not None
        # Closed here alone: a child of a koan's may hold the other end open, and whoever closes a
        # stream waits for who is reading from it.
        with self.process.stdout as events, contextlib.suppress(OSError, ValueError):  # cut off
            for line in events:
                # Not everything is an event: a koan may write to any file that is open.
                with contextlib.suppress(ValueError):
                    event = json.loads(line)
                    if isinstance(event, dict) and "event" in event:
                        self._heard.put(event)
        self._heard.put(_GONE)

    def _how(self) -> str:
        try:
            code = self.process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            _kill(self.process)
            return _("It closed files that are not its own, and nothing is heard of it any more.")
        if code >= 0:
            return _("The process was ended with exit code {code}.").format(code=code)
        match name := signal.Signals(-code).name:
            case "SIGSEGV" | "SIGBUS":
                text = _(
                    "The process crashed inside compiled code ({signal}). Usually that is ctypes,"
                    " another compiled package, or a recursion that is far too deep."
                )
            case "SIGKILL":
                text = _(
                    "The process was killed ({signal}). Usually that is the system, when memory"
                    " runs out: how large are your arrays?"
                )
            case "SIGABRT":
                text = _("Compiled code gave up and ended the process ({signal}).")
            case _:
                text = _("The process was ended from outside ({signal}).")
        return text.format(signal=name)


def _kill(process: "subprocess.Popen[str]") -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):  # it ended just now
            os.killpg(process.pid, signal.SIGKILL)
