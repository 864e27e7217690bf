"""The questions that are put to a process from outside: a port, a URL, a command. Each is bounded in time and size.

An answer is a text: "" when it was good, else what was wrong with it. No question raises for a bad answer.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from supervisor.processes.child import Launch, Nursery
from supervisor.processes.children import Exit

Question = Callable[[float], Awaitable[str]]  # the seconds it has -> what was wrong

_LINE_LIMIT = 4096  # of an answer nothing but its first line is read
_LOCALHOST = ("127.0.0.1", "::1")
_GOOD = range(200, 400)
_COMMANDS_AT_ONCE = 16


def port(number: int) -> Question:
    """Ask whether a port of localhost takes connections."""

    async def ask() -> str:
        found = await _connected("localhost", number)
        if isinstance(found, str):
            return found
        found[1].transport.abort()
        return ""

    return lambda seconds: _within(seconds, ask)


def http(url: str) -> Question:
    """Ask a URL; good is 2xx and 3xx. Nothing is followed, and no body is read."""
    parts = urlsplit(url)
    host, number = parts.hostname or "", parts.port or 80
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = (f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", "User-Agent: herdsman", "Accept: */*")
    request = "\r\n".join((*lines, "Connection: close", "", "")).encode()

    async def ask() -> str:
        found = await _connected(host, number)
        if isinstance(found, str):
            return found
        reader, writer = found
        try:
            writer.write(request)
            return _judged(await reader.readline())
        except (OSError, ValueError) as error:  # ValueError: a line without an end
            return f"{host}:{number}: {error}"
        finally:
            # Not closed but cut off: what it still sends is nobody's, and nothing waits for it.
            writer.transport.abort()

    return lambda seconds: _within(seconds, ask)


class Commands:
    """Duties: run commands as questions, a few at once, each with a deadline; none outlives whoever asked."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._turns = asyncio.Semaphore(_COMMANDS_AT_ONCE)

    def question(self, launch: Callable[[], Launch]) -> Question:
        """Ask by running a command; good is exit 0. Its time begins when it is its turn."""

        async def ask(seconds: float) -> str:
            async with self._turns:
                return await _within(seconds, lambda: self._run(launch))

        return ask

    async def _run(self, launch: Callable[[], Launch]) -> str:
        ends: list[Exit] = []
        ended = asyncio.Event()

        def on_exit(end: Exit) -> None:
            ends.append(end)
            ended.set()

        try:
            child = self._nursery.spawn(launch(), on_exit)
        except OSError as error:
            return f"the command cannot be started: {error.strerror}: {error.filename}"
        try:
            await ended.wait()
        finally:
            if not ends:
                child.kill_group()  # the reaper collects it
        return "" if ends[0].clean else f"the command ended with {ends[0]}"


async def _within(seconds: float, ask: Callable[[], Awaitable[str]]) -> str:
    try:
        async with asyncio.timeout(seconds):
            return await ask()
    except TimeoutError:
        return f"no answer within {seconds:g} s"


async def _connected(host: str, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | str:
    said = ""
    for address in _LOCALHOST if host == "localhost" else (host,):
        try:
            return await asyncio.open_connection(address, number, limit=_LINE_LIMIT)
        except OSError as error:
            said = said or f"{address}:{number}: {error.strerror or error}"
        except OverflowError:
            return f"{number} is no port"
    return said


def _judged(line: bytes) -> str:
    """Answer what a status line means."""
    words = line.split(None, 2)
    status = 0
    if words and words[0].startswith(b"HTTP/"):
        with suppress(ValueError, IndexError):
            status = int(words[1])
    if status in _GOOD:
        return ""
    return f"it answered {status}" if status else "it answered no HTTP" if line else "it closed the connection"
