"""What the keys of `koans watch` do: the same functions as the commands of these names."""

from collections.abc import Callable

from jax_koans import hinting, listing, progress, reset, reveal, standing
from jax_koans.i18n import _
from jax_koans.path import Koan, PathError
from jax_koans.report import Text
from jax_koans.source import SourceError
from jax_koans.watch import Watch


class Asking:
    """What lies over the report: a hint, a solution, the list; or a question that `y` answers."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.lines: list[Text] = []
        self.question = ""
        self._yes: Callable[[], None] | None = None

    def back(self) -> None:
        """Show the report again; what was asked is not done."""
        self.lines, self.question, self._yes = [], "", None

    def yes(self) -> None:
        action = self._yes
        self.back()
        if action is not None:
            self._guarded(action)

    def run_again(self) -> None:
        self.back()
        self.watch.again()

    def next(self) -> None:
        self.back()
        if self.watch.passed:
            self.watch.go_to(self.watch.waiting(after=self.watch.koan))
        else:
            self.watch.say(_("n goes on once all koans here have passed."))

    def hint(self) -> None:
        self._guarded(self._hint)

    def solution(self) -> None:
        if reveal.may_see(progress.load(self.watch.workspace), self._koan):
            self._guarded(self._solution)
            return
        self.back()
        self.question = _("It has not passed yet. Give it up and see the solution? y")
        self._yes = self._solution

    def overview(self) -> None:
        self._guarded(self._overview)

    def reset(self) -> None:
        self.back()
        self.question = _("Begin {koan} anew, after a backup? y").format(koan=self.watch.koan)
        self._yes = self._reset

    def _overview(self) -> None:
        workspace, names = self.watch.workspace, self.watch.scope.names
        everything = [
            each
            for each in standing.standings(workspace, progress.load(workspace))
            if each.koan.name in names
        ]
        signs = listing.Signs.fit("utf-8")
        title = self.watch.scope.track or _("The path")
        self.back()
        self.lines = listing.overview(everything, standing.current(everything), signs, title)

    def _reset(self) -> None:
        done = reset.reset_koan(self.watch.workspace, self._koan)
        self.watch.again()
        said = [done.warning] if done.warning else []
        if done.backup is not None:
            said.append(
                _("backup: {folder}; koans restore brings it back").format(
                    folder=done.backup.relative_to(self.watch.workspace.root)
                )
            )
        self.watch.note(" ".join(said) or _("It is as untouched as can be."))

    def _hint(self) -> None:
        lines, warning = hinting.next_hint(self.watch.workspace, self._koan)
        self._over([*lines, *([warning] if warning else []), ""], above=True)

    def _solution(self) -> None:
        found = reveal.reveal(self.watch.workspace, self._koan)
        same = [] if found.lines else [_("Your koan is what the reference is.")]
        notes = [note for note in (found.note, found.warning) if note]
        self._over([*notes, *found.lines, *same])

    @property
    def _koan(self) -> Koan:
        name = self.watch.koan
        return next(koan for koan in self.watch.workspace.koans if koan.name == name)

    def _over(self, lines: list[str], *, above: bool = False) -> None:
        self.back()
        self.lines = [Text().add(line) for line in lines]
        if above:
            self.lines += self.watch.view.lines

    def _guarded(self, action: Callable[[], None]) -> None:
        """What cannot be done is said, and the watch goes on."""
        try:
            action()
        except (OSError, SourceError, PathError) as error:
            self.watch.say(str(error))
