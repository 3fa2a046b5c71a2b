"""What kind of machine and folder this is, as far as JAX and the koans care."""

import platform
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from jax_koans.i18n import _

# For these there are wheels of jaxlib.
_WHEELS = {
    "Linux": ("x86_64", "aarch64"),
    "Darwin": ("arm64",),
    "Windows": ("AMD64", "x86_64"),
}
# What the folder's name, or one above it, begins with where a program synchronizes it.
_CLOUDS = ("OneDrive", "Dropbox", "iCloud", "Mobile Documents", "Google Drive", "GoogleDrive")


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


def cloud(folder: Path) -> str:
    """The folder above that a program such as OneDrive synchronizes, by its name; mostly ""."""
    inside = folder.parts[1:]
    for before, part in zip(("", *inside), inside, strict=False):
        if part.startswith(_CLOUDS) or before == "CloudStorage":  # macOS keeps all of them there
            return part
    return ""
