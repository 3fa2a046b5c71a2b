"""Where each learner of a class is, read from their folders; nothing is written there."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jax_koans.course.path import LOCK, STATE, Workspace
from jax_koans.folder import help_request, last_verdict, progress
from jax_koans.i18n import _
from jax_koans.judge.outcome import State

_DEEP = 4  # folders below the one that is given, as in a home on a JupyterHub


@dataclass(frozen=True)
class Learner:
    """One learner: how many of the koans have passed, and the one they are at, "" after all.

    `since` is when they came to it, None where nothing has passed or failed yet; `hints` and
    `given_up` are counts; `asks` is since when they ask for help, `total` how many koans count.
    Where `problem` says why, the rest is not known.
    """

    name: str
    passed: int = 0
    koan: str = ""
    since: datetime | None = None
    hints: int = 0
    given_up: int = 0
    problem: str = ""
    asks: datetime | None = None
    total: int = 0


def folders(parents: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """The learners' folders at or below some folders, each with a name: its path from there."""
    for parent in parents:
        for folder in _below(parent, _DEEP):
            inside = folder.relative_to(parent)
            yield inside.as_posix() if inside.parts else folder.resolve().name, folder


def read(name: str, folder: Path, koans: Sequence[str]) -> Learner:
    """Where a learner is among these koans."""
    workspace = Workspace(folder)
    try:
        known = progress.peek(workspace)
    except FileNotFoundError:
        known = progress.Progress()
    except (OSError, ValueError):
        return Learner(name, problem=_("progress cannot be read"), total=len(koans))
    verdict = last_verdict.load(workspace)
    waiting = [koan for koan in koans if koan not in known.passed]
    at = waiting[0] if waiting else ""
    if verdict and verdict.state != State.PASSED and verdict.koan in waiting:
        at = verdict.koan
    asks = help_request.asked(workspace)
    times = [each.at for each in known.passed.values()] or ([verdict.at] if verdict else [])
    return Learner(
        name,
        passed=len(koans) - len(waiting),
        koan=at,
        since=_time(max(times, default="")),
        hints=sum(known.hints.get(koan, 0) for koan in koans),
        given_up=sum(koan in known.given_up for koan in koans),
        asks=_time(asks[1]) if asks[0] == at else None,
        total=len(koans),
    )


def longest_first(learners: Iterable[Learner], now: datetime) -> list[Learner]:
    """Who cannot be read, who asks for help, who has been at one koan for longest, who is done."""
    return sorted(
        learners,
        key=lambda each: (
            not each.problem,
            not each.asks,
            not each.koan,
            -(now - (each.asks or each.since or now)).total_seconds(),
            each.name,
        ),
    )


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        return None


def _below(folder: Path, deep: int) -> Iterator[Path]:
    try:
        entries = {entry.name: entry for entry in os.scandir(folder)}
    except OSError:
        return
    if LOCK in entries or STATE in entries:
        yield folder
    elif deep:
        for name in sorted(entries):
            if not name.startswith(".") and entries[name].is_dir(follow_symlinks=False):
                yield from _below(folder / name, deep - 1)
