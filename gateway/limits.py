"""How much of a request is read, and for how long: before any route or parser sees it.

The body is counted while it arrives, whatever Content-Length claims. One that is too
large is answered at once and then read on for a little while and thrown away: cutting
the connection under a client that still writes would cost it the answer.
"""

import asyncio
from typing import NoReturn

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.errors import problem

MAX_BODY = 1024 * 1024
"""Bytes of a request body; more is answered 413."""

BODY_WITHIN = 30.0
"""Seconds in which a body must have arrived; later is answered 408."""

THROWN_AWAY = 64 * MAX_BODY
LINGER = 2.0
"""Bytes and seconds for which a body that is too large is read on before the connection is cut."""


class TooLarge(Exception):
    """The body is over the limit."""


class BodyLimit:
    """ASGI middleware: hands the app a complete body of bounded size, or answers itself."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY, within: float = BODY_WITHIN) -> None:
        self._app = app
        self._limit = limit
        self._within = within

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, the app's or our own refusal of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            if declared_length(scope) > self._limit:
                _refuse()
            async with asyncio.timeout(self._within):
                body = await self._read(receive)
        except TooLarge:
            await self._answer_and_linger(scope, receive, send)
        except TimeoutError:
            message = f"the body did not arrive within {self._within:g} s"
            await problem(408, message, {"Connection": "close"})(scope, receive, send)
        else:
            if body is not None:
                await self._app(scope, _replay(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        """The whole body; None when the client has gone."""
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self._limit:
                _refuse()
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)

    async def _answer_and_linger(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_but_stay(message: Message) -> None:
            # The answer is whole for the client; for the server it ends after the lingering.
            await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

        message = f"the body is larger than {self._limit} bytes"
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
