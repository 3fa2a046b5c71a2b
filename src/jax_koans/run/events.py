"""What a supervised process says, line by line: which koan begins, what it came to, the end.

One JSON object a line, each with `event`:

    ready                                the process has imported what it needs
    prepared                             a session waits for the koans that it shall run
    file     file                        a file of koans is imported
    koan     koan, file                  a koan begins
    outcome  outcome, printed, pictures  what it came to (Outcome.to_dict), what it printed
    other    node, text                  a test that is no koan failed
    end      code                        the run is over, with pytest's exit code
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from jax_koans.course.path import Workspace
from jax_koans.i18n import _

_MOST = 4000  # characters of what a koan printed; the last ones say most


class Stream:
    """The hooks of a supervised pytest session that send each event the moment it is known.

    With `ask`, the session stops before it collects, says so, and goes on with the node ids that
    `ask` returns: pytest and conftest.py are at work before anybody has saved.
    """

    def __init__(self, events: IO[str]) -> None:
        self.events = events
        self.ask: Callable[[], list[str]] | None = None
        self._way: set[Path] = set()  # the asked files, and the folders above them

    def send(self, event: str, **data: Any) -> None:
        self.events.write(json.dumps({"event": event, **data}) + "\n")
        self.events.flush()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        self._way = set()
        if self.ask is not None:
            self.send("prepared")
            session.config.args = self.ask()
            files = {Path(koan.partition("::")[0]) for koan in session.config.args}
            self._way = files.union(*(file.parents for file in files))

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Pass over what lies beside the way: a save must not cost more on a longer path."""
        return True if self._way and collection_path not in self._way else None

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        if isinstance(collector, pytest.Module):
            file = Workspace(collector.config.rootpath).relative(collector.path)
            if file is not None:
                self.send("file", file=file)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        file = Workspace(item.config.rootpath).relative(item.path)
        if file is not None:
            self.send("koan", koan=item.name, file=file)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if outcome := getattr(report, "koan_outcome", None):
            self.send(
                "outcome",
                outcome=outcome,
                printed=cut(report.capstdout),
                pictures=getattr(report, "koan_pictures", []),
            )
        elif report.failed:
            self.send("other", node=report.nodeid, text=cut(str(report.longrepr)))


def cut(text: str) -> str:
    """The end of a long text, from the beginning of a line, with a note of what is not there."""
    if len(text) <= _MOST:
        return text
    end = text[-_MOST:]
    if "\n" in end.rstrip("\n"):
        end = end.partition("\n")[2]
    note = _("[{count} characters before this are left out; all are printed with pytest -s]")
    return note.format(count=len(text) - len(end)) + "\n" + end
