"""A notebook of koans: the lesson, then each koan's slice of its file as a cell.

Needs nbformat, of the extra `notebook`.
"""

import ast
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from jax_koans.course.path import Workspace
from jax_koans.i18n import _
from jax_koans.source.slices import Slices
from jax_koans.source.textfile import read_text, text_hash

_KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


@dataclass(frozen=True)
class Document:
    """The cells of a notebook as the learner's files give them; `slices` are those of its koans."""

    cells: list[NotebookNode]
    slices: dict[str, str]


def document(workspace: Workspace, chapter: str, koans: Collection[str], track: str) -> Document:
    """The koans of a chapter that are named, as they are in the learner's files.

    Raises:
        OSError, SourceError: a file cannot be read, or is not Python.
    """
    load = "%load_ext jax_koans.notebook" + (f"\n%koan track {track}" if track else "")
    cells, slices = [_code("load", load)], dict[str, str]()
    readme = workspace.solutions_dir / chapter / "README.md"
    if readme.is_file():
        cells.insert(0, _text("lesson", read_text(readme)))
    for file in workspace.files_in(chapter):
        here = [name for name in workspace.names_in(file) if name in koans]
        if here:
            text, solution = read_text(workspace.koans_dir / file), workspace.solution(file)
            found = Slices.of(text, solution)
            slices |= {name: found[name] for name in here if name in found.lines}
            cells += _file(file, found, here)
    return Document(cells, slices)


def merged(
    new: Document, old: str, known: Mapping[str, str], replace: Callable[[str], bool]
) -> tuple[str, list[str]]:
    """A notebook's text with the new cells, and with all cells of the old one that are not theirs.

    `old` is its text before, "" for none. Where a koan's cell is not what the file holds, it is
    replaced if it still has the hash that is `known` of it, as the file has not, or if
    `replace(koan)` says so. Returns the text, and the koans whose cells were kept.

    Raises:
        ValueError: the old text is no notebook.
    """
    made = nbformat.v4.new_notebook(metadata=_KERNEL)
    if old:
        made = _read(old)
    before = {cell.get("id"): cell for cell in made.cells}
    kept = []
    for cell in new.cells:
        koan, mine = cell.metadata.get("koan"), before.get(cell.id)
        if koan and mine is not None and mine.source.strip("\n") != cell.source:
            held = mine.source.partition("\n")[2].strip("\n")
            if text_hash(held) != known.get(koan) and not replace(koan):
                cell.source = mine.source
                kept.append(koan)
    made.cells = _among(new.cells, made.cells)
    text: str = nbformat.writes(made)
    return text + "\n", kept


def _read(text: str) -> NotebookNode:
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat lets any out: of JSON, of what is missing, of its schema
        raise ValueError(str(error).split("\n")[0]) from error
    return notebook


def _among(new: list[NotebookNode], old: list[NotebookNode]) -> list[NotebookNode]:
    """The new cells, with the learner's own behind those that they stood behind."""
    ids, cells = {cell.id for cell in new}, list(new)
    behind = 0
    for cell in old:
        if cell.get("id") in ids:
            behind = next(i for i, each in enumerate(cells) if each.get("id") == cell.id) + 1
        else:
            cells.insert(behind, cell)
            behind += 1
    return cells


def _file(file: str, slices: Slices, koans: list[str]) -> Iterator[NotebookNode]:
    docstring, imports = ast.get_docstring(slices.source.tree) or "", "\n".join(slices.imports)
    title = f"## {file.partition('/')[2]}"
    yield _text(file, f"{title}\n\n{docstring}\n\n```python\n{imports}\n```")
    for koan in koans:
        if koan in slices.lines:
            cell = _code(koan, f"%%koan {koan}\n{slices[koan]}")
            cell.metadata["koan"] = koan
            yield cell
        else:
            text = _("`{koan}` is not in its file any more: `koans reset {koan}`")
            yield _text(koan, text.format(koan=koan))
    if slices.tail:
        lines = [line.lstrip("# ") for line in slices.tail.split("\n")]
        yield _text(f"{file} end", "\n".join(lines))


def _code(name: str, text: str) -> NotebookNode:
    return nbformat.v4.new_code_cell(text, id=_id(name))


def _text(name: str, text: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(text, id=_id(name))


def _id(name: str) -> str:
    return "koans-" + hashlib.sha256(name.encode()).hexdigest()[:16]
