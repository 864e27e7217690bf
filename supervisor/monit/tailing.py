"""The live log of the screen: `logs -f` as a child process, its lines handed on one by one."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress

_LINE_LIMIT = 256 * 1024


async def lines(config: str, name: str | None, *, last: int = 100) -> AsyncIterator[str]:
    """Yield the last lines of a log (of all without a name), then what is written; ends when it is closed.

    Args:
        config: the config file.
        name: a pool, a program or a service.
        last: how many lines to begin with.
    """
    command = [sys.executable, "-m", "supervisor", "-c", config, "logs", "-f", "--lines", str(last)]
    process = await asyncio.create_subprocess_exec(
        *command,
        *([name] if name else []),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=_LINE_LIMIT,
    )
    try:
        while process.stdout is not None and (line := await _next(process.stdout)) is not None:
            yield line
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _next(stream: asyncio.StreamReader) -> str | None:
    try:
        line = await stream.readline()
    except ValueError:  # longer than the limit
        return "(a line too long to be shown)"
    return line.decode(errors="replace").rstrip("\n") if line else None
