"""The reference: who may see it, and how a learner's koan differs from it."""

import difflib
from dataclasses import dataclass
from pathlib import Path

from jax_koans.actions.hint import waiting_koan
from jax_koans.course.koan_argument import choose
from jax_koans.course.path import Koan, Workspace
from jax_koans.folder import progress
from jax_koans.i18n import _
from jax_koans.screen.text import Text, wrapped
from jax_koans.source import Reason, SourceError, parts, reasons, segments, solve
from jax_koans.source.text import Source
from jax_koans.source.textfile import read_text

_COLORS = {"-": "red", "+": "green"}


@dataclass(frozen=True)
class Revealed:
    """A koan's solution."""

    lines: list[str]  # a unified diff; none where both are the same
    reasons: list[Reason]  # of the koan's blanks
    note: str  # why the reference stands alone
    given_up: bool
    warning: str  # about the progress, mostly ""


def may_see(known: progress.Progress, koan: Koan) -> bool:
    """Whether a koan has passed once, or was given up."""
    return koan.name in known.passed or koan.name in known.given_up


def may_show(
    workspace: Workspace, wanted: str, here: Path, *, give_up: bool
) -> tuple[list[Koan], str]:
    """The koans whose solution is shown to whoever asks for `wanted`, or why none is."""
    current = waiting_koan(workspace, wanted, here)
    if current and give_up:
        return [current], ""
    koans = choose(workspace, wanted, here).koans_in(workspace) if wanted else []
    known = progress.load(workspace)
    seen = [koan for koan in koans or filter(None, [current]) if may_see(known, koan)]
    if seen or current is None:
        return seen, ""
    text = _(
        "{koan} has not passed yet, so its solution is not shown.\n"
        "A hint first:     koans hint {koan}\n"
        "To see it anyway: koans solution --give-up {koan}"
    )
    return [], text.format(koan=current.name)


def reveal(workspace: Workspace, koan: Koan) -> Revealed:
    """The difference, of this koan's part of the file. One that has not passed is given up."""
    known = progress.load(workspace)
    warning, given_up = known.warning, koan.name not in known.passed
    if given_up:
        warning = progress.note_given_up(workspace, [koan.name]) or warning
    solution = workspace.solution(koan.file)
    part = parts(solution)[koan.name]
    reference = list(segments(Source.read(solve(solution)).with_newlines("\n"), part))
    note, file = "", koan.file
    try:
        text = Source.read(read_text(workspace.koans_dir / file)).with_newlines("\n")
        mine = list(segments(text, part))
    except (OSError, UnicodeDecodeError, SourceError):
        note = _("Your file cannot be read as Python now, so this is the reference alone.")
        mine, file = [], ""
    told = reasons(solution)[koan.name]
    return Revealed(_compared(file, mine, reference), told, note, given_up, warning)


def told(koan: Koan, shown: Revealed) -> list[Text]:
    lines = [heading(koan), Text()]
    if shown.note:
        lines += [Text().add(shown.note), Text()]
    for line in shown.lines or [_("Your code is the same as the reference.")]:
        color = _COLORS.get(line[:1])
        lines.append(Text().add(line, **({color: True} if color else {})))
    for reason in shown.reasons:
        lines += [Text(), Text().add(reason.claim, bold=True)]
        said = _("If {value}: {text}")
        cases = [said.format(value=case.value, text=case.text) for case in reason.cases]
        for text in [reason.why, *cases]:
            lines += [Text().add(line) for line in wrapped(f"  {text}")]
    if shown.given_up:
        text = _("It is recorded as given up. To start it again: koans reset {koan}")
        lines += [Text(), Text().add(text.format(koan=koan.name))]
    return [*lines, Text()]


def heading(koan: Koan) -> Text:
    return Text().add(koan.name, bold=True).add(f"  koans/{koan.file}", light=True)


def _compared(file: str, mine: list[str], reference: list[str]) -> list[str]:
    """A unified diff of some definitions; its lines are not counted, for these are no file."""
    if len(mine) != len(reference):  # a definition is missing, or written in two
        mine, reference = (["\n\n\n".join(each)] if each else [""] for each in (mine, reference))
    lines = []
    for old, new in zip(mine, reference, strict=True):
        # Not splitlines: a form feed ends no line.
        found = difflib.unified_diff(old.split("\n") if old else [], new.split("\n"), lineterm="")
        lines += ["" if line.startswith("@@") else line for line in list(found)[2:]]
    head = [f"--- koans/{file}" if file else "--- /dev/null", "+++ " + _("the reference")]
    return [*head, *lines] if lines else []
