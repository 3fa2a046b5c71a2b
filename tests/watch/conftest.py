"""A learner with `koans watch` in a pseudo-terminal."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pyte
import pytest

from ..conftest import NOT_A_LEARNERS

ROWS, COLUMNS = 45, 100
PATIENCE = 60  # seconds: generous, since machines are shared

SOLUTION = '''"""Sums and signs."""

import jax.numpy as jnp
from numpy.testing import assert_allclose

from jax_koans import __


def test_sum():
    """A sum is a number."""
    # HINT: Add them.
    # HINT: One and two.
    assert jnp.array([1, 2]).sum() == __(3)
    # WHY: It is so.


def test_sign():
    """A sign is -1, 0 or 1."""
    # HINT: Below zero.
    # HINT: Minus one.
    assert jnp.sign(-5) == __(-1)
    # WHY: It is so.


def double(x):
    """Two times x."""
    # BEGIN PROMPT: double it
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION


def test_double():
    """Doubling."""
    # HINT: Times.
    # HINT: Times two.
    assert_allclose(double(jnp.array([1.0, -2.0])), [2.0, -4.0], err_msg="two times x")
'''
FIRST, SECOND = "01_one/test_01_a.py", "01_one/test_02_b.py"
PATH = {FIRST: SOLUTION, SECOND: SOLUTION.replace("def test_", "def test_other_")}


class Terminal:
    """A pseudo-terminal with `koans watch` in it."""

    def __init__(self, learner, *arguments, **variables):
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.master, slave = pty.openpty()
        self._resize(ROWS, COLUMNS)
        environment = {k: v for k, v in os.environ.items() if k not in NOT_A_LEARNERS}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jax_koans", "watch", *arguments],
            cwd=learner.root,
            env=environment | {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | variables,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    @property
    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, timeout=0.2):
        """Take in what the terminal was sent; False where it has ended."""
        if not select.select([self.master], [], [], timeout)[0]:
            return True
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:  # the other side is closed
            return False
        self.raw += data
        if b"\x1b[6n" in data:  # the terminal is asked where its cursor is
            self.key("\x1b[1;1R")
        self.stream.feed(data)
        return bool(data)

    def until(self, *wanted, without=()):
        """Wait until all of it is on the screen, and nothing of `without`."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if all(w in self.text for w in wanted) and not any(w in self.text for w in without):
                return self.text
            if not self.read():
                break
        raise AssertionError(f"{wanted} without {without} is not on the screen:\n{self.text}")

    def key(self, key):
        os.write(self.master, key.encode())

    def resize(self, rows, columns):
        self._resize(rows, columns)
        self.screen.resize(rows, columns)
        self.process.send_signal(signal.SIGWINCH)

    def ended(self):
        """Wait for the end; answers with the exit code."""
        end = time.monotonic() + PATIENCE
        while self.read() and self.process.poll() is None and time.monotonic() < end:
            pass
        while self.read(timeout=0) and select.select([self.master], [], [], 0)[0]:
            pass
        return self.process.wait(PATIENCE)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.ended()
        os.close(self.master)

    def _resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


@pytest.fixture
def learner(make_learner):
    return make_learner(PATH)


@pytest.fixture
def watch(learner):
    """Start `koans watch`; each is ended with the test."""
    started = []

    def watch(*arguments, folder=learner, **variables):
        terminal = Terminal(folder, *arguments, **variables)
        started.append(terminal)
        return terminal

    yield watch
    for terminal in started:
        terminal.close()
