"""How long the watch keeps a process ready for somebody who may have gone."""

import asyncio
from collections.abc import Callable

IDLE = 600.0  # seconds without a save or a key after which a watch drops its process


class Idle:
    """Calls `end` in the event loop when nothing has restarted it for `IDLE` seconds."""

    def __init__(self, end: Callable[[], None]) -> None:
        self.seconds = IDLE
        self.end = end
        self.over = False
        self._timer: asyncio.TimerHandle | None = None

    def restart(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.over = False
        self._timer = asyncio.get_running_loop().call_later(self.seconds, self._fire)

    def _fire(self) -> None:
        self.over = True
        self.end()
