"""`solutions/topics.toml`: which koan teaches a topic, and which page is about it."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jax_koans.course.path import Workspace
from jax_koans.source.textfile import read_text

_FILE = "topics.toml"


@dataclass(frozen=True)
class Topic:
    """The name of a koan and the address of a page; "" where the path names none."""

    koan: str = ""
    doc: str = ""


def topic(workspace: Workspace, name: str) -> Topic:
    """What a path says of a topic; nothing where it has no such topic, or no such file."""
    return _topics(workspace.solutions_dir / _FILE).get(name, Topic())


@lru_cache(maxsize=4)
def _topics(file: Path) -> dict[str, Topic]:
    try:
        rows = tomllib.loads(read_text(file))
        return {name: Topic(row.get("koan", ""), row.get("doc", "")) for name, row in rows.items()}
    except (OSError, ValueError, AttributeError):
        return {}
