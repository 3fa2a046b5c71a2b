"""Which koans have passed, kept in `.koans/progress.json`.

Not in pytest's cache: that one is wiped by `--cache-clear`, and written in place.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from jax_koans.files import read_text, write_atomically
from jax_koans.i18n import _
from jax_koans.path import Workspace

SCHEMA = 1
_PATIENCE = 5  # seconds to wait for another run that is writing


@dataclass(frozen=True)
class Passed:
    """When a koan passed (ISO 8601, UTC), and the hash of its own source as it was then."""

    source: str
    at: str


@dataclass
class Progress:
    """What has passed, by koan name; `warning` is what the learner should hear about the file."""

    passed: dict[str, Passed] = field(default_factory=dict)
    warning: str = ""


def load(workspace: Workspace) -> Progress:
    """Read the progress; a file that cannot be understood is set aside, never overwritten."""
    file = _file(workspace)
    try:
        return Progress(_parse(read_text(file)))
    except FileNotFoundError:
        return Progress()
    except OSError as error:
        return Progress(warning=_("Progress cannot be read: {error}").format(error=error))
    except ValueError:  # UnicodeDecodeError and JSONDecodeError too
        return Progress(warning=_set_aside(file))


def record(workspace: Workspace, sources: Mapping[str, str]) -> str:
    """Add koans that have just passed: name -> hash of the koan's own source.

    Answers with a warning for the learner, "" if all went well: a full disk or a read-only folder
    costs the progress, never the run.
    """
    if not sources:
        return ""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        make_state_dir(workspace)
        with FileLock(workspace.state_dir / "lock", timeout=_PATIENCE):
            progress = load(workspace)
            for name, source in sources.items():
                if name not in progress.passed or progress.passed[name].source != source:
                    progress.passed[name] = Passed(source, now)
            write_atomically(_file(workspace), _render(progress.passed))
        return progress.warning
    except (OSError, Timeout) as error:
        return _("Progress is not saved: {error}").format(error=error)


def _file(workspace: Workspace) -> Path:
    return workspace.state_dir / "progress.json"


def make_state_dir(workspace: Workspace) -> None:
    """Make `.koans/`, which git never sees. Raises OSError where it cannot be made."""
    workspace.state_dir.mkdir(exist_ok=True)
    ignore = workspace.state_dir / ".gitignore"
    if not ignore.exists():
        write_atomically(ignore, "*\n")


def _render(passed: Mapping[str, Passed]) -> str:
    koans = {name: {"source": each.source, "at": each.at} for name, each in passed.items()}
    return json.dumps({"schema": SCHEMA, "passed": koans}, indent=1, ensure_ascii=False) + "\n"


def _parse(text: str) -> dict[str, Passed]:
    """Raises ValueError for anything but a progress file of this schema."""
    try:
        state = json.loads(text)
        if state["schema"] != SCHEMA:
            raise ValueError("another schema")
        return {
            name: Passed(str(each["source"]), str(each["at"]))
            for name, each in state["passed"].items()
        }
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a progress file") from error


def _set_aside(file: Path) -> str:
    for number in range(1, 1000):
        aside = file.with_name(f"progress.unreadable-{number}.json")
        if not aside.exists():
            break
    try:
        file.rename(aside)
    except OSError as error:
        return _("Progress cannot be read: {error}").format(error=error)
    return _("Progress could not be understood; it starts anew, the old file is {file}").format(
        file=f".koans/{aside.name}"
    )
