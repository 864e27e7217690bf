"""The control socket: one JSON line in, one JSON line out. A second one, for monitoring, only answers what is.

No client can hold it up: a verb is obeyed in one turn of the loop, what comes in and goes out is bounded in size
and time, and of too many clients at once the one that has been there longest is sent away.
"""

import asyncio
import errno
import json
import logging
import os
import socket
import stat
import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.arbiter import Arbiter
from supervisor.commands import VERBS, CommandError, Verb
from supervisor.outside.listener import Listener

log = logging.getLogger(__name__)

LIMIT = 64 * 1024
MOST_AT_ONCE = 16
_TIME_S = 10.0
_BACKLOG = 128
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid
_READING = ("ping", "status", "describe", "deaths", "rollout", "rollouts")


@dataclass(frozen=True, slots=True)
class Access:
    """Who may speak at a socket, and what is understood there.

    Args:
        verbs: by name.
        mode, group: of the socket's file; the group by its number, -1 for ours.
        only_owner: refuse all but this user and root, whatever the file's mode has become.
    """

    verbs: Mapping[str, Verb]
    mode: int = 0o600
    group: int = -1
    only_owner: bool = True


CONTROL = Access(VERBS)


def reading(mode: int = 0o600, group: int = -1) -> Access:
    """Access for monitoring: whoever the file's mode lets in is told what is, and can change nothing."""
    return Access({name: VERBS[name] for name in _READING if name in VERBS}, mode, group, only_owner=False)


@dataclass(eq=False, slots=True)
class _Visit:
    """One open connection."""

    writer: asyncio.StreamWriter
    answered: bool = False


class Control:
    """Duties: listen, check who asks, answer one request a connection, never raise on what comes in."""

    def __init__(self, path: Path, arbiter: Arbiter, access: Access = CONTROL) -> None:
        self._path = path
        self._arbiter = arbiter
        self._access = access
        self._visits: dict[_Visit, None] = {}  # in the order of their coming
        self.listener: Listener | None = None

    @property
    def busy(self) -> bool:
        """Whether somebody is being answered."""
        return bool(self._visits)

    async def start(self, listener: socket.socket | None = None) -> None:
        """Listen, on a socket of its own or on one that stands there already.

        Raises:
            OSError: the socket cannot be made.
        """
        bound = listener or self._bound()
        if listener is None:
            bound.listen(_BACKLOG)
        self.listener = Listener(bound, self._serve, LIMIT, _BACKLOG)
        await self.listener.open()

    def _bound(self) -> socket.socket:
        _clear(self._path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            listener.bind(str(self._path))
        finally:
            os.umask(before)
        try:
            if self._access.group >= 0:
                os.chown(self._path, -1, self._access.group)
            self._path.chmod(self._access.mode)
        except OSError:
            listener.close()
            self._path.unlink(missing_ok=True)
            raise
        return listener

    async def stop(self) -> None:
        """Stop listening and remove the socket."""
        if self.listener is not None:
            self.listener.close()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = _Visit(writer)
        self._visits[visit] = None
        if len(self._visits) > MOST_AT_ONCE:
            self._send_away(next(iter(self._visits)))
        try:
            async with asyncio.timeout(_TIME_S):
                answer = await self._answer(reader, visit)
                visit.answered = True
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except TimeoutError:
            log.debug("a request on the control socket took too long")
            writer.transport.abort()  # what it did not read is not kept for it
        except OSError as error:
            log.debug("a client of the control socket went away: %s", error)
        finally:
            self._visits.pop(visit, None)
            writer.close()

    def _send_away(self, visit: _Visit) -> None:
        """The one that has been here longest: an honest client needs a millisecond."""
        del self._visits[visit]
        if visit.answered:  # and does not read what it was told
            visit.writer.transport.abort()
            return
        visit.answered = True
        visit.writer.write(json.dumps(_refused("too many requests at once; try again")).encode() + b"\n")
        visit.writer.close()

    async def _answer(self, reader: asyncio.StreamReader, visit: _Visit) -> dict[str, Any]:
        if self._access.only_owner:
            uid = _peer_uid(visit.writer.get_extra_info("socket"))
            if uid not in (os.geteuid(), 0):
                log.warning("control socket: user %d was refused", uid)
                return _refused("you are not the user that runs this supervisor")
        try:
            line = await reader.readline()
        except ValueError:
            return _refused(f"a request has at most {LIMIT} bytes")
        if visit.answered:
            raise ConnectionAbortedError  # sent away meanwhile: whatever it asked for is not done
        return self.obey(line)

    def obey(self, line: bytes) -> dict[str, Any]:
        """Do what one line asks and answer it; whatever the line holds."""
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return _refused("a request is one line of JSON")
        if not isinstance(request, dict) or not isinstance(request.get("args", {}), dict):
            return _refused('a request is {"verb": …, "args": {…}}')
        verb = self._access.verbs.get(str(request.get("verb")))
        if verb is None:
            return _refused(f"unknown verb {request.get('verb')!r}: there is {', '.join(self._access.verbs)}")
        try:
            result = verb(self._arbiter, request.get("args", {}))
            self._arbiter.remember()
        except CommandError as error:
            return _refused(str(error))
        except Exception:
            log.exception("the command %r failed", request.get("verb"))
            return _refused("the supervisor failed at it; its log says why")
        return {"ok": True, "result": result}


def _clear(path: Path) -> None:
    """Remove an old socket: we hold the pid file's lock, so it is nobody's. Anything else is not ours to remove."""
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise FileExistsError(errno.EEXIST, "there is something that is no socket", str(path))
        path.unlink()


def _refused(why: str) -> dict[str, Any]:
    return {"ok": False, "error": why}


def _peer_uid(connection: socket.socket) -> int:
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    uid: int = _CREDENTIALS.unpack(raw)[1]
    return uid
