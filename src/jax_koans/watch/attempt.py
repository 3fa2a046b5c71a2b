"""One run of the text that was saved, in a process; a thread hands on what that says."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

from jax_koans.run.listener import Listener
from jax_koans.run.prestarted import Prestarted
from jax_koans.run.process import Died, Event


@dataclass
class Attempt:
    """`waited` says whether the process was there before, and may have come to harm meanwhile."""

    file: str
    names: list[str]
    process: Prestarted
    listener: Listener
    waited: bool

    def start(
        self, heard: Callable[["Attempt", Event], None], died: Callable[["Attempt", str], None]
    ) -> None:
        """Run the koans; `heard` and `died` are called in the event loop that runs now."""
        loop = asyncio.get_running_loop()

        def listen() -> None:
            with contextlib.suppress(RuntimeError):  # the event loop is closed: nobody looks now
                try:
                    for event in self.process.run(self.names):
                        loop.call_soon_threadsafe(heard, self, event)
                except Died as error:
                    loop.call_soon_threadsafe(died, self, str(error))

        threading.Thread(target=listen, daemon=True).start()
