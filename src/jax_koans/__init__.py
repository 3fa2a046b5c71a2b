"""What a koan needs: the blank, and probes that look inside JAX."""

from typing import Any

from jax_koans.lesson.blank import __

__version__ = "0.2.0"
__all__ = ["__", "counted", "equations", "executed", "largest", "primitives"]

_PROBES = frozenset(__all__) - {"__"}


def __getattr__(name: str) -> Any:
    # The probes import JAX, and the switch must speak before JAX does: so they come late.
    if name not in _PROBES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from jax_koans.lesson import probes

    return getattr(probes, name)
