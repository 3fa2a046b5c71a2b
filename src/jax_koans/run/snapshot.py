"""A clean JAX configuration for every koan: compared with a snapshot, mended where it differs.

Koans are not wrapped in contexts of ours: that would mask what a learner's `config.update` does.
JAX is imported late, inside functions, so that `--help` works where `import jax` fails.
"""

import contextlib
import functools
from typing import Any

# Options whose context manager is not called like the option itself.
_CONTEXTS = {"jax_check_tracer_leaks": "checking_leaks"}


class Snapshot:
    """The values of all JAX options, and the mesh, as they are when it is made."""

    def __init__(self) -> None:
        import jax

        self._options = {name: _value(name) for name in jax.config.values}
        self._mesh = jax.sharding.get_mesh()

    def restore(self) -> None:
        """Give every option, and the mesh, its value back.

        An option that a context manager holds, entered and never left, does not heed
        `config.update`; only then is a corrective context entered, for good.
        """
        import jax

        everywhere = jax.config.values
        for name, saved in self._options.items():
            if everywhere[name] == saved and getattr(jax.config, name, saved) == saved:
                continue
            # What cannot be changed once the backend runs, a koan could not change either.
            with contextlib.suppress(Exception):
                jax.config.update(name, saved)  # type: ignore[no-untyped-call]
            if _value(name) != saved:
                _enter(name, saved)
        if jax.sharding.get_mesh() != self._mesh:
            jax.set_mesh(self._mesh)


def _value(name: str) -> Any:
    """What is in force: in this thread where the option knows threads, else everywhere."""
    import jax

    return getattr(jax.config, name, jax.config.values[name])


def _enter(name: str, value: Any) -> None:
    import jax

    context = getattr(jax, _CONTEXTS.get(name, name.removeprefix("jax_")), None)
    if isinstance(context, functools.partial):  # checking_leaks comes with its True bound
        context = context.func
    if context is not None:
        context(value).__enter__()
