"""What the keys of `koans watch` do: the same functions as the commands of these names."""

from collections.abc import Callable, Iterable

from jax_koans.actions import ask as asking_for_help
from jax_koans.actions import hint as hinting
from jax_koans.actions import list as listing
from jax_koans.actions import reset
from jax_koans.actions import solution as reveal
from jax_koans.course.path import Koan
from jax_koans.folder import progress
from jax_koans.i18n import _
from jax_koans.judge import koan_status
from jax_koans.screen.text import Text, plain
from jax_koans.watch.state import Watch


class Asking:
    """What was asked for, besides the report.

    `lines` lie over it: a solution, the list. `hint` stands above it, for as long as its koan is
    the one that waits. `question` is answered by `y`; `answer` is a line that the next key ends.
    """

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.lines: list[Text] = []
        self.hint: list[Text] = []
        self.question = ""
        self.answer = ""
        self._hinted = ""  # the koan
        self._yes: Callable[[], None] | None = None

    def back(self) -> None:
        """Show the report alone again; what was asked is not done."""
        self.lines, self.hint, self.question, self.answer, self._yes = [], [], "", "", None

    def judged(self) -> None:
        """There is a new verdict: only the hint of a koan that still waits stays."""
        hint = self.hint if self.watch.koan == self._hinted and not self.watch.passed else []
        self.back()
        self.hint = hint

    def yes(self) -> None:
        action = self._yes
        self.back()
        if action is not None:
            action()

    def run_again(self) -> None:
        self.back()
        self.watch.again()

    def next(self) -> None:
        if not self.watch.passed:
            self.tell(_("n goes on once all koans here have passed."))
        elif (koan := self.watch.waiting(after=self.watch.koan)) or (koan := self.watch.widened()):
            self.back()
            self.watch.go_to(koan)
        else:
            self.tell(_("Every koan of the path has passed."))

    def next_hint(self) -> None:
        if self.watch.passed:
            self.tell(_("No koan waits here."))
            return
        lines, warning = hinting.next_hint(self.watch.workspace, self._koan)
        self.back()
        self._hinted = self.watch.koan
        self.hint = plain([*lines, ""])
        self.answer = warning

    def help(self) -> None:
        """Ask the teacher for help with the koan that waits; again, no more."""
        if self.watch.passed:
            self.tell(_("No koan waits here."))
        else:
            hint = self.hint
            self.tell(asking_for_help.ask(self.watch.workspace, self.watch.koan))
            self.hint = hint

    def solution(self) -> None:
        """Of a file that has passed every koan's, else that of the koan that waits."""
        if self.watch.passed:
            names = self.watch.scope.names_in(self.watch.file, self.watch.workspace)
            self._solutions([each for each in self.watch.workspace.koans if each.name in names])
        elif reveal.may_see(progress.load(self.watch.workspace), self._koan):
            self._solutions([self._koan])
        else:
            self.back()
            text = _("{koan} has not passed yet. Give it up and see its solution? y")
            self.question = text.format(koan=self.watch.koan)
            self._yes = lambda: self._solutions([self._koan])

    def reset(self) -> None:
        self.back()
        self.question = _("Reset {koan}, after a backup? y").format(koan=self.watch.koan)
        self._yes = self._reset

    def overview(self) -> None:
        workspace, scope = self.watch.workspace, self.watch.scope
        everything = [
            each
            for each in koan_status.statuses(workspace, progress.load(workspace))
            if each.koan.name in scope.wanted
        ]
        self.back()
        self.lines = listing.overview(everything, scope.track_name or _("The path"))

    def _reset(self) -> None:
        done = reset.reset_koan(self.watch.workspace, self._koan)
        said = _("It is as untouched as can be.")
        if done.backup is not None:
            said = _("backup: {folder}; koans restore brings it back").format(
                folder=done.backup.relative_to(self.watch.workspace.root)
            )
        self.watch.note(f"{done.warning} {said}".strip())
        self.watch.again()

    def _solutions(self, koans: Iterable[Koan]) -> None:
        shown = [(koan, reveal.reveal(self.watch.workspace, koan)) for koan in koans]
        self.back()
        self.lines = [line for each in shown for line in reveal.told(*each)]
        self.answer = next((each.warning for _koan, each in shown if each.warning), "")

    @property
    def _koan(self) -> Koan:
        name = self.watch.koan
        return next(koan for koan in self.watch.workspace.koans if koan.name == name)

    def tell(self, text: str) -> None:
        """Show a line until the next key."""
        self.back()
        self.answer = text
