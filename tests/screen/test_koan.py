"""What a learner reads of one koan: outcomes, and below each name in screens.txt its screen.

After an intended change: `UPDATE_SCREENS=1 pytest tests/screen`, and read the difference.
"""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from jax_koans.judge.outcome import Line, Mark, Outcome, State
from jax_koans.screen.heading import Place
from jax_koans.screen.koan import render
from jax_koans.screen.text import WIDTH, Glyphs

SCREENS = Path(__file__).parent / "screens.txt"
FILE = "03_jit/test_01_traces.py"
KOANS = ("test_first", "test_second", "test_third")
PLACE = Place(
    siblings=KOANS,
    passed=frozenset({"test_first"}),
    path=(*KOANS, "test_fourth"),
    command=f"pytest koans/{FILE}",
    shown=f"koans/{FILE}",
    location=Path("/learner/koans") / FILE,
)
DOCSTRING = "jit caches traces by shape and dtype.\n\n`counted(f)` wraps f.\nIts `.count` counts."
LINE = Line(21, "    assert damped.count == 2", here=True, marks=(Mark(27, 1),))
EXCERPT = (Line(19, "    compiled(time)"), Line(20, "    compiled(time + 1)"), LINE, Line(22, ""))
WRONG = Outcome("test_second", FILE, State.WRONG, docstring=DOCSTRING, line=21, excerpt=EXCERPT)
BLANK = replace(
    WRONG,
    state=State.BLANK,
    excerpt=(Line(21, "    assert damped.count == __", here=True, marks=(Mark(27, 2),)),),
)
ANSWER = replace(WRONG, answer="2", value="1", fact="2 is the number of calls.", why="Both calls.")
CODE = replace(
    WRONG,
    reason="heron(x, 3): expected three iterations",
    message="Not equal to tolerance\nx: 1\ny: 2",
)
RAISED = replace(
    WRONG,
    state=State.ERROR,
    error="jax.errors.TracerBoolConversionError",
    message="Attempted boolean conversion of traced array",
    callers=(Line(30, "    fall(2.0)"),),
    why="An `if` needs True or False, and a tracer has no value.",
    advice="Use jnp.where.",
    taught="test_first",
    doc="https://docs.jax.dev/errors",
)
LONG = "\n".join(f"line {number} of a long message" for number in range(40))
OUTCOMES = {
    "untouched": BLANK,
    "several blanks": replace(
        BLANK, excerpt=(*BLANK.excerpt, replace(BLANK.excerpt[0], number=22))
    ),
    "code to write": replace(
        WRONG, state=State.TODO, todo="multiply", todo_line=12, line=13,
        excerpt=(Line(13, "    raise NotImplementedError", here=True),),
    ),
    "wrong answer with a fact about it": ANSWER,
    "wrong answer, only why": replace(ANSWER, fact=""),
    "wrong answer, and a koan's own line was changed": replace(
        ANSWER, fact="", why="", changed="Besides, line 4: This line is the koan's own."
    ),
    "wrong code, values": replace(WRONG, reason="half of four", value="3.0", expected="2.0"),
    "wrong code, numpy's message": CODE,
    "wrong code with a todo": replace(CODE, todo="use a loop", todo_line=12),
    "exception": RAISED,
    "exception, taught later": replace(RAISED, taught="test_third", doc=""),
    "exception with a long message": replace(
        RAISED, message=LONG, why="", advice="", taught="", doc=""
    ),
    "file does not import": replace(
        WRONG, state=State.BROKEN, error="SyntaxError", message="'(' was never closed"
    ),
    "nothing failed": replace(
        WRONG, state=State.REJECTED, reason="It differs. It says:\n\n    assert x\n\nPut it back."
    ),
    "never ends": replace(WRONG, state=State.TIMEOUT, message="It ran for more than 3 s."),
    "ended the process": replace(WRONG, state=State.CRASHED, message="It was killed (SIGKILL)."),
    "missing": Outcome("test_second", FILE, State.MISSING, reason="The test is gone."),
    "very long docstring": replace(RAISED, docstring="\n\n".join([DOCSTRING] * 6)),
}  # fmt: skip


def screens() -> dict[str, str]:
    fancy = Glyphs.fit("utf-8")
    found = {name: str(render(each, PLACE, fancy)) for name, each in OUTCOMES.items()}
    found["plain signs"] = str(render(ANSWER, PLACE, Glyphs.fit("ascii")))
    found["in the watch"] = str(render(ANSWER, replace(PLACE, command=""), fancy))
    found["on a track"] = str(render(BLANK, replace(PLACE, track="core"), fancy))
    return found


def test_each_screen_is_as_it_was_read():
    text = "".join(f"### {name}\n{screen}\n\n" for name, screen in screens().items())
    if os.environ.get("UPDATE_SCREENS"):
        SCREENS.write_text(text, encoding="utf-8")

    assert text == SCREENS.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_screen_fits_a_terminal_of_24_rows_and_80_columns(name):
    lines = screens()[name].split("\n")

    assert len(lines) <= (28 if "long message" in name else 21)
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize("outcome", [replace(RAISED, message=""), CODE])
def test_the_path_of_a_learners_file_is_shown_as_they_know_it(outcome):
    quoted = f"at {PLACE.location}:21"
    key = "reason" if outcome.reason else "message"

    screen = str(render(replace(outcome, **{key: quoted}), PLACE, Glyphs.fit("utf-8")))

    assert f"at koans/{FILE}:21" in screen
    assert "/learner" not in re.sub("file://[^ ]*", "", screen)
    assert WIDTH < 80


def test_a_notebook_shows_a_long_message_whole():
    long = OUTCOMES["exception with a long message"]

    screen = str(render(long, replace(PLACE, cell="this cell"), Glyphs.fit("ascii")))

    assert LONG in screen.replace("\n  ", "\n")
