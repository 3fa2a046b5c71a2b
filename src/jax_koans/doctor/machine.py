"""What kind of machine and folder this is, as far as JAX and the koans care."""

import os
import platform
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jax_koans.i18n import _

# For these there are wheels of jaxlib.
_WHEELS = {
    "Linux": ("x86_64", "aarch64"),
    "Darwin": ("arm64",),
    "Windows": ("AMD64", "x86_64"),
}
# How a folder's name begins that a program keeps in step with a cloud.
_CLOUDS = {
    "OneDrive": "OneDrive",
    "Dropbox": "Dropbox",
    "Mobile Documents": "iCloud Drive",
    "iCloudDrive": "iCloud Drive",
    "iCloud Drive": "iCloud Drive",
    "com~apple~CloudDocs": "iCloud Drive",
    "Google Drive": "Google Drive",
    "GoogleDrive": "Google Drive",
    "My Drive": "Google Drive",
}


@dataclass(frozen=True)
class Machine:
    """The system, its processor as Python names it, a pointer's bits, and the C library."""

    system: str
    processor: str
    bits: int
    musl: bool = False

    @classmethod
    def here(cls) -> "Machine":
        bits = 64 if sys.maxsize > 2**32 else 32
        musl = "musl" in str(sysconfig.get_config_var("SOABI"))
        return cls(platform.system(), platform.machine(), bits, musl)

    def without_wheel(self) -> str:
        """Why nobody offers JAX for this machine, and the way out; "" where somebody does."""
        if self.bits == 32:
            return _("JAX needs a 64-bit Python, and this one has 32. Install the 64-bit one.")
        if self.musl:
            return _(
                "JAX is not made for musl, the C library of Alpine Linux. Use a system or an image"
                " with glibc, such as Debian."
            )
        if self.system == "Darwin" and self.processor == "x86_64":
            return _(
                "JAX is no longer made for Intel Macs. If this Mac has an Apple chip, this Python"
                " is an Intel one: install the arm64 one. Else use a Linux machine."
            )
        if self.processor not in _WHEELS.get(self.system, (self.processor,)):
            return _("JAX is not made for {system} on {processor}. It is for: {known}.").format(
                system=self.system,
                processor=self.processor,
                known=", ".join(_WHEELS[self.system]),
            )
        return ""


def cloud(folder: Path, environment: Mapping[str, str] = os.environ) -> str:
    """The program that keeps a folder in step with a cloud, as its path tells; mostly ""."""
    for variable in ("OneDrive", "OneDriveConsumer", "OneDriveCommercial"):
        place = environment.get(variable)
        if place and folder.is_relative_to(place):
            return "OneDrive"
    for part in folder.parts:
        for begins, name in _CLOUDS.items():
            if part.startswith(begins):
                return name
    parts = folder.parts
    if "CloudStorage" in parts[:-1]:  # where macOS keeps all of them
        return parts[parts.index("CloudStorage") + 1].partition("-")[0]
    return ""
