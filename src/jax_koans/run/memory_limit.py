"""A limit to the memory of the process: an array that is far too large raises an exception.

Without one the system ends the process, or another one, when memory runs out. Only on Linux, where
the limit counts memory that can be written to, and only for the CPU: drivers of GPUs reserve far
more than they use.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

MOST = "KOANS_MEMORY"  # a variable: bytes, where several processes share a machine
_SHARE = 0.75  # of what there is
ROOM = 512 * 2**20  # bytes for the report of a koan that has taken all the rest
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
        if sys.platform == "linux":
            import resource

            limits = resource.getrlimit(resource.RLIMIT_DATA)
            lower = (each for each in limits if each != resource.RLIM_INFINITY)
            self._most = min([int(os.environ.get(MOST) or most()), *lower])
            self.set()

    def set(self, room: int = 0) -> None:
        """Set the limit, and `room` bytes more: a koan that has taken all can be reported."""
        if self._most is not None:
            import resource

            hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
            with contextlib.suppress(OSError, ValueError):  # the hard limit is lower
                resource.setrlimit(resource.RLIMIT_DATA, (self._most + room, hard))


def most() -> int:
    """How many bytes one process may take."""
    return int(min(_sizes()) * _SHARE)


def _sizes() -> Iterator[int]:
    """Bytes: what the machine has, and what this process's control group may take of it."""
    yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for file in _CONTROL_GROUPS:
        with contextlib.suppress(OSError, ValueError):  # absent, or "max"
            yield int(Path(file).read_text(encoding="ascii"))
