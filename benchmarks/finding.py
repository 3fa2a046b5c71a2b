"""One number that has a target, and where it was found."""

import os
import platform
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Finding:
    """A number, and the most that it should be; `unit` is empty for a ratio."""

    what: str
    found: float
    target: float
    unit: str = ""

    @property
    def reached(self) -> bool:
        return self.found <= self.target

    def __str__(self) -> str:
        verdict = "reached" if self.reached else "NOT REACHED"
        return (
            f"{self.what}: {self.number(self.found)}, at most {self.number(self.target)}: {verdict}"
        )

    def row(self) -> str:
        """One line of the table, in Markdown."""
        found = self.number(self.found) if self.reached else f"**{self.number(self.found)}**"
        return f"| {self.what} | {found} | {self.number(self.target)} |"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"reached": self.reached}

    def number(self, value: float) -> str:
        if not self.unit:
            return f"{value:.2f} x"
        return (
            f"{value:.2f} {self.unit}" if self.unit == "s" else f"{value:.0f} {self.unit}".strip()
        )


def machine() -> str:
    """Date, processor, load and versions: without them a time says nothing."""
    info = Path("/proc/cpuinfo")
    model = platform.processor() or platform.machine()
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    versions = [f"{name} {version(name)}" for name in ("jax", "pytest", "watchfiles")]
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    python = f"Python {platform.python_version()}"
    return ", ".join([str(date.today()), model, f"{os.cpu_count()} cores", load, python, *versions])
