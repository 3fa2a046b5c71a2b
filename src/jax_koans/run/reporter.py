"""The hooks of the process that talks to the learner: collect outcomes, stop, save, sum up."""

import pytest

from jax_koans import switch
from jax_koans.actions.hint import next_hint
from jax_koans.course.koans_lock import older_version
from jax_koans.i18n import _
from jax_koans.judge import verdict
from jax_koans.judge.outcome import Outcome, State
from jax_koans.run import endless_koan, stop_at_first
from jax_koans.run.session import KoanSession
from jax_koans.screen.text import Screen, Text

_WAITING = "waiting"


class Reporter:
    """Gathers what every koan came to, here or in pytest-xdist's workers."""

    def __init__(self, koans: KoanSession) -> None:
        self.koans = koans
        self.results = koans.results
        self.stops = stop_at_first.stops_at_first(koans.config)
        self.session: pytest.Session | None = None
        self.pictures: list[str] = []

    @pytest.hookimpl(trylast=True)  # below pytest's own first line
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.session = session
        terminal = session.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None and terminal.showheader and terminal.no_header:
            terminal.write_line(switch.header(session.config.stash[switch.CHOICE]))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.pictures += getattr(report, "koan_pictures", [])
        if not (data := getattr(report, "koan_outcome", None)):
            return
        outcome = Outcome.from_dict(data)
        self.results.hear(outcome)
        if outcome.state is State.PASSED:
            return
        if type(report.longrepr) is str and self.koans.config.option.tbstyle == "auto":
            # It came from a worker, which has no terminal to fit a screen to.
            vars(report)["longrepr"] = self.results.screen(outcome)
        if self.stops and self.session is not None and not self.session.shouldfail:
            self.session.shouldfail = _("stopping at the first koan that waits")

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """A worker has ended over a koan: pytest-xdist says so, and we what the worker noted."""
        node, _colons, koan = crashitem.partition("::")
        path = self.koans.config.rootpath / node
        if (file := self.koans.workspace.relative(path)) is not None:
            how = _("The process crashed in it, or was killed.")
            crashed = verdict.crashed(self.results.learner(path), file, koan, how)
            outcome = endless_koan.read_note(self.koans, crashitem) or crashed
            vars(report).update(koan_outcome=outcome.to_dict(), when="call")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.config.option.collectonly:
            return
        self.results.save()
        if stop_at_first.distributed(session.config):
            self._show_only_the_first(session.config)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.results.warning:
            terminalreporter.write_line(self.results.warning, yellow=True)
        if self.results.outcomes and (older := older_version(self.koans.workspace)):
            text = _("These koans were made by jax-koans {version}; newer ones: koans update")
            terminalreporter.write_line(text.format(version=older))
        for picture in self.pictures:
            terminalreporter.write_line(_("drawn: {file}").format(file=picture))
        for line in self._hint() if self.koans.config.option.hint else ():
            terminalreporter.write_line(line)
        if self.results.passed and not self.results.failed:
            terminalreporter.write_line("")
            Screen(self.results.gained(), "").toterminal(self.koans.config.get_terminal_writer())

    def _hint(self) -> list[str]:
        """The next hint of the first koan of this run that did not pass."""
        for koan in self.koans.workspace.koans:
            if koan.name in self.results.failed:
                lines, warning = next_hint(self.koans.workspace, koan)
                return ["", koan.name, *lines, *([warning] if warning else [])]
        return []

    def _show_only_the_first(self, config: pytest.Config) -> None:
        """Under pytest-xdist nothing stops, and reports come in any order."""
        terminal = config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None:
            return
        places = {koan.name: place for place, koan in enumerate(self.koans.workspace.koans)}
        failed = [
            each for each in terminal.stats.get("failed", []) if hasattr(each, "koan_outcome")
        ]
        failed.sort(key=lambda report: places.get(report.koan_outcome["koan"], len(places)))
        for report in failed[1:]:
            terminal.stats["failed"].remove(report)
            terminal.stats.setdefault(_WAITING, []).append(report)
        for report in failed[:1]:
            if isinstance(report.longrepr, Screen):  # it knows now all that has passed
                outcome = Outcome.from_dict(report.koan_outcome)
                vars(report)["longrepr"] = self.results.screen(outcome)


def printed_above(report: pytest.TestReport) -> list[Text]:
    """Take captured texts out of a report: below its screen they would push it off a terminal."""
    sections, report.sections = report.sections, []
    return [
        Text().add(line, light=True)
        for title, text in sections
        for line in (f"{title}:", *text.rstrip("\n").split("\n"), "")
    ]
