"""Whether all is there that the koans need, and what to do if not, even where JAX is broken."""

import os
import platform
from collections.abc import Iterator
from pathlib import Path

from jax_koans.doctor.finding import Finding, Level, told, verdict
from jax_koans.doctor.folder import folder
from jax_koans.doctor.machine import ask, devices, settings
from jax_koans.doctor.versions import packages, python

__all__ = ["Finding", "Level", "examine", "told", "verdict"]


def examine(start: Path) -> Iterator[Finding]:
    """All findings for somebody in the folder `start`, one by one: JAX takes a while."""
    yield from python()
    yield from packages()
    yield from devices(ask(), platform.system())
    yield from settings(os.environ)
    yield from folder(start)
