"""Whether JAX imports and starts on this machine, and what its environment decides."""

import platform
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jax_koans.doctor.finding import Finding, Level
from jax_koans.doctor.packages import INSTALL, version_of
from jax_koans.doctor.probe import Said
from jax_koans.i18n import _

# For these there are wheels of jaxlib.
_WHEELS = {"Linux": ("x86_64", "aarch64"), "Darwin": ("arm64",), "Windows": ("AMD64", "x86_64")}
_HARMLESS = ("JAX_ENABLE_X64", "JAX_COMPILATION_CACHE_DIR")
_NUMPY = "python -m pip install --upgrade --force-reinstall numpy"
_REDISTRIBUTABLE = "https://aka.ms/vs/17/release/vc_redist.x64.exe"


@dataclass(frozen=True)
class Machine:
    """The system, its processor as Python names it, a pointer's bits, and the C library."""

    system: str
    processor: str
    bits: int
    musl: bool = False

    @classmethod
    def here(cls) -> "Machine":
        bits, musl = sys.maxsize.bit_length() + 1, "musl" in str(sysconfig.get_config_var("SOABI"))
        return cls(platform.system(), platform.machine(), bits, musl)

    def without_wheel(self) -> str:
        """Why nobody offers JAX for this machine, and what to do; "" where somebody does."""
        if self.bits == 32:
            return _("JAX needs a 64-bit Python, and this one has 32. Install the 64-bit one.")
        if self.musl:
            return _("JAX is not made for Alpine Linux. Use one with glibc, such as Debian.")
        if self.system == "Darwin" and self.processor == "x86_64":
            return _(
                "JAX is no longer made for Intel Macs. If this Mac has an Apple chip, this Python"
                " is an Intel one: install the arm64 one. Else use a Linux machine."
            )
        if self.processor not in _WHEELS.get(self.system, (self.processor,)):
            return _("JAX is not made for {system} on {processor}. It is for: {known}.").format(
                system=self.system, processor=self.processor, known=", ".join(_WHEELS[self.system])
            )
        return ""


def devices(said: Said, machine: Machine) -> Iterator[Finding]:
    """What JAX said of itself on this machine."""
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
        what, advice = _("`import jax` fails: {reason}"), _how_to_import(said, machine)
    reason = f"{said.error}: {said.message.strip().partition(chr(10))[0]}"
    yield Finding(Level.WRONG, what.format(reason=reason), advice)


def _how_to_import(said: Said, machine: Machine) -> str:
    if why := machine.without_wheel():
        return why
    if version_of("jax") is None:
        return _("Install it: {command}").format(command=INSTALL)
    if machine.system == "Windows" and said.error == "ImportError":
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
