"""Requests that wait for a job's end: how many may, and how a stopping gateway lets them go.

A wait holds no thread. When the gateway is told to stop, all of them end at once and
their requests are answered with what is known by then, so no answer is lost to a stop.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol

from engine import Job
from engine.errors import EngineError
from gateway.errors import ApiError

MOST = 1000
"""Requests that may wait at once."""


READ_WITHIN = 1.0
"""Seconds beyond the wait itself in which a job that ended at its very end is still read."""


class Waiter(Protocol):
    """The part of `engine.AsyncClient` that waits."""

    def wait(self, ids: Sequence[str], timeout: float) -> Awaitable[Mapping[str, Job]]:
        """The jobs that ended within the time, by id."""
        ...


class Waits:
    """Counts the open waits and ends them all when the gateway closes.

    Attributes:
        open: how many requests wait.
    """

    def __init__(self, client: Waiter, most: int = MOST) -> None:
        self._client = client
        self._most = most
        self.open = 0
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End all open waits now, and every later one at once."""
        self._closing.set()

    def check_room(self) -> None:
        """Refuse before anything is enqueued.

        Raises:
            ApiError: 503 when as many requests wait as may.
        """
        if self.open >= self._most:
            raise ApiError(503, f"{self._most} requests wait already; submit without waiting", {"Retry-After": "1"})

    async def until_finished(self, job_id: str, seconds: float) -> Job | None:
        """Wait for a job's end.

        Returns:
            The finished job; None when the time is over, the gateway stops, or the store
            went away meanwhile: the job is accepted and goes on by itself, so that is no error.
        """
        self.open += 1
        finished = asyncio.ensure_future(self._client.wait([job_id], seconds))
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait((finished, closing), timeout=seconds + READ_WITHIN, return_when=asyncio.FIRST_COMPLETED)
            return finished.result().get(job_id) if finished.done() else None
        except EngineError:
            return None
        finally:
            self.open -= 1
            for one in (finished, closing):
                one.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await one
