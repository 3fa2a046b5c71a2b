"""What a learner is told of a failure: facts that an author wrote, nothing guessed.

None of it runs a learner's code, knows a koan, or reads JAX's wording.
"""

import ast
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jax_koans.feedback.exceptions import Explanation

__all__ = ["explain"]


def explain(
    error: BaseException, tree: ast.Module, path: Path, koan: str = "", solution: str = ""
) -> "Explanation | None":
    """The one explanation of a failure in a learner's file; None where nothing is certain.

    `tree` is the file's syntax tree, `path` its location as tracebacks name it. With `koan` and
    the file's `solution`, the code that the learner wrote is searched for mistakes of form.
    """
    try:
        from jax_koans.feedback.exceptions import explanation  # late: --help works without JAX

        return explanation(error, tree, str(path), koan, solution)
    except Exception:  # a learner's objects may do anything; JAX's own message stands
        return None
