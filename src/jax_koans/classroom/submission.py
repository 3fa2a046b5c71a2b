"""A submission: what a learner answered, taken out of their files; none of these is run."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jax_koans.course.path import KOANS, Workspace
from jax_koans.i18n import _
from jax_koans.source import SourceError, answers, erase, fill, own_source
from jax_koans.source.slices import Slices

WHOLE = "."  # stands for all of a submission where others stand for a file or a koan
_LARGEST = 60_000  # characters of a file's koans; to find answers in many more takes minutes
_LARGEST_FILE = 20_000_000  # bytes; a notebook holds pictures too
_NOTEBOOK, _MAGIC = ".ipynb", "%%koan "
_DEEP = 4  # folders below a submission in which notebooks are looked for


@dataclass(frozen=True)
class Submission:
    """The package's own koans with a learner's answers, by file.

    `touched` are the koans whose own source is not the untouched one; files without are left out.
    `problems` says why something was not read, by its file or koan, or WHOLE.
    """

    name: str
    texts: dict[str, str]
    touched: tuple[str, ...]
    problems: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """What tells two contents of a submission apart."""
        told = json.dumps([self.texts, self.problems], sort_keys=True)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def named(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """Each submission once, with the end of its path that tells it from the others."""
    different = list(dict.fromkeys(Path(os.path.abspath(path)) for path in paths))
    for count in range(1, max((len(path.parts) for path in different), default=0) + 1):
        names = [Path(*path.parts[-count:]).as_posix() for path in different]
        if len(set(names)) == len(names):
            return list(zip(map(printable, names), different, strict=True))
    return []


def printable(text: str) -> str:
    """A foreign text in one line, without what would act on a terminal or end an XML file."""
    line = " ".join(text.split())
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def read(name: str, path: Path, course: Workspace) -> Submission:
    """Read a learner's folder, its `koans/`, or one notebook."""
    texts: dict[str, str] = {}
    problems: dict[str, str] = {}
    touched: list[str] = []
    cells = dict(_cells(path, problems))
    for file in course.files:
        solution = course.solution(file)
        untouched, before = _untouched(solution)
        try:
            text = _text(path, file) or untouched
            filled = untouched if text == untouched else _filled(solution, text)
            given = [koan for koan in course.names_in(file) if koan in cells]
            own = own_source(filled) if given else {}
            for koan in given:
                if own[koan] == before[koan]:
                    filled = _with_cell(filled, solution, koan, cells[koan], problems)
            after = before if filled == untouched else own_source(filled)
        # Whatever bytes somebody hands in cost their own row and nobody else's.
        except Exception as error:
            problems[file] = printable(str(error)).rstrip(":") or type(error).__name__
            continue
        if names := [koan for koan in after if after[koan] != before.get(koan)]:
            texts[file] = filled
            touched += names
    if not texts and not problems:
        problems[WHOLE] = _("no answer to any koan is there")
        if not path.is_dir() and path.suffix != _NOTEBOOK:
            problems[WHOLE] = _("neither a folder nor a notebook")
    return Submission(name, texts, tuple(touched), problems)


@cache
def _untouched(solution: str) -> tuple[str, dict[str, str]]:
    """A file's untouched text, and each of its koans' own source: as for all submissions."""
    text = erase(solution)
    return text, own_source(text)


def _filled(solution: str, text: str) -> str:
    """The untouched text with the answers of a learner's text. Raises SourceError."""
    if len(text) > _LARGEST:
        raise SourceError(1, _("far too large for koans"))
    return fill(solution, answers(text, solution))


def _with_cell(text: str, solution: str, koan: str, cell: str, problems: dict[str, str]) -> str:
    """A file's text with a koan's cell in it; unchanged where the cell cannot be read."""
    try:
        return _filled(solution, Slices.of(text, solution).splice(koan, cell))
    except SourceError as error:
        problems[koan] = printable(str(error))
        return text


def _text(path: Path, file: str) -> str | None:
    """A file of koans as it was handed in; None where it is not there.

    Raises:
        OSError, UnicodeDecodeError
    """
    for folder in (path / KOANS, path):
        if (folder / file).is_file():
            return _content(folder / file, path)
    return None


def _content(file: Path, submission: Path) -> str:
    """Raises OSError, UnicodeDecodeError."""
    if not file.resolve().is_relative_to(submission.resolve()):
        raise OSError(_("a symbolic link that leads out of the submission"))
    if file.stat().st_size > _LARGEST_FILE:
        raise OSError(_("far too large for koans"))
    return file.read_bytes().decode("utf-8")


def _cells(path: Path, problems: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The koans in a submission's notebooks, each with its cell's text."""
    for notebook in [path] if path.suffix == _NOTEBOOK else _notebooks(path, _DEEP):
        try:
            for cell in json.loads(_content(notebook, path))["cells"]:
                first, _newline, rest = "".join(cell["source"]).partition("\n")
                if cell["cell_type"] == "code" and first.startswith(_MAGIC):
                    yield first.removeprefix(_MAGIC).strip(), rest.strip("\n")
        except OSError as error:
            problems[printable(notebook.name)] = printable(str(error))
        except (ValueError, LookupError, TypeError, RecursionError):
            problems[printable(notebook.name)] = _("not a notebook")


def _notebooks(folder: Path, deep: int) -> Iterator[Path]:
    """The notebooks at or below a folder: not in hidden folders, as of checkpoints or packages."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith(_NOTEBOOK) and entry.is_file():
            yield folder / entry.name
        elif deep and not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
            yield from _notebooks(folder / entry.name, deep - 1)
