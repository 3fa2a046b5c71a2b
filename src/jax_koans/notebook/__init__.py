"""Koans in a notebook: `%load_ext jax_koans.notebook`, then one cell per koan.

The kernel holds front.py alone, which needs IPython and the standard library; the rest runs in a
process of its own, in the environment of the koans. Its functions raise PathError, whose text says
what to do, and OSError where a file cannot be read or written.
"""

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext jax_koans.notebook` calls."""
    from jax_koans.notebook import front

    front.load_ipython_extension(shell)
