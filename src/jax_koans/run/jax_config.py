"""JAX's configuration, compared with a snapshot after each koan and restored where it differs.

Koans do not run inside contexts of ours: that would hide what a learner's `config.update` does.
JAX is imported late, inside functions, so that `--help` works where `import jax` fails.
"""

import contextlib


class Snapshot:
    """The values of all JAX options, and the mesh, at the time it is made."""

    def __init__(self) -> None:
        import jax

        self._options = dict(jax.config.values)
        self._mesh = jax.sharding.get_mesh()

    def restore(self) -> None:
        """Reset every option, and the mesh, that differs."""
        import jax

        now = jax.config.values
        for name in [name for name, value in self._options.items() if now[name] != value]:
            # An option that cannot change once a backend runs, a koan could not change either.
            with contextlib.suppress(Exception):
                jax.config.update(name, self._options[name])  # type: ignore[no-untyped-call]
        if jax.sharding.get_mesh() != self._mesh:
            jax.set_mesh(self._mesh)
