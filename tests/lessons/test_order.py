"""No koan uses a name that nobody has taught: not on the whole path, not on a track alone.

`tables/taught.toml` says which koan teaches which name. A koan uses the names in its own source:
its test and all that the test reads, as the learner is shown it and as the solution writes it.
Hints, comments and docstrings do not count. Plain Python and NumPy are known, and so is what `jnp`
has of NumPy; every other name needs its row.
"""

import ast
import inspect
import io
import operator
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from jax_koans.course.path import Workspace
from jax_koans.course.track import koans_on_track
from jax_koans.source import erase
from jax_koans.source.own_source import own_statements

PATH = Workspace(Path(__file__).parents[2])
TABLE = Path(__file__).parent / "tables" / "taught.toml"
SHORT = {"jax.numpy": "jnp", "jax.lax": "lax", "numpy": "np"}
# An attribute that one of these has needs no row: a NumPy user knows it, and `met`, the answer of
# pytest.raises, is explained where that is.
KNOWN_TYPES = (
    *(np.ndarray, np.generic, np.dtype, np.random.Generator, io.StringIO, pytest.ExceptionInfo),
    *(
        str,
        list,
        tuple,
        dict,
        set,
        int,
        float,
        complex,
        type,
        BaseException,
        type(lambda: 0),
        type((lambda: 0).__code__),
    ),
)
KNOWN_MODULES = {"np", "numpy", "math"}
KNOWN_KEYWORDS = {"axis", "dtype", "shape"}
# Their keyword arguments are the names in a format, and the caller's own.
FORMATTERS = {"jax.debug.print", "jax.experimental.checkify.check"}


def test_each_name_is_taught_before_it_is_used_on_the_whole_path():
    gaps = _gaps([koan.name for koan in PATH.koans])

    assert not gaps, "\n".join(gaps)


@pytest.mark.parametrize("track", ["taste", "core"])
def test_each_name_is_taught_before_it_is_used_on_a_track_alone(track):
    gaps = _gaps(list(koans_on_track(PATH, track, PATH.root)))

    assert not gaps, "\n".join(gaps)


def test_each_row_names_koans_that_use_what_they_teach():
    wrong = []
    for name, teachers in _table().items():
        wrong += [] if teachers else [f"{name}: no koan teaches it"]
        wrong += [f"{name}: {koan} is named twice" for koan in teachers if teachers.count(koan) > 1]
        for koan in teachers:
            if koan not in _koans():
                wrong.append(f"{name}: no koan is called {koan}")
            elif name not in _koans()[koan].uses:
                wrong.append(f"{name}: {koan} in {_koans()[koan].file} does not use it")

    assert not wrong, "\n".join(wrong)


def test_each_koan_speaks_of_what_it_teaches_by_words():
    silent = [
        f"{_koans()[koan].file}: {koan} does not say {name}; are its rows in [shown]?"
        for name, teachers in _sections()["said"].items()
        for koan in teachers
        if koan in _koans() and not _says(_koans()[koan].lesson, name)
    ]

    assert not silent, "\n".join(silent)


def test_the_search_for_names_resolves_aliases_and_skips_what_is_known():
    text = '''
from functools import partial
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax as low
from jax.errors import KeyReuseError
from jax_koans import __, counted


class Spring:
    stiffness: float

    def pull(self):
        return self.stiffness.shape


@partial(jax.jit, static_argnames="n")
def helper(x, n):
    return jnp.linalg.solve(jnp.eye(n, dtype=float), x.at[0].add(1).at[1].get(mode="fill"))


def unused(x):
    return jax.hessian(x)


def test_all(figure):
    """In a docstring `jax.grad(f)` is said and not used."""
    # HINT: A hint about jax.hessian(f) does not count.
    # BEGIN PROMPT: what the prompt shows counts
    # jax.tree.map(np.sin, [])
    # BEGIN SOLUTION
    low.scan(helper, Spring().pull(), length=3)
    # END SOLUTION
    assert jnp.nonzero(np.finfo(float).eps, size=2)[0].tolist() == __([jax.numpy.tau_of_nobody])

    @figure("name", xlabel="x")
    def draw(axes):
        (line,) = axes.plot([], label=jax.config.jax_enable_x64)
        line.set_color("black")
'''

    (koan,) = _read("a file", text)

    assert (koan.name, koan.file) == ("test_all", "a file")
    assert koan.uses == {
        *("functools.partial", "jax.jit", "static_argnames=", "jnp", ".at", ".at[].add"),
        *(".at[].get", "mode=", "jax.tree.map", "lax", "lax.scan", "length=", "size="),
        *("jnp.tau_of_nobody", "jax_koans.__", "figure", "jax.config.jax_enable_x64"),
    }
    assert _says(koan.lesson, "jax.grad")
    assert not _says(koan.lesson, "jax.hessian")


