"""What belongs to everybody: no koan passes because another one has replaced `jnp.sum`.

The public names of JAX, NumPy, Python and pytest are compared, by identity, with what they were
before any koan was imported, and put back where they differ. What a koan adds may stay, except on a
class, where it could stand in front of what is inherited.
"""

import contextlib
import importlib
import operator
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

_MODULES = [
    "builtins",
    "functools",
    "math",
    "operator",
    "os",
    "sys",
    "time",
    "numpy",
    "numpy.linalg",
    "numpy.random",
    "numpy.testing",
    "jax",
    "jax.core",
    "jax.debug",
    "jax.errors",
    "jax.flatten_util",
    "jax.lax",
    "jax.nn",
    "jax.numpy",
    "jax.numpy.linalg",
    "jax.random",
    "jax.scipy",
    "jax.sharding",
    "jax.test_util",
    "jax.tree",
    "jax.tree_util",
    "jax_koans",
    "jax_koans.lesson.blank",
    "jax_koans.lesson.probes",
    "pytest",
]
# What Python and pytest set themselves, while koans run.
_NOT_OURS = {
    "sys": {"stdin", "stdout", "stderr", "last_type", "last_value", "last_traceback", "last_exc",
            "excepthook", "displayhook", "unraisablehook", "breakpointhook", "path", "argv",
            "meta_path", "path_hooks", "ps1", "ps2", "flags"},
    "builtins": {"_"},
    "os": {"_exit", "abort"},  # the guard's
}  # fmt: skip


class Originals:
    """The public parts of the modules and classes that koans use, as they are when it is made."""

    def __init__(self) -> None:
        import jax
        import numpy as np

        self._modules = {
            name: (module, _names(name, module))
            for name, module in ((name, importlib.import_module(name)) for name in _MODULES)
        }
        module, names = self._modules.pop("builtins")
        self._builtins = vars(module), names
        array = type(jax.device_put(np.zeros(())))  # jnp.zeros would be compiled
        self._classes = {
            "jax.Array": (jax.Array, dict(vars(jax.Array))),
            "the class of arrays": (array, dict(vars(array))),
            "jax.core.Tracer": (jax.core.Tracer, dict(vars(jax.core.Tracer))),
        }
        self._loaded = dict(sys.modules)

    def mend(self) -> list[str]:
        """Put back what was replaced or deleted; answers with the names, `jax.numpy.sum`."""
        mended = []
        # First, and with nothing of theirs, the builtins: all that follows needs them.
        builtins, names = self._builtins
        for key in names:
            if builtins.get(key) is not names[key]:
                builtins[key] = names[key]
                mended.append(key)
        for name in _differing(sys.modules, self._loaded):
            sys.modules[name] = self._loaded[name]
            mended.append(name)
        for name, (module, names) in self._modules.items():
            for key in _differing(vars(module), names):
                setattr(module, key, names[key])
                mended.append(f"{name}.{key}")
        for name, (kind, names) in self._classes.items():
            now = vars(kind)
            changed = list(_differing(now, names))
            for key in now.keys() - names.keys():
                with contextlib.suppress(AttributeError, TypeError):
                    delattr(kind, key)
                    mended.append(f"{name}.{key}")
            for key in changed:
                with contextlib.suppress(AttributeError, TypeError):
                    setattr(kind, key, names[key])
                    mended.append(f"{name}.{key}")
        return mended


def _names(name: str, module: ModuleType) -> dict[str, Any]:
    ours = {key: value for key, value in vars(module).items() if not key.startswith("__")}
    if name == "builtins":  # __import__ and __build_class__ are everybody's too
        ours |= {"__import__": module.__import__, "__build_class__": module.__build_class__}
    return {key: value for key, value in ours.items() if key not in _NOT_OURS.get(name, ())}


def _differing(now: Mapping[str, Any], saved: dict[str, Any]) -> Iterator[str]:
    # Looked at one by one only where a first look, in C, finds that something differs.
    if not all(map(operator.is_, map(now.get, saved), saved.values())):
        yield from [key for key, value in saved.items() if now.get(key, _differing) is not value]
