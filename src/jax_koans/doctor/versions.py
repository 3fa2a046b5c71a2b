"""Python and the installed packages: their versions, and what they require of each other."""

import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement  # it comes with pytest
from packaging.version import Version

from jax_koans.doctor.finding import Finding, Level
from jax_koans.i18n import _

INSTALL = "python -m pip install --upgrade jax jaxlib"
# From the oldest to the newest version that is tested, both included: 3.13 includes 3.13.5.
TESTED: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "python": ((3, 11), (3, 13)),
    "jax": ((0, 9, 1), (0, 12)),
    "jaxlib": ((0, 9, 1), (0, 12)),
}


def python() -> Iterator[Finding]:
    """This Python, and whether the terminal's pytest is its own."""
    version = platform.python_version()
    yield _compared("python", version, f"Python {version}  {sys.executable}")
    pytest = shutil.which("pytest")
    if pytest and Path(pytest).parent.resolve() != Path(sys.executable).parent.resolve():
        what = _("`pytest` in this terminal belongs to another Python: {file}")
        advice = _("Activate the environment of the koans, or run: {python} -m pytest")
        yield Finding(Level.NOTE, what.format(file=pytest), advice.format(python=sys.executable))


def packages() -> Iterator[Finding]:
    """JAX and what the koans need beside it."""
    found = {name: version_of(name) for name in ("jax", "jaxlib", "numpy", "pytest")}
    for name in ("jax", "jaxlib"):
        if version := found[name]:
            yield _compared(name, version, f"{name} {version}")
    others = [f"{name} {found[name]}" for name in ("numpy", "pytest") if found[name]]
    yield Finding(Level.WELL, ", ".join(others))
    yield from _requirements()


def is_newer(name: str, version: str) -> bool:
    """Whether a version is newer than all tested ones; pip installs no older one."""
    newest = TESTED[name][1]
    # A Python built from its repository is called 3.14.0a1+.
    return Version(version.rstrip("+")).release[: len(newest)] > newest


def version_of(package: str) -> str | None:
    """A package's installed version; asked of its metadata, so it need not work."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _compared(name: str, version: str, what: str) -> Finding:
    if not is_newer(name, version):
        return Finding(Level.WELL, what)
    tested = " to ".join(".".join(map(str, each)) for each in TESTED[name])
    text = _("{what}: newer than what is tested, {tested}")
    advice = _("Usually that is fine. If a koan behaves oddly, try a tested version.")
    return Finding(Level.NOTE, text.format(what=what, tested=tested), advice)


def _requirements() -> Iterator[Finding]:
    """What the installed packages require of each other and do not find."""
    for package in filter(version_of, ("jax-koans", "jax", "jaxlib")):
        for line in importlib.metadata.requires(package) or []:
            wanted = Requirement(line)
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
                continue
            version = version_of(wanted.name)
            if version is not None and wanted.specifier.contains(version, prereleases=True):
                continue
            what = _("{package} needs {wanted}, and {version} is installed.").format(
                package=package, wanted=line, version=version or _("none")
            )
            name = "jax jaxlib" if "jax" in wanted.name else wanted.name
            yield Finding(Level.WRONG, what, f"python -m pip install --upgrade {name}")
