"""The control socket: one JSON line in, one JSON line out, for this user only."""

import asyncio
import json
import logging
import os
import socket
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

from supervisor.arbiter import Arbiter
from supervisor.commands import VERBS, CommandError

log = logging.getLogger(__name__)

LIMIT = 64 * 1024
_TIME_S = 10.0
_CONNECTIONS = 16
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


class Control:
    """Duties: listen, check who asks, answer one request a connection, never raise on what comes in."""

    def __init__(self, path: Path, arbiter: Arbiter) -> None:
        self._path = path
        self._arbiter = arbiter
        self._server: asyncio.Server | None = None
        self._open = 0
        self.listener: socket.socket | None = None

    @property
    def busy(self) -> bool:
        """Whether somebody is being answered."""
        return self._open > 0

    async def start(self, listener: socket.socket | None = None) -> None:
        """Listen, on a socket of its own or on one that stands there already.

        Raises:
            OSError: the socket cannot be made.
        """
        self.listener = listener or self._bound()
        self._server = await asyncio.start_unix_server(self._serve, sock=self.listener, limit=LIMIT)

    def _bound(self) -> socket.socket:
        # We hold the pid file's lock, so a socket that stands there is nobody's.
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            listener.bind(str(self._path))
        finally:
            os.umask(before)
        return listener

    async def stop(self) -> None:
        """Stop listening and remove the socket."""
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            with suppress(OSError):
                async with asyncio.timeout(_TIME_S):
                    answer = await self._answer(reader, writer)
                    writer.write(json.dumps(answer).encode() + b"\n")
                    await writer.drain()
        except TimeoutError:
            log.debug("a request on the control socket took too long")
        finally:
            self._open -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> dict[str, Any]:
        uid = _peer_uid(writer.get_extra_info("socket"))
        if uid not in (os.geteuid(), 0):
            log.warning("control socket: user %d was refused", uid)
            return _refused("you are not the user that runs this supervisor")
        if self._open > _CONNECTIONS:
            return _refused("too many requests at once; try again")
        try:
            line = await reader.readline()
        except ValueError:
            return _refused(f"a request has at most {LIMIT} bytes")
        return self.obey(line)

    def obey(self, line: bytes) -> dict[str, Any]:
        """Do what one line asks and answer it; whatever the line holds."""
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return _refused("a request is one line of JSON")
        if not isinstance(request, dict) or not isinstance(request.get("args", {}), dict):
            return _refused('a request is {"verb": …, "args": {…}}')
        verb = VERBS.get(str(request.get("verb")))
        if verb is None:
            return _refused(f"unknown verb {request.get('verb')!r}: there is {', '.join(VERBS)}")
        try:
            return {"ok": True, "result": verb(self._arbiter, request.get("args", {}))}
        except CommandError as error:
            return _refused(str(error))
        except Exception:
            log.exception("the command %r failed", request.get("verb"))
            return _refused("the supervisor failed at it; its log says why")


def _refused(why: str) -> dict[str, Any]:
    return {"ok": False, "error": why}


def _peer_uid(connection: socket.socket) -> int:
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    uid: int = _CREDENTIALS.unpack(raw)[1]
    return uid
