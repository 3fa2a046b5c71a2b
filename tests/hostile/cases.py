"""What learners' files do to the sensei, as data.

A case is a file of three koans: the hostile one calls `act`, whose body is `act` here, and returns
1 where that gets so far; one comes before it and one after it. `top` stands at the top of the
file, `edit` changes its text. `passes` says whether the hostile koan holds all the same; `says` are
words of its report, `notes` of what is said at the end of the run. With `breaks_file` the koans
beside it fail too, those of other files not.
"""

from dataclasses import dataclass
from textwrap import indent

SOLUTION = '''"""{name}."""

import gc
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
        os.path.isdir("koans") and "HOSTILE" not in os.environ and "PATH" in os.environ,
        sys.getrecursionlimit() >= 1000 and gc.isenabled() and sys.modules["jax"] is jax,
        np.geterr()["divide"] == "warn" and jnp.zeros(2).dtype == jnp.float32,
        float(jnp.sum(jnp.ones(3))) == 3.0 and isinstance(len("ab"), int),
        (jnp.ones(2) == jnp.zeros(2)).tolist() == [False, False],
    ]


def test_before_{name}():
    """Before it."""
    # HINT: 1.
    # HINT: It is 1.
    assert len("a") == __(1)


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
    notes: tuple[str, ...] = ()

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
OWN = ("differs, so it does not count yet",)

# The process survives, and so do all other koans.
SURVIVED = [
    # What would end the run.
    Case("sys_exit", "sys.exit(0)", says=("asked Python to exit", "this ends before its time")),
    Case("os_exit", "os._exit(0)", says=("called os._exit",)),
    Case("os_exit_kept", "_exit(0)", "from os import _exit", says=("called os._exit",)),
    Case("os_abort", "os.abort()", says=("called os.abort",)),
    Case("ctrl_c", "raise KeyboardInterrupt", says=("raised KeyboardInterrupt",)),
    Case("pytest_exit", "pytest.exit('all is well', 0)", says=("asked pytest to exit",)),
    Case("base_exception", "raise type('Odd', (BaseException,), {})('odd')", says=("odd",)),
    Case("generator_exit", "raise GeneratorExit", says=("GeneratorExit",)),
    Case("forked", "if os.fork() == 0:\n    return 1\nos.wait()", passes=True),
    Case("forked_and_raised", "if os.fork() == 0:\n    raise ValueError\nos.wait()", passes=True),
    # What would count though it shows nothing.
    Case("skipped", "pytest.skip('later')", says=("skipped this koan",)),
    Case("expected_to_fail", "pytest.xfail('later')", says=("skipped this koan",)),
    Case("skip_mark", edit=(TEST, "@pytest.mark.skip\n" + TEST),
         says=("has no `@pytest.mark.skip` here",)),
    Case("xfail_mark", "return 2", edit=(TEST, "@pytest.mark.xfail\n" + TEST),
         says=("it comes back with 1",)),
    Case("strict_mark", edit=(TEST, "@pytest.mark.xfail(strict=True)\n" + TEST),
         says=("has no `@pytest.mark.xfail(strict=True)` here",)),
    Case("skipped_file", top="pytestmark = pytest.mark.skip", passes=True),
    Case("late_mark", "return 2", edit=(TEST, "def test_{name}(request):\n"
         "    request.node.add_marker(pytest.mark.xfail)\n"), says=("it comes back with 1",)),
    Case("async_test", edit=(TEST, "async " + TEST), says=("",)),
    Case("generator_test", edit=(TEST, TEST + "    yield\n"), breaks_file=True,
         says=("does not import",)),
    Case("default_argument", edit=(TEST, "def test_{name}(x=1):\n"), says=OWN),
    Case("in_a_class", edit=("\n\ndef test_after", "\n\nclass Test_{name}:\n"
         "    def test_{name}(self):\n        pass\n\n\ndef test_after"), passes=True),
    Case("only_in_a_class", edit=(TEST, "class Test_{name}:\n    def test_{name}(self):\n"
         "        pass\n\n\ndef helper():\n"), says=("is not in the file any more",)),
    Case("parametrized", edit=(TEST, "@pytest.mark.parametrize('x', [1])\ndef test_{name}(x):\n"),
         says=("is not in the file any more",)),
    Case("with_a_fixture", edit=(TEST, "def test_{name}(tmp_path):\n"), says=OWN),
    # What takes too long, too much, too deep.
    Case("endless", "while True:\n    len('ab')", says=("It ran for more than 3 s",)),
    Case("endless_sleep", "import time\ntime.sleep(1e6)", says=("It ran for more than 3 s",)),
    Case("no_alarm", "import signal\nsignal.alarm(0)\nwhile True:\n    len('ab')",
         says=("It ran for more than 3 s",)),
    Case("deaf_to_alarms", "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\n"
         "while True:\n    len('ab')", says=("It ran for more than 3 s",)),
    Case("deep_recursion", "def down():\n    return down()\ndown()", says=("RecursionError",)),
    Case("shallow_limit", "sys.setrecursionlimit(120)", passes=True),
    Case("memory_of_jax", "jnp.ones((10**6, 10**6))", says=("jax.errors.JaxRuntimeError",)),
    Case("memory_of_numpy", "np.ones((10**6, 10**6))", says=("MemoryError",)),
    Case("memory_of_python", "x = []\nwhile True:\n    x.append(bytes(10**8))",
         says=("MemoryError",)),
    # What it prints, and reads.
    Case("many_prints", "for i in range(10**5):\n    print(i, 'x' * 50)\nreturn 2",
         says=("it comes back with 1",)),
    Case("one_long_line", "print('x' * 10**7)\nreturn 2", says=("it comes back with 1",)),
    Case("reads_input", "input('why? ')", says=("OSError",)),
    Case("closes_stdout", "sys.stdout.close()\nsys.stderr.close()", passes=True),
    Case("no_stdout", "sys.stdout = sys.stderr = None", passes=True),
    Case("closes_files", "os.close(1)\nos.close(2)", passes=True),
    # What it takes from others.
    Case("goes_away", "os.chdir('/')", passes=True),
    Case("folder_gone", "import tempfile\nd = tempfile.mkdtemp()\nos.chdir(d)\nos.rmdir(d)",
         passes=True),
    Case("environment", "os.environ.clear()\nos.environ['HOSTILE'] = '1'", passes=True),
    Case("import_path", "sys.path.clear()", passes=True),
    Case("deletes_sum", "del jnp.sum", says=("`jax.numpy.sum` belongs to everybody",)),
    Case("replaces_sum", "jnp.sum = lambda x: 3.0", says=("`jax.numpy.sum` belongs",)),
    Case("replaces_at_the_top", top="jnp.sum = lambda x: 4.0", passes=True,
         notes=("replaces_at_the_top.py: `jax.numpy.sum` belongs to everybody",)),
    Case("agrees_with_all", top="np.testing.assert_allclose = lambda *a, **k: None", passes=True,
         notes=("`numpy.testing.assert_allclose` belongs to everybody",)),
    Case("no_assertions", "import builtins\nbuiltins.AssertionError = ValueError",
         says=("`AssertionError` belongs",)),
    Case("no_builtins", "import builtins\n"
         "for name in 'len isinstance print open next all'.split():\n"
         "    setattr(builtins, name, None)", says=("belong to everybody",)),
    Case("no_builtins_at_the_top", top="import builtins\nbuiltins.print = None", passes=True,
         notes=("`print` belongs to everybody",)),
    Case("equals_all", "type(jnp.ones(1)).__eq__ = lambda a, b: True\nraise ValueError('odd')",
         says=("ValueError",), notes=("the class of arrays.__eq__",)),
    Case("no_jax", "del sys.modules['jax']", says=("`jax` belongs",)),
    Case("other_jax", "sys.modules['jax'] = np", says=("`jax` belongs",)),
    Case("warnings_are_errors", "warnings.simplefilter('error')", passes=True),
    Case("warnings_at_the_top", top="warnings.simplefilter('error')", passes=True),
    Case("precision", "jax.config.update('jax_enable_x64', True)", passes=True),
    Case("no_jit", "jax.disable_jit().__enter__()\nreturn 2", says=("it comes back with 1",)),
    Case("clear_caches", "jax.clear_caches()", passes=True),
    Case("floats_raise", "np.seterr(all='raise')", passes=True),
    Case("no_collection", "gc.disable()", passes=True),
    Case("traced", "sys.settrace(lambda *a: None)", passes=True),
    Case("deaf_to_ctrl_c", "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)",
         passes=True),
    Case("thread", "import threading, time\nthreading.Thread(target=time.sleep, args=(1e6,),"
         " name='busy').start()", passes=True, notes=("test_thread has left a thread", "(busy)")),
    Case("thread_at_the_top", top="import threading, time\nthreading.Thread(target=time.sleep,"
         " args=(1e6,), name='idle').start()", passes=True, notes=("(idle)",)),
    # What looks at it the wrong way.
    Case("str_raises", "class Odd(Exception):\n    def __str__(self):\n        raise ValueError\n"
         "raise Odd", says=("Odd",)),
    Case("repr_raises", "class Odd:\n    def __repr__(self):\n        raise SystemExit\n"
         "return Odd()", says=("asked Python to exit",)),
    Case("repr_recurses", "class Odd:\n    def __repr__(self):\n        return repr(self)\n"
         "return Odd()", says=("it comes back with 1",)),
    Case("eq_raises", "class Odd:\n    def __eq__(self, other):\n        raise ValueError('no')\n"
         "return Odd()", says=("ValueError",)),
    Case("del_raises", "class Odd:\n    def __del__(self):\n        raise ValueError\nOdd()",
         passes=True),
    Case("open_generator", "def g():\n    try:\n        yield 1\n    finally:\n        yield 2\n"
         "globals()['kept'] = g()\nnext(globals()['kept'])", passes=True),
    Case("nested_error", "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n"
         "    for i in range(3000):\n        e.__context__ = type(e)()\n        e = e.__context__\n"
         "raise ValueError('deep')", says=("ValueError",)),
    Case("cyclic_error", "e, f = ValueError('odd'), KeyError()\ne.__cause__, f.__cause__ = f, e\n"
         "raise e", says=("ValueError: odd",)),
    Case("many_errors", "raise ExceptionGroup('odd', [ValueError(), TypeError()])",
         says=("ExceptionGroup: odd",)),
    Case("long_message", "raise ValueError('x' * 10**7)", says=("ValueError: xxx",)),
    Case("long_lines", "raise ValueError('x\\n' * 10**6)", says=("ValueError: x",)),
    Case("no_text", "raise ValueError('\\ud800')", says=("ValueError",)),
    Case("prints_no_text", "print('\\ud800')\nreturn 2", says=("it comes back with 1",)),
    Case("long_sum", top="x = " + " + ".join(["1"] * 600), passes=True),
    # What it takes from the whole process, for good.
    Case("few_files", "import resource as r\nr.setrlimit(r.RLIMIT_NOFILE, (5, r.getrlimit("
         "r.RLIMIT_NOFILE)[1]))", passes=True),
    Case("small_files", "import resource as r\nr.setrlimit(r.RLIMIT_FSIZE, (0, r.getrlimit("
         "r.RLIMIT_FSIZE)[1]))", passes=True),
    # What does not count for more than it is.
    Case("skips_in_setup", top="def setup_module():\n    pytest.skip('no')", breaks_file=True,
         says=("skipped this koan",)),
    Case("patched_by_a_fixture", top="@pytest.fixture(autouse=True)\ndef patched(monkeypatch):\n"
         "    monkeypatch.setattr(np.testing, 'assert_allclose', print)", breaks_file=True,
         says=("`numpy.testing.assert_allclose` belongs",)),
    Case("imports_what_is_not", top="pytest.importorskip('no_such_module')", breaks_file=True,
         says=("does not import",)),
]  # fmt: skip

# The process does not survive plain pytest; `koans run` tells of each at once.
ENDED = [
    Case("segfault", "import ctypes\nctypes.string_at(0)", says=("crashed inside compiled code",)),
    Case("killed", "import signal\nos.kill(os.getpid(), signal.SIGKILL)", says=("was killed",)),
    Case("terminated", "import signal\nos.kill(os.getpid(), signal.SIGTERM)",
         says=("ended from outside (SIGTERM)",)),
    Case("really_exits", "import ctypes\nctypes.CDLL(None)._exit(0)",
         says=("ended with exit code 0",)),
    Case("segfault_at_the_top", top="import ctypes; ctypes.string_at(0)",
         says=("while the file was imported", "crashed inside compiled code")),
]  # fmt: skip

# What never comes back, and cannot be made to: the process reports it, and ends.
COMPILED = "jax.block_until_ready(jax.lax.while_loop(lambda c: c < 9, lambda c: (c + 1) % 7, 0))"
STUCK = [
    Case("compiled", COMPILED, says=("inside compiled code for more than 3 s",)),
    Case("catches_all", "import time\nwhile True:\n    try:\n        time.sleep(9)\n"
         "    except BaseException:\n        pass", says=("was interrupted, and went on",)),
    Case("compiled_at_the_top", top=COMPILED, says=("inside compiled code for more than 3 s",)),
]  # fmt: skip

# Whole files, in place of the three koans: as bytes, or as what stands where the file was.
FILES = {
    "empty": (b"", "is not in the file any more"),
    "half_typed": (b"def test_before_", "SyntaxError"),
    "binary": (bytes(range(256)) * 40, "does not import"),
    "zeros": (b"\0" * 999, "does not import"),
    "latin": ("# caf\xe9\n".encode("latin-1"), "The file is not UTF-8 text"),
    "ten_megabytes": (b"x = 1\n" * 1_700_000, "far too large for a file of koans: 10.2 MB"),
    "deeply_nested": (b"x = " + b"(" * 5000 + b")" * 5000, "does not import"),
    "exits": (b"import sys\nsys.exit(0)\n", "asked Python to exit"),
    "really_exits": (b"import os\nos._exit(0)\n", "called os._exit"),
    "interrupts": (b"raise KeyboardInterrupt\n", "raised KeyboardInterrupt"),
    "skips": (b"import pytest\npytest.skip('no', allow_module_level=True)\n", "skipped this koan"),
    "ends_pytest": (b"import pytest\npytest.exit('no', 0)\n", "asked pytest to exit"),
    "odd": (b"raise type('Odd', (BaseException,), {})\n", "does not import"),
    "endless": (b"while True: len('ab')\n", "TimeoutError: It ran for more than 3 s"),
    "a_directory": (None, "IsADirectoryError"),
    "a_dangling_link": (None, "FileNotFoundError"),
}
