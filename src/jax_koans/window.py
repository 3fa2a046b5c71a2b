"""The window of `koans watch`: the sensei's report, a line of keys, and the terminal given back."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import HSplit, Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from watchfiles import Change, awatch

from jax_koans.asking import Asking
from jax_koans.i18n import _
from jax_koans.path import Workspace
from jax_koans.report import Text
from jax_koans.watch import Scope, Watch

_STEP = 10  # milliseconds: to wait for more of the same save, and between looks while idle
_LONGEST = 50  # milliseconds that a burst of saves may hold up the first verdict
_STYLES = {"red": "ansired", "green": "ansigreen", "yellow": "ansiyellow", "cyan": "ansicyan",
           "bold": "bold", "light": "dim"}  # fmt: skip


class Desk:
    """The window: it draws what the watch has to show and hands on keys and saves.

    With `manual` a save is only noted, and `r` runs; with `poll` files are looked at in turn, for
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
        self._top = 0  # the first line that is shown
        self._body = Window(
            FormattedTextControl(self._report, show_cursor=False),
            wrap_lines=True,
            always_hide_cursor=True,
            get_vertical_scroll=lambda _window: self._top,
            allow_scroll_beyond_bottom=True,
        )
        foot = Window(FormattedTextControl(self._foot), height=2, dont_extend_height=True)
        self.application: Application[int] = Application(
            layout=Layout(HSplit([self._body, foot])),
            key_bindings=self._keys(),
            full_screen=True,
            mouse_support=False,
            max_render_postpone_time=None,  # what has to be tidied up comes after the verdict
        )

    async def run(self) -> int:
        """Watch until `q`; answers with the exit code."""
        self.watch.begin()
        watching = asyncio.ensure_future(self._follow())
        try:
            return await self.application.run_async()
        finally:
            watching.cancel()
            self.watch.end()

    async def _follow(self) -> None:
        folder = self.workspace.koans_dir
        async for changes in awatch(
            folder,
            step=_STEP,
            debounce=_LONGEST,
            recursive=True,
            force_polling=self.poll or None,
            watch_filter=_is_koan,
            raise_interrupt=False,
        ):
            files = [self.workspace.relative(Path(path)) for _change, path in sorted(changes)]
            names = list(dict.fromkeys(file for file in files if file))
            if self.manual:
                self.watch.say(_("saved; r runs it"))
            else:
                self.watch.saved(names)

    # Drawing.

    def _redraw(self) -> None:
        if self.watch.view is not self._drawn:  # a new verdict, not only a new status
            self._drawn, self._top = self.watch.view, 0
            self.asking.back()
        self.application.invalidate()

    def _report(self) -> StyleAndTextTuples:
        lines = self.asking.lines or self.watch.view.lines
        return [piece for line in lines for piece in (*_pieces(line), ("", "\n"))]

    def _foot(self) -> StyleAndTextTuples:
        status = self.asking.question or self.watch.view.status
        return [("bold", f" {status}\n"), ("reverse", _KEYS())]

    # Keys.

    def _keys(self) -> KeyBindings:
        bindings = KeyBindings()

        def on(*keys: str) -> Callable[[Callable[[], None]], None]:
            def bind(action: Callable[[], None]) -> None:
                def pressed(_event: KeyPressEvent) -> None:
                    self._top = 0
                    self.watch.wake()
                    action()
                    self.application.invalidate()

                for key in keys:
                    bindings.add(key, eager=True)(pressed)

            return bind

        on("q", "c-c", "c-d")(lambda: self.application.exit(result=0))
        on("r")(self.asking.run_again)
        on("h")(self.asking.hint)
        on("s")(self.asking.solution)
        on("n")(self.asking.next)
        on("l")(self.asking.overview)
        on("x")(self.asking.reset)
        on("y")(self.asking.yes)
        on("escape", "enter", "space")(self.asking.back)
        bindings.add("down")(lambda _event: self._scroll(1))
        bindings.add("up")(lambda _event: self._scroll(-1))
        bindings.add("pagedown")(lambda _event: self._scroll(10))
        bindings.add("pageup")(lambda _event: self._scroll(-10))
        return bindings

    def _scroll(self, lines: int) -> None:
        info = self._body.render_info
        most = max(0, info.content_height - info.window_height) if info else 0
        self._top = min(max(0, self._top + lines), most)


def _KEYS() -> str:
    return _(" h hint   s solution   r run again   n next   l list   x reset   q quit ")


def _pieces(line: Text) -> Iterator[tuple[str, str]]:
    for text, style in line.pieces:
        yield " ".join(_STYLES[name] for name, on in style.items() if on), text


def _is_koan(_change: Change, path: str) -> bool:
    """Whether a file may be a koan: editors leave backups and swap files beside it."""
    name = Path(path).name
    return name.startswith("test_") and name.endswith(".py")
