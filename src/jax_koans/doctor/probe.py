"""What JAX says of itself, asked in a separate process: a broken binary may end that process."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass

from jax_koans.i18n import _

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
