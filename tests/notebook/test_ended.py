"""What ends: a loop that does not, a crash, a kernel that is interrupted, restarted or killed."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from .conftest import FILE

pytestmark = pytest.mark.timeout(300)

ENDLESS = "%%koan test_double\ndef double(x):\n    while True:\n        x += 1\n"
SEGFAULT = "%%koan test_double\ndef double(x):\n    import ctypes\n    ctypes.string_at(0)\n"
GOOD = "%%koan test_double\ndef double(x):\n    return 2 * x\n"


def whole(cell, learner):
    text = learner.read(FILE)
    start = text.index("def test_double")
    return f"{cell}\n\n{text[start : text.index('def test_again')].rstrip()}"


def processes():
    """The koans' processes that run now."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if any(word.startswith(b"jax_koans.") for word in words) and MARK in environment:
            found[folder.name] = words
    return found


MARK = f"KOANS_TEST_MARK={os.getpid()}".encode()


def gone(temporary):
    end = time.monotonic() + 30
    while (processes() or [*temporary.glob("koans-*")]) and time.monotonic() < end:
        time.sleep(0.1)
    return processes() == {} and [*temporary.glob("koans-*")] == []


@pytest.fixture
def marked(make_kernel, learner, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    name, value = MARK.decode().split("=")
    kernel = make_kernel(learner.root, **{name: value, "TMPDIR": str(temporary)})
    kernel.run("%load_ext jax_koans.notebook")
    kernel.temporary = temporary
    return kernel


def test_an_endless_loop_is_a_verdict(marked, learner):
    (learner.root / "pyproject.toml").write_text('[tool.pytest]\ntimeout = "2"\n')
    told = marked.run(whole(ENDLESS, learner))

    assert "this does not end" in told
    assert "test_double has passed." in marked.run(whole(GOOD, learner))


def test_a_crash_is_a_verdict(marked, learner):
    told = marked.run(whole(SEGFAULT, learner))

    assert "this ended the process" in told
    assert "test_double has passed." in marked.run(whole(GOOD, learner))


def test_an_interrupted_cell(marked, learner):
    kernel = os.getpid, marked.client.km
    threading.Timer(5, lambda: kernel[1].provisioner.process.send_signal(signal.SIGINT)).start()
    told = marked.run(whole(ENDLESS, learner))

    assert "Interrupted: no verdict. Run the cell again." in told
    assert gone(marked.temporary)
    assert "test_double has passed." in marked.run(whole(GOOD, learner))


def test_a_killed_kernel_leaves_nothing_behind(marked, learner):
    marked.run("import os, threading, signal")
    marked.run("threading.Timer(5, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()")
    assert processes()
    with pytest.raises(Exception, match="Kernel died"):
        marked.run(whole(ENDLESS, learner))

    assert gone(marked.temporary)


def test_a_process_that_is_killed_comes_back(marked, learner):
    marked.run(whole(GOOD, learner))
    for number, words in processes().items():
        if b"jax_koans.notebook.server" in words:
            os.kill(int(number), signal.SIGKILL)
            time.sleep(0.5)

    assert "has passed." in marked.run(whole(GOOD, learner))
