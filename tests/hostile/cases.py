"""What honest mistakes, and hostile code, do to a run, as data.

A case is a file of three koans: the one at fault calls `act`, whose body is `act` here, and returns
1 where that gets so far; one comes before it and one after it. `top` stands at the top of the
file, `edit` changes its text. `passes` says whether the koan passes all the same; `says` are words
of its report. With `breaks_file` the koans beside it fail too, those of other files not.
"""

from dataclasses import dataclass
from textwrap import indent

SOLUTION = '''"""{name}."""

import os
import sys
import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax_koans import __


def act_{name}():
    """Come back with 1."""
    # BEGIN PROMPT: come back with 1
    # BEGIN SOLUTION
    return 1
    # END SOLUTION


def as_always():
    """All that a koan counts on."""
    warnings.warn("only a warning", stacklevel=1)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(1.0, 2.0)
    print("heard")
    return [
        os.path.isdir("koans") and "MISTAKE" not in os.environ and "PATH" in os.environ,
        np.geterr()["divide"] == "warn" and jnp.zeros(2).dtype == jnp.float32,
        jax.sharding.get_mesh().empty,
    ]


def test_before_{name}():
    """Before it."""
    # HINT: 1.
    # HINT: It is 1.
    assert len("a") == __(1)
    # WHY: It is so.


def test_{name}():
    """Come back."""
    # HINT: 1.
    # HINT: It is 1.
    assert act_{name}() == 1, "it comes back with 1"


def test_after_{name}():
    """All is as always."""
    # HINT: True.
    # HINT: It is True.
    assert all(as_always()) == __(True)
    # WHY: It is so.
'''


@dataclass(frozen=True)
class Case:
    name: str
    act: str = ""
    top: str = ""
    edit: tuple[str, str] = ("", "")
    passes: bool = False
    breaks_file: bool = False
    says: tuple[str, ...] = ()

    @property
    def koan(self) -> str:
        return f"test_{self.name}"

    @property
    def solution(self) -> str:
        return SOLUTION.format(name=self.name)

    def text(self, solved: str) -> str:
        """The learner's file, from the solved one."""
        body = indent(self.act, "    ") + "\n" if self.act else ""
        text = solved.replace("    return 1\n", f"{body}    return 1\n", 1)
        text = text.replace("from jax_koans import __\n", f"from jax_koans import __\n{self.top}\n")
        old, new = (each.format(name=self.name) for each in self.edit)
        assert old in text
        return text.replace(old, new, 1) if old else text


TEST = "def test_{name}():\n"

# Mistakes that plain pytest confines to the koan that makes them.
MISTAKES = [
    # What would end the run.
    Case("exits", "exit()", says=("asked Python to exit",)),
    Case("sys_exit", "sys.exit(0)", says=("asked Python to exit",)),
    Case("exits_at_the_top", top="sys.exit(0)", breaks_file=True, says=("asked Python to exit",)),
    # What would leave the koan out.
    Case("skipped", "pytest.skip('later')", says=("skipped this koan",)),
    Case("expected_to_fail", "pytest.xfail('later')", says=("skipped this koan",)),
    Case("skip_mark", edit=(TEST, "@pytest.mark.skip\n" + TEST),
         says=("has no `@pytest.mark.skip` here",)),
    Case("xfail_mark", "return 2", edit=(TEST, "@pytest.mark.xfail\n" + TEST),
         says=("it comes back with 1",)),
    Case("skipped_file", top="pytestmark = pytest.mark.skip", passes=True),
    Case("skips_at_the_top", top="pytest.skip('later', allow_module_level=True)", breaks_file=True,
         says=("skipped this koan",)),
    # What takes too long, too much, too deep.
    Case("endless", "while True:\n    len('ab')", says=("It ran for more than 3 s",)),
    Case("endless_sleep", "import time\ntime.sleep(1e6)", says=("It ran for more than 3 s",)),
    Case("endless_at_the_top", top="while True: len('ab')", breaks_file=True,
         says=("It ran for more than 3 s",)),
    Case("deep_recursion", "def down():\n    return down()\ndown()", says=("RecursionError",)),
    Case("memory_of_jax", "jnp.ones((10**6, 10**6))", says=("jax.errors.JaxRuntimeError",)),
    Case("memory_of_numpy", "np.ones((10**6, 10**6))", says=("MemoryError",)),
    Case("memory_of_python", "x = []\nwhile True:\n    x.append(bytes(10**8))",
         says=("MemoryError",)),
    # What prints too much, or reads.
    Case("many_prints", "for i in range(10**5):\n    print(i, 'x' * 50)\nreturn 2",
         says=("it comes back with 1",)),
    Case("one_long_line", "print('x' * 10**7)\nreturn 2", says=("it comes back with 1",)),
    Case("reads_input", "input('why? ')", says=("OSError",)),
    Case("long_message", "raise ValueError('x' * 10**7)", says=("ValueError: xxx",)),
    # What the next koan would meet.
    Case("goes_away", "os.chdir('/')", passes=True),
    Case("environment", "os.environ['MISTAKE'] = os.environ.pop('PATH')", passes=True),
    Case("floats_raise", "np.seterr(all='raise')", passes=True),
    Case("precision", "jax.config.update('jax_enable_x64', True)", passes=True),
    Case("precision_at_the_top", top="jax.config.update('jax_enable_x64', True)", passes=True),
    Case("mesh", "jax.set_mesh(jax.make_mesh((2,), ('x',)))", passes=True),
]  # fmt: skip

# The process does not survive plain pytest; `koans run` and the watch tell which koan it was.
ENDED = [
    Case("segfault", "import ctypes\nctypes.string_at(0)", says=("crashed inside compiled code",)),
    Case("killed", "import signal\nos.kill(os.getpid(), signal.SIGKILL)", says=("was killed",)),
    Case("terminated", "import signal\nos.kill(os.getpid(), signal.SIGTERM)",
         says=("ended from outside (SIGTERM)",)),
    Case("really_exits", "os._exit(0)", says=("ended with exit code 0",)),
    Case("aborts", "os.abort()", says=("gave up and ended the process (SIGABRT)",)),
    Case("interrupts", "raise KeyboardInterrupt", says=("pytest ended in the middle of the run",)),
    Case("str_raises", "class Odd(Exception):\n    def __str__(self):\n        raise ValueError\n"
         "raise Odd", says=("pytest ended in the middle of the run",)),
    Case("segfault_at_the_top", top="import ctypes; ctypes.string_at(0)",
         says=("while the file was imported", "crashed inside compiled code")),
]  # fmt: skip

# What never returns, and cannot be interrupted: the process reports it, and ends.
COMPILED = "jax.block_until_ready(jax.lax.while_loop(lambda c: c < 9, lambda c: (c + 1) % 7, 0))"
STUCK = [
    Case("compiled", COMPILED, says=("inside compiled code for more than 3 s",)),
    Case("catches_all", "import time\nwhile True:\n    try:\n        time.sleep(9)\n"
         "    except:\n        pass", says=("was interrupted, and went on",)),
    Case("compiled_at_the_top", top=COMPILED, says=("inside compiled code for more than 3 s",)),
]  # fmt: skip

# Whole files, in place of the three koans.
FILES = {
    "empty": (b"", "is not in the file any more"),
    "half_typed": (b"def test_before_", "SyntaxError"),
    "zeros": (b"\0" * 999, "does not import"),
    "latin": ("# caf\xe9\n".encode("latin-1"), "The file is not UTF-8 text"),
    "ten_megabytes": (b"x = 1\n" * 1_700_000, "far too large for a file of koans: 10.2 MB"),
}
