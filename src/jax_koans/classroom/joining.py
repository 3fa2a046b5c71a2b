"""`koans join` and `koans leave`: into a class, and out of it again."""

import secrets
import urllib.parse
from collections.abc import Callable
from dataclasses import replace

from filelock import Timeout

from jax_koans.classroom import sender
from jax_koans.classroom.record import Malformed, checked_name
from jax_koans.course.path import PathError, Workspace
from jax_koans.folder import membership
from jax_koans.folder.membership import Membership
from jax_koans.i18n import _

_PATIENCE = 5  # seconds to wait for a record that is being sent


def join(workspace: Workspace, url: str, name: str) -> None:
    """Join a class under a name, and send it the first record.

    Raises:
        PathError: the address or the name is none, the folder is in a class already, the class
            says no or cannot be reached.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "/join/" not in parts.path:
        text = _("{url} is not the address of a class. Your teacher has it; it looks like {like}")
        raise PathError(text.format(url=url, like="https://class.example.org/join/SECRET"))
    try:
        checked_name(name)
    except Malformed as error:
        raise PathError(f"--as: {error}") from None
    known = membership.load(workspace) or Membership(url, name, secrets.token_urlsafe(32))
    if (known.url, known.name) != (url, name):
        text = _("This folder is in a class as {name}. To leave it first: koans leave")
        raise PathError(text.format(name=known.name))
    member = replace(known, number=known.number + 1, rejected="")

    def first() -> None:
        sender.send(member, "POST", sender.newest(workspace, member))
        membership.save(workspace, member)

    _alone(workspace, member, first)


def leave(workspace: Workspace) -> str:
    """Send nothing more, and have the class delete what it knows; returns what to tell.

    Raises:
        PathError: this folder is in no class.
    """
    member = _member(workspace)
    membership.forget(workspace)
    try:
        _alone(
            workspace,
            member,
            lambda: sender.send(member, "DELETE", sender.newest(workspace, member)),
        )
    except PathError as error:
        text = _("You have left, and nothing more is sent. Your row is still there: {error}")
        return text.format(error=error)
    return _("You have left the class, and it has deleted your row.")


def shown(workspace: Workspace) -> str:
    """What is sent, byte for byte but for the headers that every HTTP request has.

    Raises:
        PathError: this folder is in no class.
    """
    member = _member(workspace)
    body = sender.newest(workspace, member)
    request = sender.request(member, "POST", body)
    headers = [f"{key}: {value}" for key, value in request.header_items()]
    notes = [_("The class said no to the last record: {why}").format(why=member.rejected)]
    text = [f"POST {member.url}", *headers, "", body.decode()]
    return "\n".join([*text, *(["", *notes] if member.rejected else [])])


def _member(workspace: Workspace) -> Membership:
    member = membership.load(workspace)
    if member is None:
        raise PathError(_("This folder is in no class. To join one: koans join URL --as NAME"))
    return member


def _alone(workspace: Workspace, member: Membership, act: Callable[[], None]) -> None:
    """Do it while no record is being sent, and say plainly what went wrong.

    Raises:
        PathError
    """
    try:
        with sender.sending(workspace).acquire(timeout=_PATIENCE):
            act()
    except sender.Rejected as error:
        raise PathError(_("The class said no: {why}").format(why=error)) from None
    except Timeout:
        raise PathError(_("A record is being sent just now. Try again in a moment.")) from None
    except OSError as error:
        text = _("The class at {host} cannot be reached: {why}. Is the address right?")
        host = urllib.parse.urlsplit(member.url).netloc
        why = getattr(error, "reason", error)  # urllib wraps what the system says
        raise PathError(text.format(host=host, why=getattr(why, "strerror", why))) from None
