"""One end of a SOCK_SEQPACKET socket pair: JSON objects with open files beside them, without ever waiting.

What the other side does not take at once stands in an outbox until it does; a message is never cut or joined.
"""

import asyncio
import json
import logging
import os
import socket
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from supervisor.processes.packets import receive

log = logging.getLogger(__name__)

MESSAGE_LIMIT = 64 * 1024
_FDS_LIMIT = 8

OnMessage = Callable[[dict[str, Any], list[int]], None]


def pair() -> tuple[socket.socket, socket.socket]:
    """Make the two ends: ours (never blocks, not inherited) and the child's."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)  # noqa: FBT003  the argument has no name
    return ours, theirs


class Channel:
    """Duties: send in order, hand each arriving message to its owner, tell the end of file once.

    The files that arrive belong to the owner, who must close them; those given to `send` stay the caller's.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        end: socket.socket,
        on_message: OnMessage,
        on_eof: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._socket = end
        self._on_message = on_message
        self._on_eof = on_eof
        self._outbox: deque[tuple[bytes, list[int]]] = deque()
        self._closed = False
        loop.add_reader(end.fileno(), self._readable)

    def send(self, message: Mapping[str, Any], fds: Sequence[int] = ()) -> None:
        """Send, now or when there is room. After the end of file it goes nowhere: the end was told already."""
        if self._closed:
            return
        # Copies, because the caller may close its own before there is room.
        self._outbox.append((json.dumps(message).encode(), [os.dup(fd) for fd in fds]))
        self._flush()

    @property
    def behind(self) -> bool:
        """Whether something waits for room."""
        return bool(self._outbox)

    def fileno(self) -> int:
        """Answer the number of our end, -1 when it is closed."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close our end; the other side reads an end of file."""
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._socket.fileno())
        self._loop.remove_writer(self._socket.fileno())
        self._socket.close()
        for _, fds in self._outbox:
            _close(fds)
        self._outbox.clear()

    def drain(self) -> None:
        """Take all that has arrived already; used when the other side has just died."""
        while not self._closed and self._receive():
            pass

    def _flush(self) -> None:
        while self._outbox:
            data, fds = self._outbox[0]
            try:
                socket.send_fds(self._socket, [data], fds)
            except BlockingIOError:
                self._loop.add_writer(self._socket.fileno(), self._flush)
                return
            except OSError as error:
                log.debug("a message went nowhere: %s", error)
            _close(fds)
            self._outbox.popleft()
        self._loop.remove_writer(self._socket.fileno())

    def _readable(self) -> None:
        self._receive()

    def _receive(self) -> bool:
        """Take one message; False when there is none or the other side is gone."""
        try:
            data, fds, cut = receive(self._socket, MESSAGE_LIMIT, _FDS_LIMIT)
        except BlockingIOError:
            return False
        except OSError as error:
            log.debug("a channel broke: %s", error)
            data, fds, cut = b"", [], False
        if not data:
            self.close()
            self._on_eof()
            return False
        message = _parse(data, truncated=cut)
        if message is None:
            _close(fds)
        else:
            self._on_message(message, fds)
        return True


def _parse(data: bytes, *, truncated: bool) -> dict[str, Any] | None:
    try:
        message = None if truncated else json.loads(data)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        log.error("a message that is no JSON object of at most %d bytes was passed over", MESSAGE_LIMIT)
        return None
    return message


def _close(fds: Sequence[int]) -> None:
    for fd in fds:
        os.close(fd)