@dataclass(frozen=True)
class _Koan:
    name: str
    file: str
    uses: set[str]
    lesson: str  # the docstrings and comments that a learner reads


def _gaps(koans: list[str]) -> list[str]:
    """What is used before it is taught by somebody who meets these koans, and no others."""
    order = {koan: number for number, koan in enumerate(koans)}
    gaps = []
    for koan in koans:
        for name in sorted(_koans()[koan].uses):
            teachers = [teacher for teacher in _table().get(name, []) if teacher in order]
            first = min(teachers, key=order.__getitem__, default=None)
            if first is None:
                gaps.append(f"{_koans()[koan].file}: {koan} uses {name}; no koan here teaches it")
            elif order[first] > order[koan]:
                gaps.append(f"{_koans()[koan].file}: {koan} uses {name}; only {first} teaches it")
    return gaps


@cache
def _sections() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def _table() -> dict[str, list[str]]:
    """Who teaches which name, in words or by showing it."""
    said, shown = (_sections()[section] for section in ("said", "shown"))
    return {name: said.get(name, []) + shown.get(name, []) for name in said | shown}


@cache
def _koans() -> dict[str, _Koan]:
    return {koan.name: koan for file in PATH.files for koan in _read(file, PATH.solution(file))}


def _read(file: str, solution: str) -> list[_Koan]:
    """The koans of a file, each with what the learner is shown and what the solution writes."""
    text = erase(solution)
    written, shown = ast.parse(solution), ast.parse(text)
    own = own_statements(shown)
    uses, in_koan = _uses(written, own_statements(written)), _uses(shown, own)
    head, lines = ast.get_docstring(shown) or "", text.split("\n")
    return [
        _Koan(koan, file, uses[koan] | in_koan[koan], " ".join([head, *_lesson(part, lines)]))
        for koan, part in own.items()
    ]


def _uses(tree: ast.Module, own: dict[str, list[ast.stmt]]) -> dict[str, set[str]]:
    """The names in each koan's own source that somebody must teach."""
    search = _Search(_imports(tree), _own_attributes(tree))
    names = {id(node): set(filter(_needs_a_row, search.names(node))) for node in tree.body}
    return {koan: set().union(*(names[id(node)] for node in part)) for koan, part in own.items()}


def _lesson(statements: list[ast.stmt], lines: list[str]) -> Iterator[str]:
    """The docstrings and comments in these statements."""
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                yield ast.get_docstring(node) or ""
        for line in lines[statement.lineno - 1 : statement.end_lineno]:
            yield line.partition("#")[2]


def _says(lesson: str, name: str) -> bool:
    """Whether a lesson speaks of a name: in full, or its last parts as code."""
    if name.startswith("."):
        return re.search(rf"\.{name.rpartition('.')[2]}\b", lesson) is not None
    parts = name.removesuffix("=").split(".")
    ends = "|".join(re.escape(".".join(parts[start:])) for start in range(len(parts)))
    return re.search(rf"(?<![.\w])({ends})([(=`])", lesson) is not None


