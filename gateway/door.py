"""Where clients come in: a few at a time, so that a crowd before the door keeps nobody waiting who is inside.

The event loop's own server takes connections for as long as there are any, and serves nobody meanwhile.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

from gateway.counts import Counts

AT_ONCE = 2
"""Connections taken in one turn of the event loop."""

PAUSE = 0.1
"""Seconds without new connections when the system has no open file left for one."""


class Door:
    """As far as uvicorn looks at it, one of `asyncio`'s servers.

    Args:
        bound: a listening socket that does not block.
        protocol: makes the protocol of a connection.
        counts: where it is said that a client was turned away.
        tls: None for plain connections.
    """

    def __init__(
        self,
        bound: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        counts: Counts,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._bound = bound
        self._protocol = protocol
        self._counts = counts
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._entering: set[asyncio.Task[None]] = set()
        self._is_open = True
        self._watch()

    def close(self) -> None:
        """Let nobody in any more."""
        self._is_open = False
        self._loop.remove_reader(self._bound)

    async def wait_closed(self) -> None:
        """Returns when whoever was entering is in."""
        if self._entering:
            await asyncio.wait(self._entering)

    def _watch(self) -> None:
        if self._is_open:
            self._loop.add_reader(self._bound, self._knocked)

    def _knocked(self) -> None:
        for _ in range(AT_ONCE):
            try:
                client, _ = self._bound.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # no open file or no memory left: the listening socket stays readable
                self._counts.refused("no open file left")
                self._loop.remove_reader(self._bound)
                self._loop.call_later(PAUSE, self._watch)
                return
            task = self._loop.create_task(self._enter(client))
            self._entering.add(task)
            task.add_done_callback(self._entering.discard)

    async def _enter(self, client: socket.socket) -> None:
        client.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        with contextlib.suppress(OSError):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await self._loop.connect_accepted_socket(self._protocol, client, ssl=self._tls)
        except (OSError, ssl.SSLError, asyncio.CancelledError):  # gone already, or no TLS
            client.close()
