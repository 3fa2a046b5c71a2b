"""What the environment decides."""

from collections.abc import Iterator, Mapping

from jax_koans.doctor.finding import Finding, Level
from jax_koans.i18n import _

_HARMLESS = ("JAX_ENABLE_X64", "JAX_COMPILATION_CACHE_DIR")


def settings(environment: Mapping[str, str]) -> Iterator[Finding]:
    """The default device and precision, and variables that change what JAX or pytest do."""
    x64 = environment.get("KOANS_X64")
    device = environment.get("KOANS_DEVICE")
    yield Finding(
        Level.WELL,
        _("by default: {device}, {precision}").format(
            device=_("device {device} (KOANS_DEVICE)").format(device=device) if device else "cpu",
            precision=_("x64 = {x64} (KOANS_X64)").format(x64=x64) if x64 else "float32",
        ),
    )
    if value := environment.get("JAX_ENABLE_X64"):
        yield Finding(
            Level.NOTE,
            f"JAX_ENABLE_X64={value}",
            _("The koans do not heed it (--x64 or KOANS_X64 does); your other programs do."),
        )
    for name in sorted(environment):
        if name in _HARMLESS or not name.startswith("JAX_"):
            continue
        yield Finding(
            Level.NOTE,
            f"{name}={environment[name]}",
            _("It changes how JAX works, and so may change what a koan says. Better unset it."),
        )
    if value := environment.get("PYTEST_ADDOPTS"):
        yield Finding(
            Level.NOTE, f"PYTEST_ADDOPTS={value}", _("pytest adds these options to every run.")
        )
