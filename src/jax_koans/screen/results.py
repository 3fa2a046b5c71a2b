"""What the learner is told of a run: each koan's screen, what has passed, and what comes next."""

import itertools
import os
import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from jax_koans.course.path import Koan, Workspace
from jax_koans.folder import progress
from jax_koans.i18n import _, plural
from jax_koans.judge.koan_status import is_as_passed, read_or_none
from jax_koans.judge.learner_file import LearnerFile
from jax_koans.judge.outcome import Outcome, State
from jax_koans.screen.heading import Place, head
from jax_koans.screen.heading import progress as progress_bar
from jax_koans.screen.koan import render
from jax_koans.screen.text import Glyphs, Screen, Text


class Results:
    """The outcomes of one run on a workspace, as told to somebody in the folder `here`.

    `names` are the koans to go through, in order: by default those of the track, or all. `command`
    runs a file again, with `options`; it is "" in the watch, where saving does.
    """

    def __init__(
        self,
        workspace: Workspace,
        here: Path,
        *,
        track: tuple[str, ...] = (),
        track_name: str = "",
        names: Sequence[str] = (),
        command: str = "pytest",
        options: str = "",
        known: progress.Progress | None = None,
    ) -> None:
        self.workspace = workspace
        self.here = here
        self.track = track
        self.track_name = track_name
        self.names = names
        self.command = command
        self.options = options
        self.outcomes: dict[str, Outcome] = {}  # of this run, by the koan's name: see `hear`
        self.files: dict[Path, LearnerFile | None] = {}
        self.warning = ""
        self._known = known

    def learner(self, path: Path) -> LearnerFile | None:
        """A learner's file, read once a session; None where it cannot be read any more."""
        if path not in self.files:
            self.files[path] = read_or_none(path)
        return self.files[path]

    def hear(self, outcome: Outcome) -> None:
        """Take in what a koan came to; one in a copy of its file says nothing of the koan."""
        name = outcome.koan
        if name not in self.workspace.names_in(outcome.file):
            name = f"{outcome.file}::{name}"
        self.outcomes[name] = outcome

    @property
    def passed(self) -> dict[str, str]:
        """The path's koans that passed in this session, with the hash of their own source."""
        return {
            name: outcome.source
            for name, outcome in self.outcomes.items()
            if outcome.state is State.PASSED and outcome.source and "::" not in name
        }

    @property
    def failed(self) -> set[str]:
        return {
            name for name, outcome in self.outcomes.items() if outcome.state is not State.PASSED
        }

    @property
    def wanted(self) -> Sequence[str]:
        return self.names or self.track or [koan.name for koan in self.workspace.koans]

    # Showing.

    def screen(self, outcome: Outcome) -> Screen:
        told = [each for each in self.outcomes.values() if each.file == outcome.file]
        if any(
            each.state == outcome.state == State.BROKEN and each.koan != outcome.koan
            for each in told
        ):
            text = _("{file} does not import: see its first koan.").format(file=outcome.file)
            return Screen([Text().add(text)], text)
        return render(outcome, self.place(outcome.file), self.glyphs())

    def place(self, file: str) -> Place:
        location, names = self.workspace.koans_dir / file, self.workspace.names_in(file)
        shown = os.path.relpath(location, self.here)
        if shown.startswith(".." + os.sep + ".."):
            shown = str(location)
        target = f'"{shown}"' if " " in shown else shown
        return Place(
            siblings=[name for name in names if not self.track or name in self.track],
            passed=frozenset(self.all_passed(location)),
            path=self.track or [koan.name for koan in self.workspace.koans],
            command=f"{self.command} {target} {self.options}".rstrip() if self.command else "",
            shown=shown,
            location=location,
            track=self.track_name,
        )

    def all_passed(self, location: Path | None = None) -> set[str]:
        """All koans that have passed, now or before; in the file at hand only if unchanged."""
        if self._known is None:
            self._known = progress.load(self.workspace)
            self.warning = self._known.warning
        known = self._known.passed
        changed: set[str] = set()
        if location is not None:
            file = self.learner(location)  # of a file that does not import nothing counts
            names = self.workspace.names_in(self.workspace.relative(location) or "")
            changed = {
                name for name in names if not is_as_passed(self.workspace, self._known, file, name)
            }
        return (known.keys() - changed - self.failed) | self.passed.keys()

    def glyphs(self) -> Glyphs:
        # Not sys.stdout, which pytest replaces while it captures.
        return Glyphs.fit(getattr(sys.__stdout__, "encoding", None))

    def save(self) -> None:
        """Write what has passed, and the verdict that was shown, to the learner's progress."""
        told = [each for each in self.wanted if each in self.outcomes]
        shown = [each for each in told if each in self.failed][:1] or told[-1:]
        verdict = (shown[0], self.outcomes[shown[0]].state.value) if shown else None
        self.warning = progress.record(self.workspace, self.passed, verdict) or self.warning

    def gained(self) -> list[Text]:
        """What to say when all that was asked for has passed: how far, and what comes next."""
        everything, names_in = self.all_passed(), self.workspace.names_in
        told = dict.fromkeys(outcome.file for outcome in self.outcomes.values())
        files = [file for file in sorted(told) if names_in(file)]
        complete = [file for file in files if self.passed.keys() >= set(names_in(file))]
        lines: list[Text] = []
        for chapter, inside in itertools.groupby(complete, lambda file: file.partition("/")[0]):
            names = [koan.name for koan in self.workspace.koans if koan.chapter == chapter]
            texts = [_("{file}: all its koans have passed.").format(file=file) for file in inside]
            if everything.issuperset(names):
                text = plural(
                    "{chapter}: its koan has passed.",
                    "{chapter}: all its {count} koans have passed.",
                    len(names),
                )
                texts = [text.format(chapter=chapter, count=len(names))]
            lines += [Text().add(f"{self.glyphs().star} {text}", green=True) for text in texts]
        return [*lines, *self.then(everything, self.passed)]

    def file_passed(self, file: str) -> list[Text]:
        """The screen of a file whose koans have all passed, now or before, in the watch."""
        names = self.workspace.names_in(file)
        text = _("{file}: all its koans have passed.")
        if not self.all_passed(self.workspace.koans_dir / file).issuperset(names):
            text = _("{file}: what you watch of it has passed.")
        return [
            *head(file, "", self.place(file), self.glyphs()),
            Text(),
            Text().add(f"{self.glyphs().star} {text.format(file=file)}", green=True),
            Text().add(_("s: compare your code with the reference.")),
            *self.then(self.all_passed(), [name for name in names if name in self.wanted][-1:]),
        ]

    def way_to(self, koan: Koan, place: Place) -> str:
        if place.command:
            return _("Next:") + f"  {place.command}"
        return _("n: next, {file}").format(file=place.shown)

    def _end(self) -> str:
        if len(self.wanted) < len(self.track or self.workspace.koans):
            return _("All that you watch has passed. n goes on along the path.")
        if self.track:
            return _("Every koan of the track {name} has passed.").format(name=self.track_name)
        return _("Every koan of the path has passed.")

    def _given_up(self, wanted: Iterable[str]) -> list[Text]:
        given_up = self._known.given_up if self._known else {}
        names = [name for name in wanted if name in given_up]
        if not names:
            return []
        text = plural(
            "You gave up {count} koan. To start it again:",
            "You gave up {count} koans. To start one again:",
            len(names),
        ).format(count=len(names))
        return [Text().add(text), *(Text().add(f"  koans reset {n}") for n in names)]

    def then(self, passed: set[str], just: Collection[str]) -> list[Text]:
        """What comes after the koans that have `just` passed, and how far the path is gone."""
        wanted = self.wanted
        places = {name: place for place, name in enumerate(wanted)}
        behind = max((places.get(name, -1) for name in just), default=-1)
        # What comes next is further on; only at the path's end is it what was passed over.
        ahead = [name for name in wanted[behind + 1 :] if name not in passed]
        skipped = [name for name in wanted[: behind + 1] if name not in passed]
        if not ahead and not skipped:
            end = Text().add(f"{self.glyphs().star} {self._end()}", green=True, bold=True)
            whole = [_("The whole path: pytest koans")] if self.track and self.command else []
            return [end, *self._given_up(wanted), *(Text().add(text) for text in whole)]
        waiting = (ahead or skipped)[0]
        koans = self.workspace.koans
        koan = next(koan for koan in koans if koan.name == waiting)
        place = self.place(koan.file)
        lines = [Text().add(self.way_to(koan, place), bold=True)]
        is_new = koan.chapter not in {each.chapter for each in koans if each.name in passed}
        if is_new and (place.location.parent / "README.md").is_file():
            text = _("A new chapter: its lesson is {readme}")
            readme = Path(place.shown).parent / "README.md"
            lines.insert(0, Text().add(text.format(readme=readme)))
        done = next((each.chapter for each in koans if each.name in just), "")
        at_end = all(each.name in passed for each in koans if each.chapter == done)
        if ahead and skipped and at_end:  # once, at a chapter's end
            text = plural(
                "{count} koan before that has not passed yet: koans list",
                "{count} koans before that have not passed yet: koans list",
                len(skipped),
            )
            lines.append(Text().add(text.format(count=len(skipped)), light=True))
        return [*lines, progress_bar(place, self.glyphs())]
