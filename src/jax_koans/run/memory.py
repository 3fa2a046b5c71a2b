"""A limit to the memory of the process, so that far too much of it is an exception, not the end.

Without one the system kills the process, or something else on the machine, when memory runs out.
Only on Linux, where such a limit counts what is asked for to be written to, and only for the CPU:
drivers of GPUs reserve far more than they use.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

_SHARE = 0.75  # of what there is
_ROOM = 512 * 2**20  # bytes for the report of a koan that has taken all the rest
_CONTROL_GROUPS = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)


class Memory:
    """The limit of this process: a share of the machine's memory, or of its container's."""

    def __init__(self) -> None:
        self._most: int | None = None

    def limit(self) -> None:
        """Set the limit; a lower one that is there already stays."""
        if sys.platform != "linux":
            return
        import resource

        most = int(min(_sizes()) * _SHARE)
        for other in resource.getrlimit(resource.RLIMIT_DATA):
            if other != resource.RLIM_INFINITY:
                most = min(most, other)
        self._most = most
        self._set(most)

    def make_room(self) -> None:
        """Let the sensei speak where a koan has taken all there is."""
        if self._most is not None:
            self._set(self._most + _ROOM)

    def restore(self) -> None:
        """Set the limit again, whatever a koan, or `make_room`, has made of it."""
        if self._most is not None:
            self._set(self._most)

    def _set(self, most: int) -> None:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _sizes() -> Iterator[int]:
    """Bytes: what the machine has, and what this process's control group may take of it."""
    yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for file in _CONTROL_GROUPS:
        with contextlib.suppress(OSError, ValueError):  # absent, or "max"
            yield int(Path(file).read_text(encoding="ascii"))
