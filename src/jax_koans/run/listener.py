"""What a separate process says of a run, taken in event by event."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from jax_koans.course.path import Workspace
from jax_koans.i18n import _
from jax_koans.judge import verdict
from jax_koans.judge.koan_status import read_or_none
from jax_koans.judge.outcome import Outcome
from jax_koans.run.separate_process import Event


@dataclass(frozen=True)
class Judged:
    """What a koan came to, and what it printed."""

    outcome: Outcome
    printed: str = ""


@dataclass
class Listener:
    """What is known of a run so far."""

    workspace: Workspace
    file: str = ""  # what is imported or run now, "" between koans
    koan: str = ""  # what runs now, "" while its file is imported
    begun: bool = False
    judged: list[Judged] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # the failures of what is no koan
    code: int | None = None  # pytest's exit code, at the end

    def hear(self, event: Event) -> Judged | None:
        """Take in an event; returns what a koan came to, if the event brings that."""
        match event["event"]:
            case "file":
                self.file, self.koan, self.begun = event["file"], "", True
            case "koan":
                self.file, self.koan = event["file"], event["koan"]
            case "outcome":
                return self._judged(Outcome.from_dict(event["outcome"]), event["printed"])
            case "other":
                self.others += event["text"].split("\n")
            case "end":
                self.code = event["code"]
        return None

    def died(self, how: str, line_in: Callable[[Path], int | None]) -> Judged | None:
        """The process has ended: that is the outcome of what was running; None between koans."""
        if not self.file:
            return None
        path = self.workspace.koans_dir / self.file
        koan = self.koan or next(iter(self.workspace.names_in(self.file)), path.stem)
        if not self.koan:
            how = _("It happened while the file was imported.") + "\n" + how
        learner = read_or_none(path)
        return self._judged(verdict.crashed(learner, self.file, koan, how, line_in(path)), "")

    def _judged(self, outcome: Outcome, printed: str) -> Judged:
        self.file = self.koan = ""
        self.judged.append(Judged(outcome, printed))
        return self.judged[-1]
