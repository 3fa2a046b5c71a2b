"""Hints, one at a time."""

from collections.abc import Collection
from pathlib import Path

from jax_koans.course.koan_argument import choose
from jax_koans.course.path import Koan, Workspace
from jax_koans.course.track import chosen
from jax_koans.folder import last_verdict, progress
from jax_koans.i18n import _
from jax_koans.judge import koan_status
from jax_koans.judge.outcome import State
from jax_koans.screen.text import wrapped
from jax_koans.source import hints


def waiting(workspace: Workspace, among: Collection[str] = ()) -> Koan | None:
    """The koan that a learner is at: the one that failed last, if it waits, else the first.

    `among` names the koans that count, by default those of the folder's track, or all; None where
    all of them have passed.
    """
    _name, on_track = chosen(workspace, workspace.root)
    everything = koan_status.statuses(workspace, progress.load(workspace))
    verdict = last_verdict.load(workspace) if not among else None
    failed = [verdict.koan] if verdict and verdict.state != State.PASSED else []
    found = koan_status.current(everything, failed) or koan_status.current(
        everything, among or on_track or None
    )
    return found.koan if found else None


def waiting_koan(workspace: Workspace, wanted: str, here: Path) -> Koan | None:
    """The koan that is meant: the one named, or the one that waits, there or on the path."""
    choice = choose(workspace, wanted, here) if wanted else None
    if choice and choice.is_koan:
        return choice.koans_in(workspace)[0]
    return waiting(workspace, choice.koans if choice else ())


def next_hint(workspace: Workspace, koan: Koan) -> tuple[list[str], str]:
    """A koan's next hint as lines, after the last all of them; and a warning, mostly ""."""
    known = progress.load(workspace)
    texts = hints(workspace.solution(koan.file))[koan.name]
    shown = min(known.hints.get(koan.name, 0), len(texts))
    if shown == len(texts):
        lines = [_("There are no more hints. All of them again:")] if texts else [_("No hints.")]
        for number, text in enumerate(texts, 1):
            first, *rest = wrapped(f"     {text}")
            lines += [f"  {number}. {first.lstrip()}", *rest]
        after = _("If you are done with trying: koans solution --give-up {koan}")
        return [*lines, "", after.format(koan=koan.name)], known.warning
    warning = progress.note_hint(workspace, koan.name, shown + 1)
    title = _("Hint {number} of {count}:").format(number=shown + 1, count=len(texts))
    return [title, *wrapped(f"  {texts[shown]}")], warning or known.warning
