"""What supervisor, zygote and keeper say to one another: one JSON object a message, open files riding along.

A message is one packet of a SOCK_SEQPACKET socket: it arrives whole or not at all, and the end of the other process is
an end of file here.
"""

import contextlib
import json
import os
import socket
from collections import deque
from typing import Any

LIMIT = 64 * 1024
MAX_FDS = 8
Message = dict[str, Any]


class BadMessage(Exception):
    """A packet that is no JSON object, or longer than 64 KiB."""


class Closed(Exception):
    """The other side is gone."""


def encode(message: Message) -> bytes:
    """One packet.

    Raises:
        BadMessage: it would be longer than 64 KiB.
    """
    data = json.dumps(message, separators=(",", ":")).encode()
    if len(data) > LIMIT:
        raise BadMessage(f"a message of {len(data)} bytes; {LIMIT} is the limit")
    return data


def decode(data: bytes) -> Message:
    """The message in a packet.

    Raises:
        BadMessage: it is none.
    """
    try:
        found = json.loads(data)
    except ValueError as error:
        raise BadMessage(f"no JSON: {error}") from None
    if not isinstance(found, dict):
        raise BadMessage(f"an object was expected, not {type(found).__name__}")
    return found


class Wire:
    """One end of a socket pair; nothing here waits. What the other side has no room for is kept, in order.

    Open files given to ``send`` stay the caller's; those that arrive are the receiver's to close.
    """

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        self._end = end
        self._waiting: deque[tuple[bytes, list[int]]] = deque()

    @classmethod
    def pair(cls) -> tuple["Wire", "Wire"]:
        """Two connected ends."""
        one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(one), cls(other)

    @classmethod
    def of_fd(cls, fd: int) -> "Wire":
        """The end that was inherited under this number."""
        end = socket.socket(fileno=fd)
        end.set_inheritable(False)
        return cls(end)

    def fileno(self) -> int:
        """For selectors."""
        return self._end.fileno()

    @property
    def behind(self) -> bool:
        """Whether messages wait for room: call ``flush`` when the socket can be written."""
        return bool(self._waiting)

    def send(self, message: Message, fds: tuple[int, ...] = ()) -> None:
        """Send, or keep until there is room.

        Raises:
            Closed: the other side is gone.
            BadMessage: too long.
        """
        # Kept messages hold copies of their files: the caller closes its own as soon as this returns.
        self._waiting.append((encode(message), [os.dup(fd) for fd in fds]))
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as there is room.

        Raises:
            Closed: the other side is gone.
        """
        while self._waiting:
            data, fds = self._waiting[0]
            try:
                socket.send_fds(self._end, [data], fds)
            except BlockingIOError:
                return
            except OSError as error:
                raise Closed(str(error)) from None
            self._waiting.popleft()
            _close(fds)

    def receive(self) -> tuple[Message, list[int]] | None:
        """The next message and its open files; None when there is none yet.

        Raises:
            Closed: the other side is gone.
            BadMessage: what came is no message; it is gone from the wire.
        """
        try:
            data, fds, flags, _ = socket.recv_fds(self._end, LIMIT + 1, MAX_FDS)
            for fd in fds:  # recv_fds of Python 3.11 forgets its flags, so MSG_CMSG_CLOEXEC would do nothing
                os.set_inheritable(fd, False)  # noqa: FBT003 - it takes no keywords
        except BlockingIOError:
            return None
        except OSError as error:
            raise Closed(str(error)) from None
        if not data:
            _close(fds)
            raise Closed("end of file")
        if len(data) > LIMIT or flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
            _close(fds)
            raise BadMessage(f"a message longer than {LIMIT} bytes")
        try:
            return decode(data), list(fds)
        except BadMessage:
            _close(fds)
            raise

    def close(self) -> None:
        """Close this end and what was kept."""
        for _, fds in self._waiting:
            _close(fds)
        self._waiting.clear()
        self._end.close()


def _close(fds: list[int]) -> None:
    for fd in fds:
        with contextlib.suppress(OSError):
            os.close(fd)