@dataclass(frozen=True)
class _Search:
    """Finds the names in a syntax tree, as the table writes them."""

    imports: dict[str, str]
    own: set[str]  # the attributes of the file's own classes

    def names(self, node: ast.AST, drawing: bool = False) -> Iterator[str]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            return
        if dotted := self._dotted(node):
            yield dotted
            if dotted.startswith(("jnp.", "lax.")):
                yield dotted[:3]
            return
        if isinstance(node, ast.FunctionDef):
            if node.name.startswith("test"):
                yield from (fixture.arg for fixture in node.args.args)
            drawing = drawing or any(_draws(decorator) for decorator in node.decorator_list)
        elif isinstance(node, ast.Call):
            yield from self._keywords(node)
        elif isinstance(node, ast.Attribute) and not drawing:  # what is drawn on is matplotlib's
            yield from self._attribute(node)
        for child in ast.iter_child_nodes(node):
            yield from self.names(child, drawing)

    def _dotted(self, node: ast.AST) -> str | None:
        """The full name of what was imported: `sin` of jnp is "jnp.sin"."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id)
        if isinstance(node, ast.Attribute) and (value := self._dotted(node.value)):
            return SHORT.get(name := f"{value}.{node.attr}", name)
        return None

    def _attribute(self, node: ast.Attribute) -> Iterator[str]:
        maker = self._dotted(node.value.func) if isinstance(node.value, ast.Call) else None
        if _is_at(node):
            yield f".at[].{node.attr}"
        elif node.attr not in self.own and not (maker or "").startswith("np."):
            yield f".{node.attr}"

    def _keywords(self, call: ast.Call) -> Iterator[str]:
        function = self._dotted(call.func)
        if function == "functools.partial" and call.args:
            function = self._dotted(call.args[0])
        elif isinstance(call.func, ast.Attribute) and _is_at(call.func):
            function = f".at[].{call.func.attr}"
        yield from (
            f"{word.arg}="
            for word in call.keywords
            if word.arg and function and _is_of_jax(function, word.arg)
        )


def _draws(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == "figure"
    )


def _is_at(node: ast.Attribute) -> bool:
    """Whether this is what is done at a place: `set` in `x.at[0].set`."""
    place = node.value
    return (
        isinstance(place, ast.Subscript)
        and isinstance(place.value, ast.Attribute)
        and place.value.attr == "at"
    )


def _imports(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                # Without `as`, `import jax.numpy` binds jax.
                full = alias.name if alias.asname else alias.name.partition(".")[0]
                found[alias.asname or full] = SHORT.get(full, full)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found[alias.asname or alias.name] = SHORT.get(full, full)
    return found


def _own_attributes(tree: ast.Module) -> set[str]:
    """The methods and fields of the classes that a file defines."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            found |= {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
            fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
            found |= {part.target.id for part in fields if isinstance(part.target, ast.Name)}
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return found


@cache
def _needs_a_row(name: str) -> bool:
    """Whether somebody must teach this name. Whatever has a row needs one."""
    if name in _table():
        return True
    if name.startswith("."):
        return not any(hasattr(kind, name.removeprefix(".")) for kind in KNOWN_TYPES)
    if name.startswith("jnp."):
        return not _numpy_has(name)
    return name.partition(".")[0] not in KNOWN_MODULES


def _is_of_jax(function: str, keyword: str) -> bool:
    """Whether this is an argument of JAX's own: no name of an argument that NumPy's has."""
    if function.startswith("jnp."):
        return not _numpy_has(function, keyword)
    if function in FORMATTERS:
        return False
    return function.startswith(("jax.", "lax.", ".at")) and keyword not in KNOWN_KEYWORDS


def _numpy_has(name: str, keyword: str = "") -> bool:
    try:
        function = operator.attrgetter(name.removeprefix("jnp."))(np)
        return not keyword or keyword in inspect.signature(function).parameters
    except AttributeError:
        return False
    except (TypeError, ValueError):
        return True  # written in C, without a signature
