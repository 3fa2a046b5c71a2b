"""The class that a learner's folder has joined, in `.koans/class.json`; most have joined none."""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from jax_koans.course.path import Workspace
from jax_koans.folder.files import write_atomically
from jax_koans.folder.state_dir import make_state_dir
from jax_koans.source.textfile import read_text

_senders: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Membership:
    """The class's address, and who the learner is there."""

    url: str
    name: str
    token: str  # a secret that only this folder and the class's server know
    number: int = 0  # counts what was sent
    rejected: str = ""  # why the class did not take the last record, "" if it did


def load(workspace: Workspace) -> Membership | None:
    """The membership; None where there is none, or its file cannot be understood."""
    try:
        data = json.loads(read_text(_file(workspace)))
        url, name, token = (str(data[key]) for key in ("url", "name", "token"))
        return Membership(url, name, token, int(data["number"]), str(data["rejected"]))
    except (OSError, ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return None


def is_member(workspace: Workspace) -> bool:
    return _file(workspace).is_file()


def save(workspace: Workspace, membership: Membership) -> None:
    make_state_dir(workspace)
    write_atomically(_file(workspace), json.dumps(asdict(membership), indent=1) + "\n")


def forget(workspace: Workspace) -> None:
    with contextlib.suppress(FileNotFoundError):
        _file(workspace).unlink()


def tell_class(workspace: Workspace) -> None:
    """Start the process that sends the newest record, where there is a class; wait for nothing."""
    if not is_member(workspace):
        return
    _senders[:] = [each for each in _senders if each.poll() is None]
    apart = (
        {"creationflags": getattr(subprocess, "DETACHED_PROCESS", 0)}
        if os.name == "nt"
        else {"start_new_session": True}  # it outlives pytest, and Ctrl-C is not meant for it
    )
    with contextlib.suppress(OSError):
        _senders.append(
            subprocess.Popen(
                [sys.executable, "-P", "-m", "jax_koans.classroom.sender", str(workspace.root)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **apart,
            )
        )


def _file(workspace: Workspace) -> Path:
    return workspace.state_dir / "class.json"
