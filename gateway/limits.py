"""How much of a request is read, and for how long: before any route or parser sees it.

The body is counted while it arrives, whatever Content-Length claims. One that is too
large is answered at once and then read on for a little while and thrown away: cutting
the connection under a client that still writes would cost it the answer.
"""

import asyncio
from collections.abc import Mapping
from typing import NoReturn

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.errors import problem

MAX_BODY = 1024 * 1024
"""Bytes of a request body; more is answered 413."""

LARGER_BODIES: Mapping[tuple[str, str], int] = {("POST", "/tasks/batch"): 16 * MAX_BODY}
"""The limits of requests that may be larger, by method and path."""

BODY_WITHIN = 30.0
"""Seconds in which a body must have arrived; later is answered 408."""

HELD = 256 * MAX_BODY
"""Bytes of bodies that are being read or worked on at once, of all requests together; more is answered 503."""

THROWN_AWAY = 64 * MAX_BODY
LINGER = 2.0
"""Bytes and seconds for which a body that is too large is read on before the connection is cut."""


class TooLarge(Exception):
    """The body is over the limit."""


class TooMuch(Exception):
    """All bodies together are over the limit."""


class BodyLimit:
    """ASGI middleware: hands the app a complete body of bounded size, or answers itself.

    Args:
        app: the app.
        limit: most bytes of a body.
        within: seconds in which it must have arrived.
        larger: other limits, by method and path.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int = MAX_BODY,
        within: float = BODY_WITHIN,
        larger: Mapping[tuple[str, str], int] | None = None,
    ) -> None:
        self._app = app
        self._limit = limit
        self._within = within
        self._larger = larger or {}
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, the app's or our own refusal of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sizes: list[int] = []
        try:
            body = await self._whole(scope, receive, send, sizes)
            if body is not None:
                await self._app(scope, _replay(body, receive), send)
        finally:
            self._held -= sum(sizes)

    async def _whole(self, scope: Scope, receive: Receive, send: Send, sizes: list[int]) -> bytes | None:
        """The whole body; None when the client has gone, or was refused."""
        limit = self._larger.get((scope["method"], scope["path"]), self._limit)
        try:
            if declared_length(scope) > limit:
                _refuse()
            async with asyncio.timeout(self._within):
                return await self._read(receive, limit, sizes)
        except TooMuch:
            message = "too many large bodies at once; try again in a moment"
            await problem(503, message, {"Connection": "close", "Retry-After": "1"})(scope, receive, send)
        except TooLarge:
            await _answer_and_linger(limit, scope, receive, send)
        except TimeoutError:
            message = f"the body did not arrive within {self._within:g} s"
            await problem(408, message, {"Connection": "close"})(scope, receive, send)
        return None

    async def _read(self, receive: Receive, limit: int, sizes: list[int]) -> bytes | None:
        """The whole body; None when the client has gone. What is held of it is noted in `sizes`."""
        chunks: list[bytes] = []
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            chunk = message.get("body", b"")
            sizes.append(len(chunk))
            self._held += len(chunk)
            if sum(sizes) > limit:
                _refuse()
            if self._held > HELD:
                raise TooMuch
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)


async def _answer_and_linger(limit: int, scope: Scope, receive: Receive, send: Send) -> None:
    async def send_but_stay(message: Message) -> None:
        # The answer is whole for the client; for the server it ends after the lingering.
        await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

    message = f"the body is larger than {limit} bytes"
    await problem(413, message, {"Connection": "close"})(scope, receive, send_but_stay)
    await _throw_away(receive)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def declared_length(scope: Scope) -> int:
    """What Content-Length says, 0 when it says nothing (the server has refused nonsense already)."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


async def _throw_away(receive: Receive) -> None:
    left = THROWN_AWAY
    try:
        async with asyncio.timeout(LINGER):
            while left > 0:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
                left -= len(message.get("body", b""))
    except TimeoutError:
        return


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once and then whatever the server has to say."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _refuse() -> NoReturn:
    raise TooLarge
