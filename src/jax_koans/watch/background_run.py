"""One run of the text that was saved; a thread hands on what each koan came to."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

from jax_koans.run.judge import Judging, NoVerdict
from jax_koans.run.listener import Judged
from jax_koans.screen.results import Results


@dataclass(eq=False)
class Attempt:
    """`results` take in what is heard, in the event loop's thread."""

    judging: Judging
    results: Results

    def start(
        self,
        heard: Callable[["Attempt", Judged], None],
        without_verdict: Callable[["Attempt", str], None],
    ) -> None:
        """Judge; `heard` and `without_verdict` are called in the event loop that runs now."""
        loop = asyncio.get_running_loop()

        def listen() -> None:
            with contextlib.suppress(RuntimeError):  # the event loop is closed: nobody looks now
                try:
                    for judged in self.judging:
                        loop.call_soon_threadsafe(heard, self, judged)
                except NoVerdict as error:
                    loop.call_soon_threadsafe(without_verdict, self, str(error))

        threading.Thread(target=listen, daemon=True).start()
