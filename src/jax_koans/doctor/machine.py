"""Whether JAX imports and starts on this machine, and what its environment decides.

JAX is asked in a separate process: a broken binary may end that process.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jax_koans.doctor.finding import Finding, Level
from jax_koans.doctor.versions import INSTALL, version_of
from jax_koans.i18n import _

_HARMLESS = ("JAX_ENABLE_X64", "JAX_COMPILATION_CACHE_DIR")
_NUMPY = "python -m pip install --upgrade --force-reinstall numpy"
_REDISTRIBUTABLE = "https://aka.ms/vs/17/release/vc_redist.x64.exe"
_SECONDS = 120  # a first import from a slow disk takes half a minute
_PROGRAM = """
import json
stage, said = "numpy", {}
try:
    import numpy
    stage = "import"
    import jax
    stage = "start"
    said["devices"] = [str(device) for device in jax.devices()]
except BaseException as error:
    said = {"failed": stage, "error": type(error).__name__, "message": str(error)}
print()
print(json.dumps(said))
"""


@dataclass(frozen=True)
class Said:
    """What came of asking: devices, or what failed ("numpy", "import" or "start") and why."""

    devices: tuple[str, ...] = ()
    failed: str = ""
    error: str = ""
    message: str = ""


def ask(seconds: float = _SECONDS) -> Said:
    try:
        done = subprocess.run(
            # -P: a file called jax.py in this folder is not JAX.
            [sys.executable, "-P", "-c", _PROGRAM],
            env=os.environ | {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "PYTHONUTF8": "1"},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        message = _("it took more than {seconds:g} s").format(seconds=seconds)
        return Said(failed="import", error="TimeoutExpired", message=message)
    try:
        said = json.loads(done.stdout.rstrip().rpartition("\n")[2])
        return Said(**{**said, "devices": tuple(said.get("devices", ()))})
    except (ValueError, TypeError):
        code = done.returncode
        how = _("exit code {code}").format(code=code) if code >= 0 else signal.Signals(-code).name
        return Said(failed="import", error=how, message=_("Python itself ended"))


def devices(said: Said, system: str) -> Iterator[Finding]:
    """What JAX said of itself on this machine; `system` is Python's name of its system."""
    if not said.failed:
        yield Finding(Level.WELL, _("devices: {devices}").format(devices=", ".join(said.devices)))
        return
    if said.failed == "start":
        what = _("JAX starts on no device: {reason}")
        advice = _(
            "Try without a GPU: pytest --device cpu. If JAX_PLATFORMS is set, unset it. A GPU needs"
            " the extra for it (README), and on Windows WSL2."
        )
    elif said.failed == "numpy" and version_of("numpy") is not None:
        what = _("`import numpy` fails, and JAX needs it: {reason}")
        advice = _("Install it again: {command}").format(command=_NUMPY)
    else:
        what, advice = _("`import jax` fails: {reason}"), _how_to_import(said, system)
    reason = f"{said.error}: {said.message.strip().partition(chr(10))[0]}"
    yield Finding(Level.WRONG, what.format(reason=reason), advice)


def _how_to_import(said: Said, system: str) -> str:
    if system == "Windows" and said.error == "ImportError":
        return _(
            "Usually the Microsoft Visual C++ Redistributable is missing: install {address}, open a"
            " new terminal, and try again."
        ).format(address=_REDISTRIBUTABLE)
    again = _("Install it again: {command}").format(command=INSTALL + " --force-reinstall")
    if said.error.startswith("SIG"):
        again += ". " + _("If that does not help: a processor without AVX cannot run JAX's wheels.")
    return again


def settings(environment: Mapping[str, str]) -> Iterator[Finding]:
    """The default device and precision, and variables that change what JAX or pytest do."""
    device, x64 = environment.get("KOANS_DEVICE"), environment.get("KOANS_X64")
    chosen = f"{device} (KOANS_DEVICE)" if device else "cpu"
    chosen += f", x64 = {x64} (KOANS_X64)" if x64 else ", float32"
    yield Finding(Level.WELL, _("by default: {chosen}").format(chosen=chosen))
    notes = {
        "JAX_ENABLE_X64": _("The koans ignore it: --x64 or KOANS_X64 decides."),
        "PYTEST_ADDOPTS": _("pytest adds these options to every run."),
    }
    for name in sorted(environment):
        if name.startswith("JAX_") and name not in _HARMLESS:
            notes[name] = _("It changes how JAX works, and so what a koan says. Better unset it.")
    for name, note in notes.items():
        if value := environment.get(name):
            yield Finding(Level.NOTE, f"{name}={value}", note)
