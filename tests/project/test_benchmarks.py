"""The benchmarks run by hand, so their imports from the package are checked here."""

import ast
import importlib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_what_benchmarks_import_from_the_package_exists():
    lacking, found = [], 0
    for file in sorted((ROOT / "benchmarks").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(
                "jax_koans"
            ):
                continue
            module = importlib.import_module(node.module)
            for alias in node.names:
                found += 1
                if not hasattr(module, alias.name):
                    try:
                        importlib.import_module(f"{node.module}.{alias.name}")
                    except ModuleNotFoundError:
                        lacking.append(f"{file.name}: {node.module}.{alias.name}")

    assert lacking == []
    assert found > 10
