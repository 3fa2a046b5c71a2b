"""The window of `koans watch`: a koan's screen, a line of keys, and the terminal restored."""

import asyncio
import contextlib
import signal
import textwrap
from collections.abc import Callable
from functools import partial
from pathlib import Path

from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import HSplit, Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl

from jax_koans.course.path import PathError, Workspace
from jax_koans.folder.membership import is_member
from jax_koans.i18n import _
from jax_koans.screen.text import Text
from jax_koans.source import SourceError
from jax_koans.watch.drawing import draw, fold
from jax_koans.watch.keys import Asking
from jax_koans.watch.saves import saves
from jax_koans.watch.state import Watch
from jax_koans.watch.watched_koans import Scope

_LOW = 12  # rows of a window that has none to spare


class Desk:
    """The window: it draws what the watch has to show and hands on keys and saves.

    With `manual` a save is only noted, and `r` runs; with `poll` files are polled, for
    folders where the system tells nobody of changes.
    """

    def __init__(
        self, workspace: Workspace, here: Path, scope: Scope, *, manual: bool, poll: bool
    ) -> None:
        self.workspace = workspace
        self.manual = manual
        self.poll = poll
        self.watch = Watch(workspace, here, scope, self._redraw)
        self.asking = Asking(self.watch)
        self._drawn = self.watch.view
        self._top: int | None = None  # the first line that is shown; None: as fits best
        self._body = Window(
            FormattedTextControl(self._report, show_cursor=False),
            wrap_lines=True,
            always_hide_cursor=True,
        )
        foot = [
            # Given heights: to measure it, the status would be made before the body is drawn.
            Window(FormattedTextControl(self._status), height=lambda: len(self._status_lines())),
            Window(
                FormattedTextControl(lambda: [("reverse", "\n".join(self._key_lines()))]),
                height=lambda: len(self._key_lines()),
            ),
        ]
        self.application: Application[int] = Application(
            layout=Layout(HSplit([self._body, *foot])),
            key_bindings=self._bindings(),
            full_screen=True,
            mouse_support=False,
            max_render_postpone_time=None,  # what has to be tidied up comes after the verdict
        )

    async def run(self) -> int:
        """Watch until `q`; returns the exit code."""
        self.watch.begin()
        following = asyncio.ensure_future(self._follow())
        following.add_done_callback(self._followed)
        try:
            return await self.application.run_async(pre_run=self._handle_signals)
        finally:
            following.cancel()
            self.watch.end()

    async def _follow(self) -> None:
        async for files in saves(self.workspace, poll=self.poll, asleep=lambda: self.watch.asleep):
            if not files and not self.manual:  # a save that nobody has told of, if there is one
                files = [self.watch.file]
            try:
                self.watch.saved(files, judge=not self.manual)
            except OSError as error:  # a full disk, a folder that may not be read: not for ever
                self.watch.say(str(error))

    def _followed(self, following: asyncio.Task[None]) -> None:
        """Nobody follows any more: a window that shows no saves must not stay."""
        if not following.cancelled() and (error := following.exception()):
            self._end(error)

    def _handle_signals(self) -> None:
        """A signal that asks for an end does what `q` does: the terminal is given back."""
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            with contextlib.suppress(AttributeError, NotImplementedError):  # Windows
                loop.add_signal_handler(getattr(signal, name), self._end)

    def _end(self, error: BaseException | None = None) -> None:
        if self.application.is_running and not self.application.is_done:
            if error is None:
                self.application.exit(result=0)
            else:
                self.application.exit(exception=error)

    # Drawing.

    def _redraw(self) -> None:
        if self.watch.view is not self._drawn:  # a new verdict, not only a new status
            self._drawn, self._top = self.watch.view, None
            self.asking.judged()
        self.application.invalidate()

    def _report(self) -> StyleAndTextTuples:
        lines = self._lines()
        return draw(lines[self._first(lines) :])

    def _lines(self) -> list[Text]:
        """All lines, as wide as the window: what was asked for, or the report and its hint."""
        lines = self.asking.lines
        if not lines:
            report = self.watch.view.lines
            verdict = _verdict(report)
            lines = [*report[:verdict], *self.asking.hint, *report[verdict:]]
        _rows, columns = self._size()
        return [part for line in lines for part in fold(line, columns)]

    def _first(self, lines: list[Text]) -> int:
        """The first line to show: of a report that is too long its verdict, not its head."""
        if self._top is not None or self.asking.lines:
            return min(self._top or 0, max(len(lines) - 1, 0))
        rows, _columns = self._size()
        room = rows - len(self._status_lines()) - len(self._key_lines())
        return max(0, min(len(lines) - room, _verdict(lines) - len(self.asking.hint)))

    def _status(self) -> StyleAndTextTuples:
        text = self._status_lines()
        info = self._body.render_info
        if info and info.window_height and not info.bottom_visible:
            text[-1] += _("   (more below: arrow down)")
        return [("bold", "\n".join(f" {line}" for line in text))]

    def _status_lines(self) -> list[str]:
        asking = self.asking
        status = asking.question or asking.answer or self.watch.view.status
        if not status:
            status = _("space goes back") if asking.lines else _("waiting for your next save")
        rows, columns = self._size()
        lines = [part for line in status.split("\n") for part in textwrap.wrap(line, columns - 2)]
        return lines[: 1 if rows < _LOW else 4] or [""]

    def _key_lines(self) -> list[str]:
        rows, columns = self._size()
        keys = [_("h hint"), _("s solution"), _("r run again"), _("n next"), _("l list"),
                _("x reset"), _("q quit")]  # fmt: skip
        if is_member(self.workspace):
            keys.insert(-1, _("a ask for help"))
        # What stands for one key stays together.
        text = "   ".join(key.replace(" ", "\0") for key in keys)
        lines = textwrap.wrap(text, max(columns - 2, 1))
        return [f" {line} ".replace("\0", " ") for line in lines[: 1 if rows < _LOW else None]]

    def _size(self) -> tuple[int, int]:
        size = self.application.output.get_size()
        return size.rows, max(size.columns, 4)

    # Keys.

    def _bindings(self) -> KeyBindings:
        bindings, asking = KeyBindings(), self.asking
        actions = {"r": asking.run_again, "h": asking.next_hint, "s": asking.solution,
                   "n": asking.next, "l": asking.overview, "x": asking.reset, "y": asking.yes,
                   "a": asking.help, "escape": asking.back,
                   "enter": asking.back, "space": asking.back}  # fmt: skip
        for key, action in actions.items():
            bindings.add(key, eager=True)(partial(self._pressed, action))
        for key in ("q", "c-c", "c-d", "<sigint>"):
            bindings.add(key, eager=True)(lambda _event: self._end())
        bindings.add("c-z")(lambda event: event.app.suspend_to_background())
        for key, lines in {"down": 1, "up": -1, "pagedown": 10, "pageup": -10}.items():
            bindings.add(key)(partial(self._scroll, lines))
        return bindings

    def _pressed(self, action: Callable[[], None], _event: KeyPressEvent) -> None:
        self._top = None
        try:
            action()
        except (OSError, SourceError, PathError) as error:  # it is said, and the watch goes on
            self.asking.tell(str(error))
        self.watch.wake()
        self.application.invalidate()

    def _scroll(self, lines: int, _event: KeyPressEvent) -> None:
        info = self._body.render_info
        if info is None or (lines > 0 and info.bottom_visible):
            return
        everything = self._lines()
        self._top = max(0, self._first(everything) + lines)


def _verdict(lines: list[Text]) -> int:
    """The line that says where and what, of a report that has one."""
    return next((number for number, line in enumerate(lines) if line.link), 0)
