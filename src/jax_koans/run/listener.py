"""What a separate process says of a run, taken in event by event: for `koans run` and the watch."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from jax_koans.i18n import _
from jax_koans.judge import verdict
from jax_koans.judge.outcome import Outcome, State
from jax_koans.run.process import Event
from jax_koans.screen.results import Results


@dataclass
class Listener:
    """What is known of a run so far.

    `file` is what is imported or run now, "" between koans; `koan` is what runs, "" while its file
    is imported. `failed` is the first koan that did not pass, which `printed` that. `others` are
    failures of what is no koan, `code` is pytest's exit code at the end.
    """

    results: Results
    file: str = ""
    koan: str = ""
    begun: bool = False
    failed: Outcome | None = None
    printed: str = ""
    others: list[str] = field(default_factory=list)
    code: int | None = None

    def hear(self, event: Event) -> Outcome | None:
        """Take in an event; returns the outcome that it brings, if it does."""
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

    def died(self, how: str, line_in: Callable[[Path], int | None]) -> Outcome | None:
        """The process has ended: that is the outcome of what was running; None between koans."""
        if not self.file:
            return None
        path = self.results.workspace.koans_dir / self.file
        koan = self.koan or next(iter(self.results.workspace.names_in(self.file)), path.stem)
        if not self.koan:
            how = _("It happened while the file was imported.") + "\n" + how
        learner = self.results.learner(path)
        return self._judged(verdict.crashed(learner, self.file, koan, how, line_in(path)), "")

    def _judged(self, outcome: Outcome, printed: str) -> Outcome:
        self.file = self.koan = ""
        self.results.hear(outcome)
        if self.failed is None and outcome.state is not State.PASSED:
            self.failed, self.printed = outcome, printed
        return outcome
