"""Where on the path a koan stands, as a screen needs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """Where on the path a koan stands, as the report needs it.

    `siblings` are the file's koans in order, `passed` all koans of the path that have passed;
    `command` is what runs the file again, "" where saving does; `shown` is how the learner's folder
    names the file.
    """

    siblings: Sequence[str]
    passed: frozenset[str]
    path: Sequence[str]
    command: str
    shown: str
    location: Path
    track: str = ""
