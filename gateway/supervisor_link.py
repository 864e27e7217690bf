"""Asks this host's supervisor at its sockets: what is, and for acts on pools.

One JSON line out, one in, a connection each (docs/status.md). The gateway cannot import the supervisor; this is the
asking side of `supervisor.outside.control` for asyncio, bounded in size and time.
"""

import asyncio
from pathlib import Path
from typing import Any

import msgspec

LARGEST = 8 << 20
"""Bytes of an answer: a status has about 400 a worker, and a thousand certificates may hold a stack each."""

WITHIN = 3.0
"""Seconds for an answer."""


class NoSupervisor(Exception):
    """Nobody answers at the socket, or not in time, or not in our language; the message says which."""


class SupervisorRefused(Exception):
    """The supervisor answered with an error; the text is its own."""


class SupervisorLink:
    """Duties: one request a connection; what is asked while an equal question is under way shares its answer.

    Args:
        control: socket for acts.
        reading: socket for questions; None: the control socket.
    """

    def __init__(self, control: Path, reading: Path | None = None) -> None:
        self._control = control
        self._reading = reading or control
        self._status: asyncio.Future[dict[str, Any]] | None = None

    async def status(self) -> dict[str, Any]:
        """All that is alive, and what it does: docs/status.md.

        Raises:
            NoSupervisor: there is no answer.
        """
        if self._status is None or self._status.done():
            self._status = asyncio.ensure_future(self._ask(self._reading, "status", {}))
            self._status.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(self._status)

    async def status_or_none(self) -> dict[str, Any] | None:
        """The status; None when nobody answers."""
        try:
            return await self.status()
        except (NoSupervisor, SupervisorRefused):
            return None

    async def deaths(self, limit: int) -> list[dict[str, Any]]:
        """The last death certificates, the newest first.

        Raises:
            NoSupervisor: there is no answer.
        """
        found = (await self._ask(self._reading, "deaths", {"limit": limit})).get("deaths")
        return found if isinstance(found, list) else []

    async def act(self, verb: str, **args: Any) -> dict[str, Any]:
        """Have a goal changed.

        Raises:
            NoSupervisor: there is no answer. SupervisorRefused: it says why not.
        """
        return await self._ask(self._control, verb, args)

    async def _ask(self, path: Path, verb: str, args: dict[str, Any]) -> dict[str, Any]:
        request = msgspec.json.encode({"verb": verb, "args": args}) + b"\n"
        try:
            async with asyncio.timeout(WITHIN):
                line = await _exchange(path, request)
        except TimeoutError:
            raise NoSupervisor(f"the supervisor did not answer within {WITHIN:g} s") from None
        except (OSError, ValueError) as error:
            raise NoSupervisor(f"no supervisor answers at {path}: {_said(error)}") from None
        return _result(line)


async def _exchange(path: Path, request: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(path), limit=LARGEST)
    try:
        writer.write(request)
        await writer.drain()
        return await reader.readline()
    finally:
        writer.close()


def _result(line: bytes) -> dict[str, Any]:
    try:
        answer = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NoSupervisor("the supervisor's answer makes no sense") from None
    if not isinstance(answer, dict):
        raise NoSupervisor("the supervisor's answer makes no sense")
    if not answer.get("ok"):
        raise SupervisorRefused(str(answer.get("error", "it does not say why")))
    result = answer.get("result")
    return result if isinstance(result, dict) else {}


def _said(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
