"""What the environment decides."""

from collections.abc import Iterator, Mapping

from jax_koans.doctor.finding import Finding, Level
from jax_koans.i18n import _

_HARMLESS = ("JAX_ENABLE_X64", "JAX_COMPILATION_CACHE_DIR")


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
