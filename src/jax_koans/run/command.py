"""`koans run`: the koans in a process of their own, whose end is reported whatever it is."""

import sys
from collections.abc import Sequence
from pathlib import Path

from jax_koans.course import koan_argument
from jax_koans.course.path import Workspace
from jax_koans.i18n import _
from jax_koans.judge.outcome import State
from jax_koans.run import prestarted_process
from jax_koans.run.listener import Listener
from jax_koans.run.separate_process import Died, Supervised
from jax_koans.screen import terminal
from jax_koans.screen.koan import printed_lines
from jax_koans.screen.results import Results
from jax_koans.screen.text import Text

_INTERRUPTED = 2  # pytest's exit codes
_FAILED = 1
_STARTUP = 60.0  # seconds that Python and JAX may take to be there


def run(
    workspace: Workspace, here: Path, wanted: str, *, limit: float, switch: Sequence[str]
) -> int:
    """Run what is wanted of the path, tell the learner, and return pytest's exit code.

    `limit` is in seconds, for each koan.
    """
    target, count = _target(workspace, here, wanted)
    results = Results(workspace, here, command="koans run")
    heard, how = Listener(workspace), ""
    arguments = [*prestarted_process.ARGUMENTS, f"--timeout={limit:g}", *switch, target]
    with Supervised(limit=_STARTUP, environment=prestarted_process.ENVIRONMENT) as process:
        try:
            for event in process.run(workspace.root, arguments):
                heard.hear(event)
                if heard.file:
                    process.limit = limit
        except Died as died:
            how, heard.code = str(died), _FAILED
            heard.died(how, process.line_in)
        except KeyboardInterrupt:
            heard.code = _INTERRUPTED
        said = process.said()
    for each in heard.judged:
        results.hear(each.outcome)
    results.save()
    _show(results, heard, how, said)
    if told := len(results.outcomes):
        failed = len(results.failed)
        text = _("{passed} passed, {failed} failed, {left} not run").format(
            passed=told - failed, failed=failed, left=max(count - told, 0)
        )
        terminal.show(["", Text().add(text, light=True)])
    return _FAILED if heard.code is None else heard.code


def _target(workspace: Workspace, here: Path, wanted: str) -> tuple[str, int]:
    """What to hand to pytest, and how many koans that is."""
    if not wanted:
        return str(workspace.koans_dir), len(workspace.koans)
    choice = koan_argument.choose(workspace, wanted, here)
    if not choice.is_koan:
        return str(workspace.koans_dir / choice.name), len(choice.koans)
    file = next(koan.file for koan in workspace.koans if koan.name == choice.name)
    return f"{workspace.koans_dir / file}::{choice.name}", 1


def _show(results: Results, heard: Listener, how: str, said: str) -> None:
    failed = [each for each in heard.judged if each.outcome.state is not State.PASSED][:1]
    if failed:
        screen = results.screen(failed[0].outcome)
        terminal.show([*screen.lines, *printed_lines(failed[0].printed)])
    elif heard.others:
        terminal.show(heard.others)
    elif how:
        text = _("No koan was running. Is there a conftest.py of yours, or a plugin of pytest's?")
        terminal.show([how, text])
    elif results.passed:
        terminal.show(results.gained())
    elif heard.code == _INTERRUPTED:
        terminal.show([_("Interrupted.")])
    elif said.strip():
        print(said.strip(), file=sys.stderr)
    if results.warning:
        print(results.warning, file=sys.stderr)
