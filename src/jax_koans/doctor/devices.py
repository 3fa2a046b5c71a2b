"""Whether JAX imports and starts, and how to fix it where it does not."""

from collections.abc import Iterator

from jax_koans.doctor.finding import Finding, Level
from jax_koans.doctor.machine import Machine
from jax_koans.doctor.packages import INSTALL, version_of
from jax_koans.doctor.probe import Said
from jax_koans.i18n import _

_NUMPY = "python -m pip install --upgrade --force-reinstall numpy"
_REDISTRIBUTABLE = "https://aka.ms/vs/17/release/vc_redist.x64.exe"


def devices(said: Said, machine: Machine) -> Iterator[Finding]:
    """What JAX said of itself on this machine."""
    if not said.failed:
        yield Finding(Level.WELL, _("devices: {devices}").format(devices=", ".join(said.devices)))
        return
    reason = f"{said.error}: {said.message.strip().partition(chr(10))[0]}"
    if said.failed == "start":
        what = _("JAX starts on no device: {reason}").format(reason=reason)
        advice = _(
            "Try without a GPU: pytest --device cpu. If JAX_PLATFORMS is set, unset it. A GPU needs"
            " the extra for it (README), and on Windows WSL2."
        )
    elif said.failed == "numpy" and version_of("numpy") is not None:
        what = _("`import numpy` fails, and JAX needs it: {reason}").format(reason=reason)
        advice = _("Install it again: {command}").format(command=_NUMPY)
    else:
        what = _("`import jax` fails: {reason}").format(reason=reason)
        advice = _how_to_import(said, machine)
    yield Finding(Level.WRONG, what, advice)


def _how_to_import(said: Said, machine: Machine) -> str:
    if why := machine.without_wheel():
        return why
    again = _("Install it again: {command}").format(command=INSTALL + " --force-reinstall")
    if said.error.startswith("SIG"):
        return _(
            "The installed binary does not fit this processor, or is damaged. {again} If that"
            " does not help: a processor without AVX cannot run JAX's wheels."
        ).format(again=again + ".")
    if version_of("jax") is None:
        return _("Install it: {command}").format(command=INSTALL)
    if machine.system == "Windows" and said.error == "ImportError":
        return _(
            "Usually the Microsoft Visual C++ Redistributable is missing: install {address}, open a"
            " new terminal, and try again."
        ).format(address=_REDISTRIBUTABLE)
    return again
