"""What conftest.py calls: which device, which precision, and plain words when it cannot be.

Each function raises pytest.UsageError for that; the text says why, and what to do.

JAX is imported late, inside functions, so that `--help` works where `import jax` fails.
"""

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

import pytest

from jax_koans.i18n import _

DEVICES = ("cpu", "gpu", "tpu")
CPU_DEVICES = 8  # virtual ones: the device chapter always has several, whatever the machine
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True)
class Choice:
    """What is asked for: a device's kind, and whether 64-bit types are on."""

    device: str
    x64: bool


CHOICE = pytest.StashKey[Choice]()


def add_options(parser: pytest.Parser) -> None:
    """Declare --device, --x64 and --no-x64, and the ini keys koans_device and koans_x64."""
    group = parser.getgroup("koans", "JAX koans")
    help_text = _("run on cpu, gpu or tpu (else KOANS_DEVICE, else cpu)")
    try:
        group.addoption("--device", metavar="KIND", help=help_text)
    except ValueError:
        text = _("pytest runs one folder of koans at a time. For submissions: koans grade")
        raise pytest.UsageError(text) from None
    group.addoption(
        "--x64", action="store_true", default=None, help=_("64-bit types (else KOANS_X64)")
    )
    group.addoption("--no-x64", dest="x64", action="store_false", help=_("32-bit types (default)"))
    parser.addini("koans_device", "the device when neither --device nor KOANS_DEVICE says it")
    parser.addini("koans_x64", "the precision when neither --x64 nor KOANS_X64 says it")


def choose(config: pytest.Config, environment: Mapping[str, str] = os.environ) -> Choice:
    """The option, else the environment variable, else the ini key, else cpu and float32."""
    device = (
        config.getoption("--device")
        or environment.get("KOANS_DEVICE")
        or config.getini("koans_device")
        or "cpu"
    ).lower()
    if device not in DEVICES:
        text = _("No device is called {device!r}. Choose one of: {known}.")
        raise pytest.UsageError(text.format(device=device, known=", ".join(DEVICES)))
    x64 = config.getoption("--x64")
    if x64 is None:
        word = (environment.get("KOANS_X64") or config.getini("koans_x64") or "no").lower()
        if word not in _TRUE + _FALSE:
            text = _("x64 is {text!r}, which is neither true nor false. Write 1 or 0.")
            raise pytest.UsageError(text.format(text=word))
        x64 = word in _TRUE
    return Choice(device, x64)


def import_jax() -> ModuleType:
    """`import jax`, now that nothing has started it yet."""
    try:
        import jax
    except Exception as error:  # a broken binary can raise nearly anything
        text = _(
            "`import jax` fails in {python}:\n  {name}: {error}\n"
            "Install it again: python -m pip install --upgrade jax jaxlib\n"
            "On Windows the Microsoft Visual C++ Redistributable must be there too."
        ).format(python=sys.executable, name=type(error).__name__, error=error)
        raise pytest.UsageError(text) from None
    return jax


def require(choice: Choice) -> None:
    """Start JAX's backend and make sure that it is the one asked for."""
    import jax

    try:
        found = jax.default_backend()
        seen = ", ".join(map(str, jax.devices()))
    except RuntimeError as error:
        text = _("JAX cannot start on any device:\n  {error}").format(error=error)
        raise pytest.UsageError(text) from None
    if found != choice.device:
        advice = _advice(choice.device, platform.system())
        text = _("--device {wanted}: JAX has no {wanted} here. It sees: {seen}.\n{advice}")
        raise pytest.UsageError(text.format(wanted=choice.device, seen=seen, advice=advice))


def header(choice: Choice) -> str:
    import jax

    count = len(jax.devices())
    return "koans: {device}, {precision}, jax {version}".format(
        device=f"{count} virtual cpu devices" if choice.device == "cpu" else choice.device,
        precision="float64 (x64)" if choice.x64 else "float32",
        version=jax.__version__,
    )


def _advice(device: str, system: str) -> str:
    if device == "cpu":
        return _("JAX was started on another device in this process: run pytest in a new one.")
    if system == "Darwin":
        return _("On a Mac there is no such device for JAX: leave --device out.")
    if system == "Windows":
        return _("On Windows JAX has only the CPU: install and run the koans inside WSL2.")
    extra = "cuda" if device == "gpu" else "tpu"
    return _(
        "Install JAX for it: python -m pip install 'jax-koans[{extra}]' (in a clone: '.[{extra}]'),"
        "\nor leave --device out to run on the CPU."
    ).format(extra=extra)
