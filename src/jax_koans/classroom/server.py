"""The class as a page that updates itself, and the place that learners' records are sent to."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jax_koans.classroom import record, table
from jax_koans.classroom.learners import Learner, longest_first
from jax_koans.classroom.roster import Rejected, Roster
from jax_koans.course.path import PathError
from jax_koans.i18n import _

_PAGE = Path(__file__).with_name("page")
_PAUSE = 0.5  # seconds between two looks at what has changed
_FOLDERS_PAUSE = 2.0  # seconds between two looks at the learners' folders
_SILENCE = 15.0  # seconds after which a proxy may take a silent connection for a dead one
_PATIENCE = 5.0  # seconds to wait for the rest of a request
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src data:; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address holds a secret
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class ClassServer:
    """The pages and the records of one class.

    `read_folders` reads the learners below the teacher's folders, [] without any; `is_ending` says
    whether the server is about to stop.
    """

    def __init__(
        self,
        roster: Roster,
        read_folders: Callable[[], Sequence[Learner]],
        is_ending: Callable[[], bool] = lambda: False,
    ) -> None:
        self.roster = roster
        self.is_ending = is_ending
        self._read_folders = read_folders
        self._in_folders: Sequence[Learner] = []
        self._numbers: dict[str, int] = {}  # under which learners stand where names are hidden
        self.join_path = f"/join/{roster.secret('join')}"
        self.page_path = f"/class/{roster.secret('page')}/"
        self.application = Starlette(
            routes=[
                Route(self.join_path, self._invite, methods=["GET"]),
                Route(self.join_path, self._take, methods=["POST", "DELETE"]),
                Route(self.page_path, self._page),
                Route(f"{self.page_path}rows", self._stream),
                Route(f"{self.page_path}helped", self._helped, methods=["POST"]),
                Mount("/static", StaticFiles(directory=_PAGE)),
            ],
            middleware=[Middleware(_Headers)],
            lifespan=self._looking,
            exception_handlers={Rejected: _rejected, HTTPException: _failed},
        )

    def learners(self) -> list[Learner]:
        """Everybody, with those who need the teacher first."""
        everybody = [*self._in_folders, *self.roster.learners()]
        for each in everybody:
            self._numbers.setdefault(each.name, len(self._numbers) + 1)
        asking = map(self.roster.without_helped, everybody)
        return longest_first(asking, datetime.now(UTC))

    def view(self, *, hidden: bool) -> str:
        """What the page shows, as JSON."""
        learners, now = self.learners(), datetime.now(UTC)
        hide = _("learner {number}")
        rows = [
            {
                "name": hide.format(number=self._numbers[each.name]) if hidden else each.name,
                **table.cells(each, now),
                "problem": bool(each.problem),
            }
            for each in learners
        ]
        return json.dumps({"heads": table.where_most_are(learners), "rows": rows})

    # Learners.

    async def _invite(self, request: Request) -> Response:
        text = _("Type this in your folder of koans:\n\n  koans join {url} --as NAME\n")
        return PlainTextResponse(text.format(url=request.url))

    async def _take(self, request: Request) -> Response:
        body = await _body(request)
        scheme, _blank, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not 20 <= len(token) <= 100:
            raise Rejected(401, _("a record comes with the learner's token"))
        try:
            learner, number = record.from_bytes(body, datetime.now(UTC))
        except record.Malformed as error:
            raise Rejected(400, str(error)) from None
        if request.method == "DELETE":
            self.roster.leave(learner.name, token)
        else:
            self.roster.take(learner, token, number)
        return Response(status_code=204)

    # The teacher.

    async def _page(self, _request: Request) -> Response:
        return FileResponse(_PAGE / "index.html")

    async def _helped(self, request: Request) -> Response:
        with contextlib.suppress(UnicodeDecodeError):
            self.roster.help((await _body(request)).decode())
        return Response(status_code=204)

    async def _stream(self, request: Request) -> Response:
        hidden = "hidden" in request.query_params
        return StreamingResponse(self._views(hidden), media_type="text/event-stream")

    async def _views(self, hidden: bool) -> AsyncIterator[str]:
        """Server-sent events: what the page shows, whenever that has changed."""
        shown, silent = "", 0.0
        while not self.is_ending():
            view = self.view(hidden=hidden)
            if view != shown:
                yield f"data: {view}\n\n"
                shown, silent = view, 0.0
            elif silent >= _SILENCE:
                yield ": still here\n\n"
                silent = 0.0
            await asyncio.sleep(_PAUSE)
            silent += _PAUSE

    @contextlib.asynccontextmanager
    async def _looking(self, _application: Starlette) -> AsyncIterator[None]:
        """While the server runs, read the folders again and again, in a thread."""

        async def look() -> None:
            while True:
                with contextlib.suppress(PathError, OSError):  # gone just now: what was there stays
                    self._in_folders = await asyncio.to_thread(self._read_folders)
                await asyncio.sleep(_FOLDERS_PAUSE)

        looking = asyncio.create_task(look())
        yield
        looking.cancel()


class _Headers:
    """Adds `_HEADERS` to every response."""

    def __init__(self, application: ASGIApp) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [(key.lower().encode(), value.encode()) for key, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        await self.application(scope, receive, sending)


async def _body(request: Request) -> bytes:
    """The body of a request. Raises Rejected: it is too large, or does not come."""
    body = b""
    try:
        async with asyncio.timeout(_PATIENCE):
            async for piece in request.stream():
                body += piece
                if len(body) > record.LARGEST:
                    text = _("a record has at most {most} bytes")
                    raise Rejected(413, text.format(most=record.LARGEST))
    except TimeoutError:
        raise Rejected(408, _("the rest of the record did not come")) from None
    return body


async def _rejected(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Rejected)
    return PlainTextResponse(f"{error}\n", error.status)


async def _failed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    text = _("There is no class here: the address is wrong, or an old one.")
    return PlainTextResponse(
        f"{text if error.status_code == 404 else error.detail}\n", error.status_code
    )
