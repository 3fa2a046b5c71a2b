"""Python and the installed packages: their versions, and what they ask of each other."""

import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from jax_koans.doctor.finding import Finding, Level
from jax_koans.doctor.versions import beside_tested, tested
from jax_koans.i18n import _

INSTALL = "python -m pip install --upgrade jax jaxlib"


def python() -> Iterator[Finding]:
    """This Python, and whether the terminal's pytest is its own."""
    version = platform.python_version()
    what = f"Python {version}  {sys.executable}"
    yield _compared("python", version, what, "")
    pytest = shutil.which("pytest")
    if pytest and Path(pytest).parent.resolve() != Path(sys.executable).parent.resolve():
        yield Finding(
            Level.NOTE,
            _("`pytest` in this terminal belongs to another Python: {file}").format(file=pytest),
            _("Activate the environment of the koans, or run: {python} -m pytest").format(
                python=sys.executable
            ),
        )


def packages() -> Iterator[Finding]:
    """JAX and what the koans need beside it."""
    found = {name: version_of(name) for name in ("jax", "jaxlib", "numpy", "pytest")}
    for name in ("jax", "jaxlib"):
        if version := found[name]:
            yield _compared(name, version, f"{name} {version}", INSTALL)
    others = [f"{name} {found[name]}" for name in ("numpy", "pytest") if found[name]]
    if others:
        yield Finding(Level.WELL, ", ".join(others))
    yield from _requirements()


def _compared(name: str, version: str, what: str, install: str) -> Finding:
    match beside_tested(name, version):
        case -1:
            what = _("{what}: older than what the koans need, {tested}").format(
                what=what, tested=tested(name)
            )
            return Finding(Level.WRONG, what, install or _("Install a newer Python."))
        case 1:
            what = _("{what}: newer than what the koans are tested with, {tested}").format(
                what=what, tested=tested(name)
            )
            mend = _("Mostly that is fine. If a koan behaves oddly, try a tested version.")
            return Finding(Level.NOTE, what, mend)
        case _:
            return Finding(Level.WELL, what)


def _requirements() -> Iterator[Finding]:
    """What the installed packages ask of each other and do not find."""
    try:
        from packaging.requirements import Requirement  # it comes with pytest
    except ImportError:
        yield _missing("pytest", "")
        return
    for package in ("jax-koans", "jax", "jaxlib"):
        for line in _requires(package):
            wanted = Requirement(line)
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
                continue
            version = version_of(wanted.name)
            if version is None:
                yield _missing(wanted.name, package)
            elif not wanted.specifier.contains(version, prereleases=True):
                what = _("{package} needs {wanted}, and {version} is installed.").format(
                    package=package, wanted=line, version=version
                )
                name = "jax jaxlib" if "jax" in wanted.name else wanted.name
                yield Finding(Level.WRONG, what, f"python -m pip install --upgrade {name}")


def _missing(name: str, package: str) -> Finding:
    what = _("{name} is not installed.").format(name=name)
    if package:
        what = _("{name}, which {package} needs, is not installed.").format(
            name=name, package=package
        )
    return Finding(Level.WRONG, what, f"python -m pip install {name}")


def _requires(package: str) -> list[str]:
    try:
        return importlib.metadata.requires(package) or []
    except importlib.metadata.PackageNotFoundError:
        return []


def version_of(package: str) -> str | None:
    """A package's installed version; asked of its metadata, so it need not work."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
