"""Where each frame of a traceback stands: its line, and the columns if Python tells them."""

import itertools
from collections.abc import Iterator
from types import FrameType, TracebackType

# The first line, the last one, and the columns in bytes.
Position = tuple[int | None, int | None, int | None, int | None]


def walk(entry: TracebackType | None) -> Iterator[tuple[FrameType, Position]]:
    """The frames of a traceback, outermost first, each with its place in the text."""
    while entry is not None:
        line = entry.tb_lineno
        found: Position | None = None
        if entry.tb_lasti >= 0:
            positions = entry.tb_frame.f_code.co_positions()
            found = next(itertools.islice(positions, entry.tb_lasti // 2, None), None)
        # JAX takes its own frames out of a traceback; of one put together by hand the line alone
        # is certain.
        known = found if found and found[0] is not None else (line, line, None, None)
        yield entry.tb_frame, known
        entry = entry.tb_next
