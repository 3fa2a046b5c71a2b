"""The path: chapters, files and koans in order, and where everything lies."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from jax_koans.i18n import _
from jax_koans.source.textfile import read_text

KOANS, SOLUTIONS, STATE, LOCK, TRACKS = "koans", "solutions", ".koans", "koans.lock", "tracks"
_CHAPTER = re.compile(r"\d\d_\w+")
_FILE = re.compile(r"test_\d\d_\w+\.py")
# `check` rejects a solution in which this finds anything but its koans: 2,000 files a parse each
# would cost seconds.
_DEF = re.compile(r"^def (test\w*)\(", re.MULTILINE)
_DATA = Path(__file__).parents[1] / "_data"


class PathError(Exception):
    """What a command cannot do; the text says why. `__main__` prints it, as it does an OSError."""


@dataclass(frozen=True)
class Koan:
    """One koan: its name, unique on the path, and its file (`03_jit/test_01_traces.py`)."""

    name: str
    file: str

    @property
    def chapter(self) -> str:
        return self.file.partition("/")[0]


@dataclass(frozen=True)
class Workspace:
    """A clone of the project, or a learner's folder: `root` holds `koans/` and `.koans/`."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> "Workspace":
        """The workspace at or above a folder, even without its koans.lock; PathError for none."""
        for folder in [start, *start.parents]:
            chapters = (folder / SOLUTIONS).glob("*/") if (folder / SOLUTIONS).is_dir() else ()
            is_made = (folder / LOCK).is_file() or (folder / KOANS / TRACKS).is_dir()
            if is_made or any(_CHAPTER.fullmatch(each.name) for each in chapters):
                return cls(folder)
        text = _("No koans at or above {folder}. Make a folder of them: koans init FOLDER")
        raise PathError(text.format(folder=start))

    @property
    def koans_dir(self) -> Path:
        return self.root / KOANS

    @property
    def state_dir(self) -> Path:
        return self.root / STATE

    @property
    def lock(self) -> Path:
        return self.root / LOCK

    @cached_property
    def solutions_dir(self) -> Path:
        """The clone's own solutions, or those that came with the package."""
        beside = self.root / SOLUTIONS
        return beside if beside.is_dir() else shipped() / SOLUTIONS

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The path's files in order, relative to `koans/`, with forward slashes."""
        chapters = sorted(each.name for each in self.solutions_dir.iterdir())
        return tuple(file for chapter in chapters for file in self.files_in(chapter))

    def files_in(self, chapter: str) -> list[str]:
        """A chapter's files in order, named as in `files`; empty for what is no chapter.

        Reads this one folder: a run of one file must not cost more on a longer path.
        """
        folder = self.solutions_dir / chapter
        if not _CHAPTER.fullmatch(chapter) or not folder.is_dir():
            return []
        names = sorted(each.name for each in folder.iterdir())
        return [f"{chapter}/{name}" for name in names if _FILE.fullmatch(name)]

    @cached_property
    def koans(self) -> tuple[Koan, ...]:
        """All koans in the order of the path."""
        return tuple(Koan(name, file) for file in self.files for name in self.names_in(file))

    def names_in(self, file: str) -> list[str]:
        """The names of a file's koans, in order; empty for a file that is not on the path."""
        solution = self.solutions_dir / file
        if not solution.is_file():
            return []
        now = solution.stat()
        return list(_names_in(solution, now.st_mtime_ns, now.st_size))

    def solution(self, file: str) -> str:
        return read_text(self.solutions_dir / file)

    def relative(self, path: Path) -> str | None:
        """A file's name on the path, or None for a file outside of `koans/`."""
        try:
            return path.relative_to(self.koans_dir).as_posix()
        except ValueError:
            return None


@lru_cache(maxsize=4096)
def _names_in(solution: Path, _changed: int, _size: int) -> tuple[str, ...]:
    """The koans of a solution as it was at that time: every koan's judgement asks several times."""
    return tuple(_DEF.findall(read_text(solution)))


def shipped() -> Path:
    """The folder with `solutions/` and `conftest.py`: package data, or the clone's root."""
    return _DATA if _DATA.is_dir() else Path(__file__).parents[3]
