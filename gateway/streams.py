"""The jobs whose life somebody follows: read together once a second, and at once when one of them ends.

The store tells of ends only; the rest is looked at, once for all who follow. A stream keeps no queue: it is shown the
newest reading, and says what of it is new. A client that reads slowly gets more at a time.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import NamedTuple

from engine import AsyncClient, Job, JobNotFound, JobState, Log
from engine.errors import EngineError
from gateway.errors import ApiError

MOST = 500
"""Streams at once."""

EVERY = 1.0
"""Seconds between two looks at the jobs that are followed."""

PAUSE = 0.05
"""Seconds between two looks when jobs end one after another."""

ENDS_WITHIN = 3600.0
"""Seconds for which the store is asked to tell of an end; then it is asked again."""


class Seen(NamedTuple):
    """A job at one moment, with what it has said; `log` is None when that was not looked at."""

    job: Job
    log: Log | None


class _Followed:
    """One job, and those who follow it; `version` counts what was seen of it."""

    def __init__(self) -> None:
        self.followers = 0
        self.seen: Seen | None = None
        self.version = 0
        self.changed = asyncio.Event()

    def show(self, seen: Seen) -> None:
        """A reading; whoever waits for another one goes on."""
        if seen != self.seen:
            self.seen = seen
            self.version += 1
            changed, self.changed = self.changed, asyncio.Event()
            changed.set()


class Streams:
    """Counts the open streams, feeds them, and ends them all when the gateway closes."""

    def __init__(self, client: AsyncClient, most: int = MOST, every: float = EVERY) -> None:
        self._client = client
        self._most = most
        self._every = every
        self._followed: dict[str, _Followed] = {}
        self._wake = asyncio.Event()
        self._closed = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self.open = 0

    def close(self) -> None:
        """End all streams now."""
        self._closed.set()
        self._wake.set()
        for one in self._followed.values():
            one.changed.set()

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One of the streams that may be open.

        Raises:
            ApiError: 503 when as many are open as may.
        """
        self.check_room()
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    def check_room(self) -> None:
        """Refuse before an answer has begun.

        Raises:
            ApiError: 503 when as many streams are open as may.
        """
        if self.open >= self._most or self._closed.is_set():
            raise ApiError(503, f"{self._most} streams are open already; ask GET /tasks/{{id}}", {"Retry-After": "5"})

    async def follow(self, job_id: str, heartbeat: float) -> AsyncGenerator[Seen | None, None]:
        """What is seen of a job, newest last; None when there was nothing new for `heartbeat` seconds.

        Ends when the gateway closes. Whoever follows leaves when the job has ended.
        """
        one = self._followed.setdefault(job_id, _Followed())
        one.followers += 1
        ended = asyncio.ensure_future(self._tell_of_end(job_id))
        self._start()
        self._wake.set()
        told = 0
        try:
            while not self._closed.is_set():
                if one.version == told and not await _within(heartbeat, one.changed):
                    yield None
                elif one.version != told and one.seen is not None:
                    told = one.version
                    yield one.seen
        finally:
            ended.cancel()
            one.followers -= 1
            if not one.followers:
                self._followed.pop(job_id, None)

    def _start(self) -> None:
        if self._reader is None or self._reader.done():
            self._reader = asyncio.get_running_loop().create_task(self._read())

    async def _tell_of_end(self, job_id: str) -> None:
        """Wakes the reader when the job ends."""
        while True:
            try:
                if await self._client.ended([job_id], ENDS_WITHIN):
                    self._wake.set()
                    return
            except EngineError:  # it is looked at once a second all the same
                await asyncio.sleep(self._every)

    async def _read(self) -> None:
        """Looks at all that is followed until nobody follows anything."""
        while self._followed and not self._closed.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await self._wake.wait()
            self._wake.clear()
            with contextlib.suppress(EngineError):  # the store is away: streams go on when it is back
                await self._look()
            await asyncio.sleep(PAUSE)

    async def _look(self) -> None:
        ids = list(self._followed)
        found = await self._client.find_many(ids)
        logs = await asyncio.gather(*(self._log(job) for job in found.values()))
        for (job_id, job), log in zip(found.items(), logs, strict=True):
            one = self._followed.get(job_id)
            if one is not None:
                one.show(Seen(job, log))

    async def _log(self, job: Job) -> Log | None:
        if job.forgotten or job.state in (JobState.PENDING, JobState.SCHEDULED):
            return None
        try:
            return await self._client.job(job.id).logs()
        except JobNotFound:
            return None


async def _within(seconds: float, event: asyncio.Event) -> bool:
    """Whether the event comes in time."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
