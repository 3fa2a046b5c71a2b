"""A submission: what a learner answered, taken out of their files; none of these is run."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jax_koans.course.path import KOANS, Workspace
from jax_koans.i18n import _
from jax_koans.source import SourceError, answers, erase, fill, own_source
from jax_koans.source.slices import Slices

_LARGEST = 1_000_000  # bytes of a file that is read
_NOTEBOOK, _MAGIC = ".ipynb", "%%koan "


@dataclass(frozen=True)
class Submission:
    """The package's own koans with a learner's answers, by file; `problems` by what was not read.

    `touched` are the koans whose own source is not the untouched one; files without are left out.
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


def read(path: Path, course: Workspace) -> Submission:
    """Read a learner's folder, its `koans/`, or one notebook."""
    texts: dict[str, str] = {}
    problems: dict[str, str] = {}
    touched: list[str] = []
    cells = dict(_cells(path, problems))
    for file in course.files:
        untouched = erase(course.solution(file))
        try:
            text = _text(path, file)
            if text is None:
                text = _spliced(untouched, course, file, cells)
            filled = fill(course.solution(file), answers(text, course.solution(file)))
            before, after = own_source(untouched), own_source(filled)
        except (SourceError, UnicodeDecodeError, OSError) as error:
            problems[file] = str(error)
            continue
        if names := [koan for koan in after if after[koan] != before.get(koan)]:
            texts[file] = filled
            touched += names
    if not texts and not problems:
        problems[path.name] = _("no answer to any koan is there")
    return Submission(path.resolve().name, texts, tuple(touched), problems)


def _text(path: Path, file: str) -> str | None:
    """A file of koans as it was handed in; None where it is not there.

    Raises:
        OSError, UnicodeDecodeError
    """
    for folder in (path / KOANS, path):
        found = folder / file
        if found.is_file():
            if found.stat().st_size > _LARGEST:
                raise OSError(_("far too large for a file of koans"))
            return found.read_bytes().decode("utf-8")
    return None


def _cells(path: Path, problems: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The koans in a submission's notebooks, each with its cell's text."""
    notebooks = [path] if path.suffix == _NOTEBOOK else sorted(path.rglob(f"*{_NOTEBOOK}"))
    for notebook in notebooks:
        if notebook.parent.name == ".ipynb_checkpoints":
            continue
        try:
            if notebook.stat().st_size > 20 * _LARGEST:
                raise ValueError(_("far too large for a notebook of koans"))
            for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
                first, _newline, rest = "".join(cell["source"]).partition("\n")
                if cell["cell_type"] == "code" and first.startswith(_MAGIC):
                    yield first.removeprefix(_MAGIC).strip(), rest.strip("\n")
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            problems[notebook.name] = str(error)


def _spliced(untouched: str, course: Workspace, file: str, cells: dict[str, str]) -> str:
    """A file with the cells of a notebook in it."""
    text = untouched
    for koan in course.names_in(file):
        if koan in cells:
            text = Slices.of(text, course.solution(file)).splice(koan, cells[koan])
    return text
