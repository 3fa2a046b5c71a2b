"""The order of the packages, what lessons import, and what the package does not know."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "jax_koans"
# A package imports from those above it in this list, and from itself.
ORDER = ["", "i18n", "lesson", "source", "course", "folder", "feedback", "judge", "screen",
         "actions", "run", "watch", "notebook", "classroom", "switch", "plugin", "doctor", "cli",
         "__main__"]  # fmt: skip
# conftest.py imports these by name, so they stay where they are, and packages may use them.
PUBLIC = {"switch"}
LONGEST = 300  # lines of a module
PROBES = {"__", "counted", "equations", "executed", "largest", "primitives"}


def package_of(module):
    return module.removeprefix("jax_koans").removeprefix(".").partition(".")[0]


def imports(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jax_koans"):
            inside = package_of(node.module)
            # `from jax_koans import switch` names a module, or a name of the package itself.
            known = [alias.name for alias in node.names if alias.name in ORDER]
            yield from known if not inside and known else [inside]
        elif isinstance(node, ast.Import):
            yield from (
                package_of(alias.name) for alias in node.names if alias.name.startswith("jax_koans")
            )


def test_a_package_imports_only_from_those_above_it():
    upward = []
    for file in sorted(PACKAGE.rglob("*.py")):
        mine = file.relative_to(PACKAGE).with_suffix("").parts[0]
        mine = "" if mine == "__init__" else mine
        for other in imports(file):
            if other not in PUBLIC and ORDER.index(other) > ORDER.index(mine) and mine:
                upward.append(f"{file.relative_to(PACKAGE)} imports {other}")

    assert upward == []


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: file.stem)
def test_a_module_is_short_and_has_a_docstring(file):
    text = file.read_text(encoding="utf-8")

    assert text.count("\n") <= LONGEST
    assert ast.get_docstring(ast.parse(text))


def test_the_package_names_no_koan(path_of_koans):
    names = "|".join(koan.name for koan in path_of_koans.koans)
    files = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.toml")]
    named = {file.name: re.findall(names, file.read_text(encoding="utf-8")) for file in files}

    assert {file: found for file, found in named.items() if found} == {}


def test_the_first_level_has_few_modules():
    assert len([*PACKAGE.glob("*.py")]) <= 8


def test_lessons_import_the_blank_and_the_probes_alone(path_of_koans):
    for file in path_of_koans.files:
        tree = ast.parse(path_of_koans.solution(file))
        names = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jax_koans")
            for alias in node.names
        }
        assert names <= PROBES
