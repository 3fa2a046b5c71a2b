"""What the watch tells of an attempt: saving runs a koan again, and a key goes on."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jax_koans.course.path import Koan, Workspace
from jax_koans.folder import progress
from jax_koans.i18n import _
from jax_koans.screen import koan as report
from jax_koans.screen.place import Place
from jax_koans.screen.story import Story
from jax_koans.screen.text import Text


class Narrator(Story):
    """The story of one attempt; `names` are the koans that are watched, in order."""

    def __init__(
        self,
        workspace: Workspace,
        here: Path,
        names: tuple[str, ...],
        *,
        track: tuple[str, ...],
        track_name: str,
        known: progress.Progress,
    ) -> None:
        super().__init__(workspace, here, track=track, track_name=track_name, known=known)
        self.names = names

    @property
    def wanted(self) -> Sequence[str]:
        return self.names

    def place(self, file: str) -> Place:
        return replace(super().place(file), command="")

    def way_to(self, koan: Koan) -> str:
        return _("n: next, {file}").format(file=self.place(koan.file).shown)

    def end(self) -> str:
        if len(self.names) == len(self.track or self.workspace.koans):
            return super().end()
        return _("All that you watch has passed. n goes on along the path.")

    def file_passed(self, file: str) -> list[Text]:
        """The screen of a file whose koans have all passed, now or before."""
        names = self.workspace.names_in(file)
        here = [name for name in names if name in self.names]
        text = _("{file}: all its koans have passed.")
        if not self.all_passed(self.workspace.koans_dir / file).issuperset(names):
            text = _("{file}: what you watch of it has passed.")
        return [
            *report.solved(file, self.place(file), self.glyphs()),
            Text().add(f"{self.glyphs().star} {text.format(file=file)}", green=True),
            Text().add(_("s: compare your code with the reference.")),
            *self.then(self.all_passed(), here[-1:]),
        ]
