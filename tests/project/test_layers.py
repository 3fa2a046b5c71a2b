"""Nothing imports upward, and lessons import no more than the blank and the probes."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "jax_koans"
# From the ground up; what stands in one row may not import each other.
LAYERS = [
    {"i18n", "blank"},
    {
        "files",
        "probes",
        "source.text",
        "clinic.catalogue",
        "clinic.nature",
        "clinic.place",
        "clinic.words",
    },
    {"source.marks"},
    {"source.erase", "source.match"},
    {"source.answers", "source.own"},
    {"source.fill", "source.check", "source.part"},
    {"source"},
    {"path", "outcome", "hygiene", "switch", "plots", "limits", "run"},
    {"state", "backups", "made", "choose", "originals", "printed", "memory", "saves"},
    {"build", "progress", "learner", "report", "manners", "guard", "marks"},
    {"clinic.finding", "clinic.scene"},
    {
        "clinic.answer",
        "clinic.arrays",
        "clinic.batching",
        "clinic.calls",
        "clinic.fitting",
        "clinic.indexing",
        "clinic.keys",
        "clinic.loops",
        "clinic.probing",
        "clinic.retraced",
        "clinic.traced",
        "clinic.updates",
    },
    {
        "clinic.arguments",
        "clinic.branching",
        "clinic.classes",
        "clinic.compiling",
        "clinic.containers",
        "clinic.counts",
        "clinic.names",
        "clinic.placing",
        "clinic.shapes",
        "clinic.sizes",
        "clinic.tracers",
        "clinic.trees",
    },
    {
        "clinic.code",
        "clinic.derivatives",
        "clinic.effects",
        "clinic.python",
        "clinic.runtime",
        "clinic.steps",
    },
    {"clinic.forms"},
    {"clinic.relations", "clinic.transforms"},
    {"clinic.rules"},
    {"clinic"},
    {"learners_folder", "judge"},
    {"standing", "hinting", "reveal", "reset", "update", "terminal", "sheet"},
    {"listing"},
    {"doctor.finding", "doctor.machine", "doctor.probe", "doctor.versions"},
    {"doctor.packages", "doctor.settings", "doctor.folder"},
    {"doctor.devices"},
    {"doctor"},
    {"additions", "no_answer", "stream"},
    {"collection", "story", "review", "child", "spare"},
    {"session", "narrator"},
    {"last_words", "watch"},
    {"reporter", "asking"},
    {"plugin", "window", "running"},
    {"watching"},
    {"cli"},
    {"__main__"},
]
HEIGHT = {module: height for height, modules in enumerate(LAYERS) for module in modules}


def module_of(file):
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(file): file for file in PACKAGE.rglob("*.py")}


def imported(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jax_koans"):
            inside = node.module.removeprefix("jax_koans").removeprefix(".")
            for alias in node.names:
                longer = f"{inside}.{alias.name}".removeprefix(".")
                yield longer if longer in FILES else inside


def test_every_module_has_its_layer():
    assert HEIGHT.keys() == FILES.keys() - {""}


@pytest.mark.parametrize("module", sorted(HEIGHT))
def test_a_module_imports_only_from_below(module):
    upward = [each for each in imported(FILES[module]) if HEIGHT[each] >= HEIGHT[module]]

    assert upward == []


def test_lessons_import_the_blank_and_the_probes_alone(path_of_koans):
    for file in path_of_koans.files:
        tree = ast.parse(path_of_koans.solution(file))
        names = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jax_koans")
            for alias in node.names
        }
        assert names <= {"__", "counted", "equations", "executed", "largest", "primitives"}
