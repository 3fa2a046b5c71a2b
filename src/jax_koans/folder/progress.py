"""Which koans have passed, which hints were shown and what was given up, in `.koans/progress.json`.

Not in pytest's cache: that one is wiped by `--cache-clear`, and written in place.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from jax_koans.course.path import Workspace
from jax_koans.course.renamed import new_names
from jax_koans.folder import last_verdict
from jax_koans.folder.files import sweep, write_atomically
from jax_koans.folder.membership import tell_class
from jax_koans.folder.state_dir import PATIENCE, make_state_dir
from jax_koans.i18n import _
from jax_koans.source.textfile import read_text

SCHEMA = 1


@dataclass(frozen=True)
class Passed:
    """When a koan passed (ISO 8601, UTC), and the hash of its own source as it was then."""

    source: str
    at: str


@dataclass
class Progress:
    """What is known of koans, each by its name."""

    passed: dict[str, Passed] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)  # how many were shown
    given_up: dict[str, str] = field(default_factory=dict)  # when (ISO 8601, UTC), at first
    more: dict[str, Any] = field(default_factory=dict)  # what a later version has added to the file
    warning: str = ""  # what the learner should hear about the file


def load(workspace: Workspace) -> Progress:
    """Read the progress; a file that cannot be understood is set aside, never overwritten."""
    try:
        return _load(workspace)
    except OSError as error:
        return Progress(warning=_("Progress cannot be read: {error}").format(error=error))


def peek(workspace: Workspace) -> Progress:
    """Read somebody else's progress, and write nothing. Raises OSError or ValueError."""
    return _renamed(_parse(read_text(_file(workspace))), new_names(workspace))


def record(
    workspace: Workspace, sources: Mapping[str, str], verdict: tuple[str, str] | None = None
) -> str:
    """Add koans that have just passed: name -> hash of the koan's own source.

    `verdict` is the koan, and its state, that `last.json` keeps. Returns, as all below, a warning
    for the learner, "" if all went well: a full disk or a read-only folder costs the progress,
    never the run.
    """

    def add(progress: Progress, now: str) -> None:
        for name, source in sources.items():
            if name not in progress.passed or progress.passed[name].source != source:
                progress.passed[name] = Passed(source, now)

    return _change(workspace, add, verdict) if sources or verdict else ""


def note_hint(workspace: Workspace, koan: str, number: int) -> str:
    return _change(workspace, lambda known, _now: known.hints.update({koan: number}))


def note_given_up(workspace: Workspace, koans: Collection[str]) -> str:
    return _change(
        workspace,
        lambda known, now: known.given_up.update(dict.fromkeys(koans, now) | known.given_up),
    )


def forget(workspace: Workspace, koans: Collection[str]) -> str:
    def drop(progress: Progress, _now: str) -> None:
        for known in _by_koan(progress):
            for name in koans:
                known.pop(name, None)

    return _change(workspace, drop)


def _change(
    workspace: Workspace,
    change: Callable[[Progress, str], None],
    verdict: tuple[str, str] | None = None,
) -> str:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        make_state_dir(workspace)
        with FileLock(workspace.state_dir / "lock", timeout=PATIENCE):
            for file in (_file(workspace), last_verdict.file(workspace)):
                sweep(workspace.state_dir, file.name)
            progress = _load(workspace)
            before = _render(progress)
            change(progress, now)
            if _render(progress) != before:
                write_atomically(_file(workspace), _render(progress))
            if verdict:
                said = last_verdict.Last(*verdict, now, len(progress.passed))
                write_atomically(
                    last_verdict.file(workspace), json.dumps(asdict(said), indent=1) + "\n"
                )
        if verdict:
            tell_class(workspace)
        return progress.warning
    except (OSError, Timeout) as error:
        return _("Progress is not saved: {error}").format(error=error)


def _file(workspace: Workspace) -> Path:
    return workspace.state_dir / "progress.json"


def _load(workspace: Workspace) -> Progress:
    """Raises OSError: the file can neither be read nor set aside."""
    file = _file(workspace)
    try:
        return _renamed(_parse(read_text(file)), new_names(workspace))
    except FileNotFoundError:
        return Progress()
    except ValueError:  # UnicodeDecodeError and JSONDecodeError too
        return Progress(warning=_set_aside(file))


def _renamed(progress: Progress, names: Mapping[str, str]) -> Progress:
    """With what is known of koans under the names that they have now."""
    for old, new in names.items():
        for known in _by_koan(progress):
            if old in known:
                known.setdefault(new, known.pop(old))
    return progress


def _by_koan(progress: Progress) -> list[dict[str, Any]]:
    return [progress.passed, progress.hints, progress.given_up]


def _render(progress: Progress) -> str:
    state = {"schema": SCHEMA} | asdict(progress)
    del state["more"], state["warning"]
    return json.dumps(progress.more | state, indent=1) + "\n"


def _parse(text: str) -> Progress:
    """Raises ValueError for anything but a progress file of this schema."""
    try:
        state = json.loads(text)
        if state.pop("schema") != SCHEMA:
            raise ValueError("another schema")
        return Progress(
            passed={
                name: Passed(str(each["source"]), str(each["at"]))
                for name, each in state.pop("passed").items()
            },
            hints={name: max(int(n), 0) for name, n in state.pop("hints", {}).items()},
            given_up={name: str(when) for name, when in state.pop("given_up", {}).items()},
            more=state,
        )
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError("not a progress file") from error


def _set_aside(file: Path) -> str:
    """Raises OSError."""
    for number in range(1, 1000):
        aside = file.with_name(f"progress.unreadable-{number}.json")
        if not aside.exists():
            break
    file.rename(aside)
    text = _("Progress could not be understood; it starts again, the old file is {file}")
    return text.format(file=f".koans/{aside.name}")
