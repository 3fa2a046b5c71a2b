"""What became of a cell's koan, as the notebook shows it: lines count in cells, not in the file."""

import re
from dataclasses import replace

from jax_koans.course.path import Koan
from jax_koans.i18n import _
from jax_koans.judge.outcome import Line, Outcome, State
from jax_koans.screen.heading import Place
from jax_koans.screen.results import Results
from jax_koans.screen.text import Text
from jax_koans.source.slices import Slices

_ABOVE = 1  # lines of a cell above its slice: %%koan NAME


class CellResults(Results):
    """Results whose next step is a cell; `slices` are those of the file as it was judged."""

    slices: Slices
    line: int | None = None  # of the file, where the failure is

    def lines(self, outcome: Outcome) -> list[Text]:
        """What the notebook shows of the cell's koan."""
        self.hear(outcome)
        if outcome.state is not State.PASSED:
            self.line = outcome.line or outcome.todo_line
            return self.screen(self._counted(outcome)).lines
        text = _("{koan} has passed.").format(koan=outcome.koan)
        head = Text().add(f"{self.glyphs().star} {text}", green=True)
        return [head, *self.then(self.all_passed(), [outcome.koan])]

    def place(self, file: str) -> Place:
        return replace(super().place(file), cell=self._cell(self.line or 0))

    def way_to(self, koan: Koan, place: Place) -> str:
        file = next(iter(self.outcomes.values())).file
        text = _("Next: the cell of {koan}")
        if koan.chapter != file.partition("/")[0]:
            text = _("Next: {koan}. Its notebook: %koan notebook {chapter}")
            if self.track:
                text = _("Next: {koan}, in the notebook of {chapter}")
        elif koan.file != file:
            text += ", {file}"
        return text.format(koan=koan.name, file=koan.file, chapter=koan.chapter)

    def _at(self, line: int) -> str:
        number = self.slices.place(line)[1] + _ABOVE
        return _("line {line} of {cell}").format(line=number, cell=self._cell(line))

    def _cell(self, line: int) -> str:
        koan = self.slices.place(line)[0]
        if koan in self.outcomes:
            return _("this cell")
        return _("the cell of {koan}").format(koan=koan) if koan else _("the file")

    def _counted(self, outcome: Outcome) -> Outcome:
        """An outcome whose lines are counted in their cells."""

        def number(line: int) -> int:
            koan, inside = self.slices.place(line)
            return inside + _ABOVE if koan else line

        def counted(line: Line) -> Line:
            return replace(line, number=number(line.number))

        path = re.escape(str(self.workspace.koans_dir / outcome.file))

        def told(text: str) -> str:
            """JAX names the file and a line of it, also in a message that an assertion quotes."""
            found = rf"(line )?{path}:(\d+)(:\d+)?"
            return re.sub(found, lambda match: self._at(int(match[2])), text)

        return replace(
            outcome,
            line=outcome.line and number(outcome.line),
            todo_line=outcome.todo_line and number(outcome.todo_line),
            excerpt=tuple(map(counted, outcome.excerpt)),
            callers=tuple(map(counted, outcome.callers)),
            message=told(outcome.message),
            reason=told(outcome.reason),
        )
