"""Our end of the sd_notify protocol: what a process tells of itself, by datagrams to the socket in NOTIFY_SOCKET.

Each life of a process has a socket of its own, with a name of its own, so that what a former life left behind cannot
speak for the next. The name is an abstract one: no file to clean up, and a program of another user can reach it.
Whoever sends must be the user of that process, ours, or root.
"""

import array
import asyncio
import os
import secrets
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LIMIT = 4096  # bytes of one message; a longer one is passed over
_AT_ONCE = 16  # messages a turn of the loop
_STATUS_LIMIT = 200
_FDS = 8
_CREDENTIALS = struct.Struct("3i")
_INT = array.array("i").itemsize
_SO_PASSCRED = socket.SO_PASSCRED


@dataclass(frozen=True, slots=True)
class Word:
    """What one message said."""

    ready: bool = False
    alive: bool = False  # WATCHDOG=1
    hung: bool = False  # WATCHDOG=trigger: it asks to be started anew
    status: str | None = None


def parse(data: bytes) -> Word:
    """Read a message: lines of NAME=VALUE; names that we do not know are passed over. Pure."""
    said: dict[str, str] = {}
    for line in data.decode(errors="replace").splitlines():
        name, equals, value = line.partition("=")
        if equals:
            said[name] = value
    status = said.get("STATUS")
    return Word(
        ready=said.get("READY") == "1",
        alive=said.get("WATCHDOG") == "1",
        hung=said.get("WATCHDOG") == "trigger",
        status=None if status is None else "".join(filter(str.isprintable, status))[:_STATUS_LIMIT],
    )


class NotifySocket:
    """Duties: a socket for one life; every word from the right user handed on; closed at the end of that life.

    After a re-exec: `NotifySocket(loop, on_word, name=…, fd=…)` goes on with the one that was kept.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, on_word: Callable[[Word], None], *, name: str = "", fd: int = -1
    ) -> None:
        self._loop = loop
        self._on_word = on_word
        self._pid = 0
        self.name = name or f"@herdsman-notify-{secrets.token_hex(16)}"
        if fd >= 0:
            self._socket = socket.socket(fileno=fd)
        else:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_PASSCRED, 1)
            self._socket.bind("\0" + self.name[1:])
        self._socket.setblocking(False)  # noqa: FBT003  the argument has no name
        loop.add_reader(self._socket.fileno(), self._readable)

    @property
    def fd(self) -> int:
        """The open socket, -1 after `close`."""
        return self._socket.fileno()

    def serve(self, pid: int) -> None:
        """Say whose words count: those of this process's user."""
        self._pid = pid

    def close(self) -> None:
        """Hear nothing more."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def _readable(self) -> None:
        for _ in range(_AT_ONCE):
            if self._socket.fileno() < 0:
                return
            try:
                data = self._receive()
            except OSError:  # BlockingIOError: no more
                return
            if data:
                self._on_word(parse(data))

    def _receive(self) -> bytes:
        """Answer one message; empty when it is not for us."""
        room = socket.CMSG_SPACE(_CREDENTIALS.size) + socket.CMSG_SPACE(_FDS * _INT)
        data, ancillary, flags, _ = self._socket.recvmsg(_LIMIT, room, socket.MSG_CMSG_CLOEXEC)
        user = -1
        for level, kind, raw in ancillary:
            if level != socket.SOL_SOCKET:
                continue
            if kind == socket.SCM_CREDENTIALS:
                user = _CREDENTIALS.unpack(raw[: _CREDENTIALS.size])[1]
            elif kind == socket.SCM_RIGHTS:  # files that it wants kept: we do not
                fds = array.array("i")
                fds.frombytes(raw[: len(raw) - len(raw) % _INT])
                for fd in fds:
                    os.close(fd)
        return data if self._trusted(user) and not flags & socket.MSG_TRUNC else b""

    def _trusted(self, user: int) -> bool:
        if user in (0, os.geteuid()):
            return True
        with suppress(OSError):
            return Path(f"/proc/{self._pid}").stat().st_uid == user
        return False
