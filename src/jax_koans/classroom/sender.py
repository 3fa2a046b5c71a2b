"""Sends a learner's newest record to their class: a process of its own, so that nobody waits.

`python -m jax_koans.classroom.sender FOLDER` is started after each verdict. One process sends and
at most one waits behind it, whatever is saved in the meantime; where the network is down, the one
that sends tries again for some minutes, each time with what is newest then.
"""

import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import datetime
from http.client import HTTPException
from pathlib import Path

from filelock import FileLock, Timeout

from jax_koans.classroom import record
from jax_koans.classroom.learners import read
from jax_koans.course.path import Workspace
from jax_koans.course.track import chosen
from jax_koans.folder import membership
from jax_koans.folder.membership import Membership

TIMEOUT = 10  # seconds of one request
_PAUSES = (1, 2, 4, 8, *[15] * 40)  # seconds between two attempts
_BUSY = (429, 502, 503, 504)  # HTTP statuses after which another attempt makes sense


class Rejected(Exception):
    """The class does not take what was sent; the message is its reason."""


def newest(workspace: Workspace, member: Membership) -> bytes:
    """The record of where a learner is now: what is sent, byte for byte.

    Raises:
        PathError: the folder's track is not there.
    """
    _track, koans = chosen(workspace, workspace.root)
    names = koans or [koan.name for koan in workspace.koans]
    now = datetime.now().astimezone()
    return record.to_bytes(read(member.name, workspace.root, names), member.number, now)


def request(member: Membership, method: str, body: bytes) -> urllib.request.Request:
    """The request that carries a record."""
    headers = {
        "Authorization": f"Bearer {member.token}",
        "Content-Type": "application/json",
        "User-Agent": "jax-koans",  # urllib's own names the version of Python
    }
    return urllib.request.Request(member.url, body, headers, method=method)


def send(member: Membership, method: str, body: bytes) -> None:
    """Send a request once.

    Raises:
        Rejected: the class says no.
        OSError: it cannot be reached, or is too busy.
    """
    try:
        with urllib.request.urlopen(request(member, method, body), timeout=TIMEOUT):
            return
    except urllib.error.HTTPError as error:
        if error.code in _BUSY:
            raise
        with error:
            reason = error.read(record.LARGEST).decode("utf-8", "replace").strip()
        raise Rejected(reason or str(error)) from None
    except HTTPException as error:  # what answers there speaks no HTTP
        raise OSError(str(error) or type(error).__name__) from error


def sending(workspace: Workspace) -> FileLock:
    """The lock of whoever sends, and so of `class.json`."""
    return FileLock(workspace.state_dir / "class.lock", poll_interval=0.2)


def send_newest(workspace: Workspace) -> None:
    """Send what is newest, until the class has it, says no, or does not answer for minutes."""
    waiting = FileLock(workspace.state_dir / "class-waiting.lock", timeout=0)
    try:
        waiting.acquire()
    except Timeout:
        return  # whoever waits already will send what is newest then
    with sending(workspace):
        waiting.release()
        for pause in _PAUSES:
            member = membership.load(workspace)
            if member is None:
                return
            member = replace(member, number=member.number + 1, rejected="")
            membership.save(workspace, member)
            try:
                send(member, "POST", newest(workspace, member))
                return
            except Rejected as error:
                membership.save(workspace, replace(member, rejected=str(error)))
                return
            except OSError:
                time.sleep(pause)


if __name__ == "__main__":
    send_newest(Workspace(Path(sys.argv[1])))
