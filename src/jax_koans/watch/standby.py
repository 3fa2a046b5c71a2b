"""The prestarted process of the watch, for the file at hand, and how long it waits."""

import asyncio
from collections.abc import Callable, Sequence

from jax_koans.course.path import Workspace
from jax_koans.i18n import _
from jax_koans.run.prestarted import Prestarted

IDLE = 600.0  # seconds without a save or a key after which a watch drops its process


class Standby:
    """Holds a process that is ready, or on its way; `say` tells why none can be started."""

    def __init__(
        self, workspace: Workspace, switch: Sequence[str], say: Callable[[str], None]
    ) -> None:
        self.workspace = workspace
        self.switch = switch
        self.say = say
        self._ready: Prestarted | None = None

    def __bool__(self) -> bool:
        return self._ready is not None

    def prepare(self, file: str, koan: str) -> None:
        """Start a process for a file, which rehearses this koan first, or the file's first one."""
        path = self.workspace.names_in(file)
        first = [koan] if koan in path else path[:1]
        self._ready = self._start(file, first, rehearse=True)

    def take(self, file: str, names: Sequence[str]) -> Prestarted | None:
        """The process that is ready, or a new one; None where none can be started."""
        if self._ready is not None and self._ready.outdated:
            self.drop()
        ready, self._ready = self._ready, None
        # With none ready, one that has still to import is there as soon as any.
        return ready or self._start(file, names, rehearse=False)

    def drop(self) -> None:
        ready, self._ready = self._ready, None
        if ready is not None:
            ready.end()

    def _start(self, file: str, names: Sequence[str], *, rehearse: bool) -> Prestarted | None:
        try:
            return Prestarted(self.workspace, file, names, self.switch, rehearse=rehearse)
        except OSError as error:  # no room for a folder or a process
            self.say(_("No process can be started: {error}").format(error=error))
            return None


class Idle:
    """Calls `end` in the event loop when nothing has restarted it for `IDLE` seconds."""

    def __init__(self, end: Callable[[], None]) -> None:
        self.seconds = IDLE
        self.end = end
        self.over = False
        self._timer: asyncio.TimerHandle | None = None

    def restart(self) -> None:
        """Count from now."""
        if self._timer is not None:
            self._timer.cancel()
        self.over = False
        self._timer = asyncio.get_running_loop().call_later(self.seconds, self._fire)

    def _fire(self) -> None:
        self.over = True
        self.end()
