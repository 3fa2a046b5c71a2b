"""The magics `%%koan` and `%koan`, which send a cell to the koans' process and show the answer.

Needs IPython and the standard library alone: where the kernel has another JAX than the koans, as on
Colab, `%run ENVIRONMENT/share/jax-koans/notebook.py` loads this file, and the koans' process is
that environment's.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

_HELP = """\
%%koan NAME           judge this cell
%koan hint            the next hint of the koan that failed last
%koan solution        compare a koan that has passed with the reference
%koan reset NAME      reset a koan; then %koan show NAME
%koan show NAME       what the koan's file holds, as a new cell
%koan track NAME      go along a track
%koan list            what has passed; also restore, update, doctor"""
# What a terminal's message tells to type.
_COMMAND = re.compile(r"\bkoans (?=(hint|init|list|notebook|reset|restore|solution|update)\b)")
_PATIENCE = 5  # seconds for the process to end what it is doing


class Process:
    """The process that judges, started when it is first needed and after its end."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the process, if it does not run."""
        if self._process is None or self._process.poll() is not None:
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115  as long as the process
            self._process = subprocess.Popen(
                [python(), "-P", "-m", "jax_koans.notebook.server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                encoding="utf-8",
                # What interrupts or kills the kernel is not for this process: it ends by itself
                # when nobody writes to it any more, and leaves nothing behind.
                start_new_session=True,
            )

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request, and return the reply. On an interrupt the process ends."""
        try:
            self.start()
            with contextlib.suppress(OSError):  # it is gone: the empty line says so
                self._process.stdin.write(json.dumps(request) + "\n")  # type: ignore[union-attr]
                self._process.stdin.flush()  # type: ignore[union-attr]
            line = self._process.stdout.readline()  # type: ignore[union-attr]
        except FileNotFoundError:
            return {"text": f"KOANS_PYTHON is no Python: {python()}"}
        except KeyboardInterrupt:
            self.end()
            return {"text": "Interrupted: no verdict. Run the cell again."}
        if line:
            reply: dict[str, Any] = json.loads(line)
            return reply
        self._process.wait()  # type: ignore[union-attr]
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace")[-2000:].strip()
        text = "The koans' process ended. Run the cell again, or restart the kernel first."
        return {"text": f"{text}\n\n{said}"}

    def end(self) -> None:
        """End the process as the kernel's end would."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()  # type: ignore[union-attr]
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()


def python() -> str:
    """The interpreter of the koans: KOANS_PYTHON, or that of the environment this file lies in."""
    if "KOANS_PYTHON" in os.environ:
        return os.environ["KOANS_PYTHON"]
    for folder in Path(__file__).resolve().parents:
        if (folder / "pyvenv.cfg").is_file() and folder != Path(sys.prefix).resolve():
            inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
            return str(folder / inside)
    return sys.executable


def load_ipython_extension(shell: Any) -> None:
    """Register the magics, and start the process, so that the first cell does not wait."""
    process = Process()
    imported: set[str] = set()
    track = ""

    def koan(line: str, cell: str | None = None) -> None:
        """Judge a koan's cell, or run one of the koans' commands."""
        nonlocal track
        words = line.split()
        request = {"folder": os.getcwd(), "words": words, "cell": cell, "track": track}
        if cell is not None or words[:1] in (["show"], ["track"]):
            reply = process.ask(request)
        else:
            on = ["--track", track] if track and words[:1] == ["list"] else []
            reply = {"text": _command([*words[:1], *on, *words[1:]])}
        track = reply.get("track") or track
        _show(reply)
        if new := reply.get("new_cell"):
            shell.set_next_input(new)
        for statement in reply.get("imports", []):
            if statement not in imported:  # for completion, and for cells of the learner's own
                imported.add(statement)
                with contextlib.suppress(Exception):  # this kernel need not have it
                    exec(statement, shell.user_ns)

    shell.register_magic_function(koan, "line_cell", "koan")
    with contextlib.suppress(OSError):
        process.start()


def _command(words: list[str]) -> str:
    """What one of the koans' commands prints."""
    if words[:1] in ([], ["watch"], ["run"]):
        return _HELP
    done = subprocess.run(
        [python(), "-P", "-m", "jax_koans", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    # What %koan list says last is for a terminal: here a cell is run.
    return re.sub(r"(?m)^  pytest .*\n", "", done.stdout).rstrip()


def _show(reply: dict[str, Any]) -> None:
    from IPython.display import display

    types = {"text/plain": "text", "text/html": "html"}
    data = {kind: reply[name] for kind, name in types.items() if name in reply}
    display({kind: _COMMAND.sub("%koan ", text) for kind, text in data.items()}, raw=True)


if __name__ == "__main__":  # `%run`; then notebooks need not know that it was
    here = sys.modules["jax_koans.notebook"] = types.ModuleType("jax_koans.notebook")
    vars(here)["load_ipython_extension"] = load_ipython_extension
