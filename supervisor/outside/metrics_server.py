"""The metrics port: GET /metrics, /health, /ready and /sd, by h11 over asyncio. Small on purpose.

Named so because a module `http.py` would bear the name of one of the standard library's.
"""

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from contextlib import suppress

import h11

from supervisor.outside.listener import Listener

log = logging.getLogger(__name__)

_HEADER_LIMIT = 8 * 1024
_TIME_S = 5.0
_CONNECTIONS = 32
_TEXT = "text/plain; charset=utf-8"

# Status, content type, body.
Page = tuple[int, str, bytes]
# Makes a page, from the address of ours at which it was asked for.
MakePage = Callable[[str], Page]


class MetricsServer:
    """Duties: answer one request a connection, within limits of time, size and number."""

    def __init__(self, pages: dict[str, MakePage]) -> None:
        self._pages = pages
        self._open = 0
        self.listener: Listener | None = None

    @property
    def busy(self) -> bool:
        """Whether somebody is being answered."""
        return self._open > 0

    async def start(self, listener: socket.socket) -> None:
        """Listen on a bound socket. (Not by host name: looking names up would take a thread.)"""
        self.listener = Listener(listener, self._serve, _HEADER_LIMIT, _CONNECTIONS)
        await self.listener.open()

    def close(self) -> None:
        """Stop listening; `start` may follow, with another socket."""
        if self.listener is not None:
            self.listener.close()
            self.listener = None

    async def stop(self) -> None:
        """Stop listening."""
        self.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= _CONNECTIONS:
                async with asyncio.timeout(_TIME_S):
                    await self._exchange(reader, writer)
        except (TimeoutError, OSError):
            log.debug("a request for metrics was not finished")
        finally:
            self._open -= 1
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here = str(writer.get_extra_info("sockname")[0]).removeprefix("::ffff:")
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEADER_LIMIT)
        request = None
        try:
            request = await _request(connection, reader)
            page = self.answer(request, here) if request is not None else None
        except h11.RemoteProtocolError as error:
            page = (error.error_status_hint, _TEXT, b"that is no HTTP request this port understands\n")
            connection = _afresh(connection)
        if page is None:
            return
        status, kind, body = page
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Connection", "close")]
        with suppress(h11.LocalProtocolError):
            answer = connection.send(h11.Response(status_code=status, headers=headers)) or b""
            if request is None or request.method != b"HEAD":
                answer += connection.send(h11.Data(data=body)) or b""
            writer.write(answer)
            await writer.drain()

    def answer(self, request: h11.Request, here: str) -> Page:
        """Answer a request that came in at this address of ours."""
        path = request.target.split(b"?")[0].decode("ascii", "replace")
        if request.method not in (b"GET", b"HEAD"):
            return 405, _TEXT, b"only GET is answered here\n"
        page = self._pages.get(path)
        if page is None:
            return 404, _TEXT, f"there is {', '.join(self._pages)}\n".encode()
        try:
            return page(here)
        except Exception:
            log.exception("the page %s failed", path)
            return 500, _TEXT, b"this page failed; the supervisor's log says why\n"


def bind(host: str, port: int) -> socket.socket:
    """Answer a listening socket.

    Raises:
        OSError: the address is taken, or not ours.
    """
    family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, proto)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_CONNECTIONS)
        listener.setblocking(False)  # noqa: FBT003  the argument has no name
    except OSError:
        listener.close()
        raise
    return listener


def as_json(status: int, value: object) -> Page:
    """Answer a page of JSON."""
    return status, "application/json", json.dumps(value).encode() + b"\n"


async def _request(connection: h11.Connection, reader: asyncio.StreamReader) -> h11.Request | None:
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_HEADER_LIMIT))
        elif isinstance(event, h11.Request):
            return event
        else:
            return None


def _afresh(broken: h11.Connection) -> h11.Connection:
    """Answer a connection that can still send an answer after a request that made no sense."""
    return broken if broken.our_state is h11.IDLE else h11.Connection(h11.SERVER)
