"""What a process and its children cost, as Linux tells in /proc."""

import os
from pathlib import Path

_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")
_BUSY = "RD"  # states of a thread that runs, or would if it were let, or waits for a disk


def known() -> bool:
    """Whether this system tells: else nothing below works."""
    return (_PROC / "self" / "smaps_rollup").exists()


def tree(process: int) -> list[int]:
    """A process and all its children, and theirs."""
    found = [process]
    for one in found:
        for thread in _threads(one):
            found += [int(child) for child in _read(thread / "children").split()]
    return found


def busy(process: int) -> bool:
    """Whether some thread of a process works, or waits for a processor or a disk."""
    states = (_stat(thread / "stat")[:1] for thread in _threads(process))
    return any(state and state[0] in _BUSY for state in states)


def seconds(process: int) -> float:
    """The processor time that a process has taken so far; 0 for one that is gone."""
    fields = _stat(_PROC / str(process) / "stat")
    return (int(fields[11]) + int(fields[12])) / _TICK if fields else 0.0


def memory(process: int) -> tuple[float, float]:
    """The megabytes of a process: all that it holds, and its share of it where others do too."""
    rollup = _read(_PROC / str(process) / "smaps_rollup")
    sizes = {line.split()[0]: int(line.split()[1]) for line in rollup.split("\n")[1:] if line}
    return sizes.get("Rss:", 0) / 1e3, sizes.get("Pss:", 0) / 1e3


def _threads(process: int) -> list[Path]:
    try:
        return list((_PROC / str(process) / "task").iterdir())
    except OSError:
        return []


def _stat(file: Path) -> list[str]:
    """The fields from the state on: the name before them may hold anything."""
    return _read(file).rpartition(")")[2].split()


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # it has just ended
        return ""
