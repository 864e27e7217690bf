"""A listening socket that can stop taking connections for a while: they wait in the kernel meanwhile."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listener:
    """Duties: hand each connection to `serve`, stop and go on, keep the socket in between. For one event loop."""

    def __init__(self, bound: socket.socket, serve: Serve, limit: int, backlog: int) -> None:
        self._socket = bound
        self._serve = serve
        self._limit = limit
        self._backlog = backlog
        self._server: asyncio.Server | None = None
        self._wanted = True
        self._task: asyncio.Task[None] | None = None

    def hushed(self) -> bool:
        """Whether it takes no connections."""
        return not self._wanted

    def fileno(self) -> int:
        """Answer the number of the socket."""
        return self._socket.fileno()

    async def open(self) -> None:
        """Take connections."""
        if self.hushed():
            return
        # The server owns, and closes, a copy: the socket itself listens on without it.
        copy = self._socket.dup()
        if copy.family == socket.AF_UNIX:
            server = await asyncio.start_unix_server(self._serve, sock=copy, limit=self._limit, backlog=self._backlog)
        else:
            server = await asyncio.start_server(self._serve, sock=copy, limit=self._limit, backlog=self._backlog)
        if self.hushed():
            server.close()
        else:
            self._server = server

    def hush(self, on: bool) -> None:
        """Take no new connections, or take them again."""
        self._wanted = not on
        if on and self._server is not None:
            self._server.close()
            self._server = None
        elif not on and self._server is None:
            self._task = asyncio.get_running_loop().create_task(self.open())

    def close(self) -> None:
        """Take no more, and refuse those that wait."""
        self.hush(True)  # noqa: FBT003  it says it all
        self._socket.close()
