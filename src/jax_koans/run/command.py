"""`koans run`: the koans in a process of their own, whose end is reported whatever it is."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from jax_koans.course import choose
from jax_koans.course.path import Workspace
from jax_koans.i18n import _
from jax_koans.judge import verdict as judge
from jax_koans.judge.outcome import Outcome, State
from jax_koans.run import spare
from jax_koans.run.process import Died, Event, Supervised
from jax_koans.screen import terminal
from jax_koans.screen.place import Place
from jax_koans.screen.story import Story
from jax_koans.screen.text import Text

_INTERRUPTED = 2  # pytest's exit codes
_FAILED = 1
_STARTUP = 60.0  # seconds that Python and JAX may take to be there


class Retold(Story):
    """A story whose koans are run again in the same way."""

    def place(self, file: str) -> Place:
        place = super().place(file)
        return replace(place, command=place.command.replace("pytest", "koans run", 1))


@dataclass
class Told:
    """What the process has told so far."""

    story: Story
    printed: str = ""
    failed: Outcome | None = None  # the first one
    file: str = ""  # what is being imported, or run
    koan: str = ""  # what is running: "" between koans
    others: list[str] = field(default_factory=list)  # what failed and is no koan
    code: int | None = None
    end: str = ""  # how the process ended, where no koan can be named

    def hear(self, event: Event) -> None:
        match event["event"]:
            case "file":
                self.file, self.koan = event["file"], ""
            case "koan":
                self.file, self.koan = event["file"], event["koan"]
            case "outcome":
                self._judged(Outcome.from_dict(event["outcome"]), event["printed"])
            case "other":
                self.others.append(event["text"])
            case "end":
                self.code = event["code"]

    def _judged(self, outcome: Outcome, printed: str) -> None:
        self.koan = self.file = ""
        self.story.hear(outcome)
        if outcome.state is not State.PASSED and self.failed is None:
            self.failed, self.printed = outcome, printed

    def died(self, how: str, line_in: Callable[[Path], int | None]) -> None:
        """The process ended: that is the failure of what was running, unless it was told."""
        self.code = _FAILED
        if not self.file:  # between koans, or before there were any
            self.end = how
            return
        path = self.story.workspace.koans_dir / self.file
        learner = self.story.learner(path)
        koan = self.koan or next(iter(self.story.workspace.names_in(self.file)), path.stem)
        if not self.koan:
            how = _("It happened while the file was imported.") + "\n" + how
        self._judged(judge.crashed(learner, self.file, koan, how, line_in(path)), "")


def run(
    workspace: Workspace, here: Path, wanted: str, *, limit: float, switch: Sequence[str]
) -> int:
    """Run what is wanted of the path, tell the learner, and answer with pytest's exit code.

    `limit` is in seconds, for each koan.

    Raises:
        PathError: nothing on the path is called so.
    """
    targets, names = _targets(workspace, here, wanted)
    told = Told(Retold(workspace, here))
    arguments = [*spare.ARGUMENTS, f"--timeout={limit:g}", *switch, *targets]
    with Supervised(limit=_STARTUP, environment=spare.ENVIRONMENT) as process:
        try:
            for event in process.run(workspace.root, arguments):
                told.hear(event)
                if told.file:
                    process.limit = limit
        except Died as died:
            told.died(str(died), process.line_in)
        except KeyboardInterrupt:
            told.code = _INTERRUPTED
        said = process.said()
    told.story.save()
    _show(told, len(names), said)
    return _FAILED if told.code is None else told.code


def _targets(workspace: Workspace, here: Path, wanted: str) -> tuple[list[str], Sequence[str]]:
    """What to hand to pytest, and the names of the koans that are meant."""
    koans = workspace.koans_dir
    if not wanted:
        return [str(koans)], [koan.name for koan in workspace.koans]
    choice = choose.choose(workspace, wanted, here)
    if choice.is_koan:
        file = next(koan.file for koan in workspace.koans if koan.name == choice.name)
        return [f"{koans / file}::{choice.name}"], choice.koans
    return [str(koans / choice.name)], choice.koans


def _show(told: Told, wanted: int, said: str) -> None:
    story = told.story
    if told.failed is not None:
        terminal.show(story.screen(told.failed).lines)
        if told.printed.strip():
            terminal.show(["", Text().add(_("It printed:"), bold=True)])
            terminal.show("  " + line for line in told.printed.rstrip().split("\n"))
    elif told.others:
        terminal.show(told.others)
    elif told.end:
        text = _("No koan was running. Is there a conftest.py of yours, or a plugin of pytest's?")
        terminal.show([told.end, text])
    elif story.passed:
        terminal.show(story.gained())
    elif told.code == _INTERRUPTED:
        terminal.show([_("Interrupted.")])
    elif said.strip():
        print(said.strip(), file=sys.stderr)
    if story.warning:
        print(story.warning, file=sys.stderr)
    if story.outcomes:
        terminal.show(["", Text().add(_count(story, wanted), light=True)])


def _count(story: Story, wanted: int) -> str:
    passed = sum(each.state is State.PASSED for each in story.outcomes.values())
    told = len(story.outcomes)
    return _("{passed} passed, {failed} failed, {left} not run").format(
        passed=passed, failed=told - passed, left=max(wanted - told, 0)
    )
