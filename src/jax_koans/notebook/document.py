"""A notebook of koans: the lesson, then each koan's slice of its file as a cell.

Needs nbformat, of the extra `notebook`.
"""

import ast
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from jax_koans.course.path import Workspace
from jax_koans.i18n import _
from jax_koans.notebook.files import read
from jax_koans.source.slices import Slices
from jax_koans.source.textfile import read_text, text_hash

_MAGIC = "%%koan "
_KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def document(
    workspace: Workspace, chapter: str, koans: Collection[str], track: str
) -> list[NotebookNode]:
    """The cells of a chapter's notebook, with the named koans as the files have them."""
    first = _("# Run this cell first, and again after each start of the kernel.")
    load = f"{first}\n%load_ext jax_koans.notebook" + (f"\n%koan track {track}" if track else "")
    cells = [_cell(new_code_cell, "load", load)]
    readme = workspace.solutions_dir / chapter / "README.md"
    if readme.is_file():
        cells.insert(0, _cell(new_markdown_cell, "lesson", read_text(readme)))
    for file in workspace.files_in(chapter):
        here = [name for name in workspace.names_in(file) if name in koans]
        if here:
            cells += _file(file, read(workspace, file), here)
    return cells


def slices(cells: Iterable[NotebookNode]) -> dict[str, str]:
    """What the cells of koans hold, by the koan's name."""
    return {koan: _held(cell) for cell in cells if (koan := _koan(cell))}


def merged(
    new: list[NotebookNode], old: str, known: Mapping[str, str], replace: Callable[[str], bool]
) -> tuple[str, list[str]]:
    """A notebook's text with the new cells, and with all cells of the old one that are not theirs.

    `old` is its text before, "" for none. What is as it was keeps its outputs. A koan's cell that
    is not what the file holds is replaced if it still has the hash that is `known` of it, or if
    `replace(koan)` says so. Returns the text, and the koans whose cells were kept. Raises
    ValueError where the old text is no notebook.
    """
    notebook = _read(old) if old else new_notebook(metadata=_KERNEL)
    cells, waiting, kept, behind = list(new), list(new), list[str](), 0
    for mine in notebook.cells:
        cell = next((each for each in waiting if _is_same(each, mine)), None)
        if cell is None:  # the learner's own stays behind what it stood behind
            cells.insert(behind, mine)
            behind += 1
            continue
        waiting.remove(cell)
        behind, koan = cells.index(cell) + 1, _koan(cell)
        cell.id = mine.get("id", cell.id)
        if mine.source.strip("\n") == cell.source:
            cells[behind - 1] = mine
        elif koan and text_hash(_held(mine)) != known.get(koan) and not replace(koan):
            cells[behind - 1] = mine
            kept.append(koan)
    notebook.cells = cells
    return f"{nbformat.writes(notebook)}\n", kept


def _read(text: str) -> NotebookNode:
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat lets any out: of JSON, of what is missing, of its schema
        raise ValueError(str(error).split("\n")[0]) from error
    return notebook


def _koan(cell: NotebookNode) -> str:
    """The koan that a cell's first line names, "" for none."""
    line = cell.source.partition("\n")[0]
    return line.removeprefix(_MAGIC).strip() if line.startswith(_MAGIC) else ""


def _held(cell: NotebookNode) -> str:
    text: str = cell.source.partition("\n")[2]
    return text.strip("\n")


def _is_same(cell: NotebookNode, mine: NotebookNode) -> bool:
    """Whether a cell of the learner's is that one, or one that `%koan show` has made of it."""
    return mine.get("id") == cell.id or (bool(_koan(cell)) and _koan(mine) == _koan(cell))


def _file(file: str, found: Slices, koans: list[str]) -> Iterator[NotebookNode]:
    docstring, imports = ast.get_docstring(found.source.tree) or "", "\n".join(found.imports)
    title = f"## {file.partition('/')[2]}"
    yield _cell(new_markdown_cell, file, f"{title}\n\n{docstring}\n\n```python\n{imports}\n```")
    for koan in koans:
        if koan in found.lines:
            yield _cell(new_code_cell, koan, f"{_MAGIC}{koan}\n{found[koan]}")
        else:
            text = _("`{koan}` is not in its file any more: `koans reset {koan}`")
            yield _cell(new_markdown_cell, koan, text.format(koan=koan))
    if found.tail:
        lines = [line.lstrip("# ") for line in found.tail.split("\n")]
        yield _cell(new_markdown_cell, f"{file} end", "\n".join(lines))


def _cell(new_cell: Callable[..., NotebookNode], name: str, text: str) -> NotebookNode:
    return new_cell(text, id="koans-" + hashlib.sha256(name.encode()).hexdigest()[:16])
