"""The clinic: what went wrong, in plain words at the learner's own line.

It recognises by class and structure: the exception's class, the expression of the learner's that
raised it, which function is called there, which argument is a tracer; of a comparison, what kind
of difference lies between its sides. It never reads JAX's wording, it runs none of the learner's
code, and where it does not know, it says nothing.

JAX is imported late, so that pytest's `--help` works where `import jax` fails.
"""

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from jax_koans.clinic.finding import Finding

if TYPE_CHECKING:
    from jax_koans.clinic.nature import Pair

__all__ = ["Finding", "examine", "pair"]


def pair(found: object, said: object) -> "Pair | None":
    """What there is to know about two values that were compared; None where they defend it."""
    try:
        from jax_koans.clinic.nature import Pair

        return Pair.of(found, said)
    except Exception:  # a learner's value may do anything when it is looked at
        return None


def examine(
    error: BaseException, tree: ast.Module, path: Path, compared: "Pair | None" = None
) -> Finding | None:
    """What the clinic knows about an exception that a learner's file raised.

    `tree` is the file's syntax tree, `path` its place as the tracebacks name it, `compared` what
    is known of the sides of the last comparison that did not hold. None where nothing is known.
    """
    try:
        from jax_koans.clinic.rules import diagnose

        return diagnose(error, tree, path, compared)
    except Exception:  # whatever a rule stumbles over: JAX's own words stand
        return None
