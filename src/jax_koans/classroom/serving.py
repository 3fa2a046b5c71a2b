"""`koans class --serve`: the server, from its first line to Ctrl-C."""

import contextlib
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from jax_koans.classroom.learners import Learner
from jax_koans.classroom.roster import Roster
from jax_koans.classroom.server import ClassServer
from jax_koans.course.path import PathError
from jax_koans.i18n import _

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CONNECTIONS = 600  # at a time: more get the status 503
_GRACE = 2  # seconds for requests that are being answered when Ctrl-C comes


def serve(
    read_folders: Callable[[], Sequence[Learner]], keep: Path, host: str, port: int, url: str
) -> None:
    """Serve a class until Ctrl-C. `url` is the address that others see, as behind a proxy.

    Raises:
        PathError: the port is taken, or there is no such host; the folder holds something else.
    """
    try:
        listening = socket.create_server((host, port), family=_family(host), backlog=512)
    except OSError as error:
        text = _("{host}:{port} cannot be listened on: {why}. Choose another: --port 8766")
        raise PathError(
            text.format(host=host, port=port, why=str(error.strerror).partition(" (")[0])
        ) from None
    with contextlib.closing(Roster(keep)) as roster, listening:
        running: list[uvicorn.Server] = []
        pages = ClassServer(roster, read_folders, lambda: running[0].should_exit)
        settings = uvicorn.Config(
            pages.application,
            access_log=False,  # addresses hold secrets
            log_level="warning",
            server_header=False,
            limit_concurrency=_CONNECTIONS,
            timeout_graceful_shutdown=_GRACE,
        )
        running.append(uvicorn.Server(settings))
        url = url.rstrip("/") or f"http://{_seen_as(host)}:{listening.getsockname()[1]}"
        page = f"{url}{pages.page_path}"
        print(_("Your page:     {page}").format(page=page))
        print(_("Names hidden:  {page}?hidden").format(page=page))
        print(_("Learners type: koans join {url} --as NAME").format(url=url + pages.join_path))
        print(_("All is kept in {folder}. Ctrl-C ends it.").format(folder=keep), flush=True)
        if host not in _LOOPBACK and not url.startswith("https:"):
            print(_("Without HTTPS others on this network can read along: see docs/teaching.md."))
        with contextlib.suppress(KeyboardInterrupt):
            running[0].run(sockets=[listening])


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _seen_as(host: str) -> str:
    """The address under which other computers see this one; nothing is sent to find it."""
    if host in ("0.0.0.0", "::"):
        with contextlib.suppress(OSError), socket.socket(_family(host), socket.SOCK_DGRAM) as probe:
            probe.connect(("2001:db8::1" if ":" in host else "192.0.2.1", 9))
            host = probe.getsockname()[0]
    return f"[{host}]" if ":" in host else host
