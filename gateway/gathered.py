"""Enqueues of one moment, from as many requests, go to the store together; each request hears of its own.

While two calls are under way, whatever comes in waits for one of them to end and goes with the next: the busier the
gateway, the more jobs share a call. An idle one adds nothing but a turn of the event loop.
"""

import asyncio
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from engine import AsyncClient, NewJob
from engine.entrance.submit import Accepted

if TYPE_CHECKING:
    from engine.entrance.entrance import Outcome

MOST = 200
"""Jobs in one call."""

MOST_BYTES = 1024 * 1024
"""Bytes of their bodies in one call, but for a single one that is larger."""

AT_ONCE = 2
"""Calls under way."""


class _Waiting(NamedTuple):
    job: NewJob
    size: int
    heard: "asyncio.Future[Outcome]"


class Gathered:
    """Collects jobs and hands them to `engine.entrance.entrance`.

    Args:
        client: the gateway's client to the store.
    """

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._waiting: deque[_Waiting] = deque()
        self._calls: set[asyncio.Task[None]] = set()

    async def enqueue(self, job: NewJob, size: int) -> Accepted:
        """The id of one job, and whether it is new.

        Args:
            job: what to enqueue.
            size: bytes of the request's body.

        Raises:
            engine.errors.EngineError, ValueError: as `AsyncClient.enqueue`.
        """
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.append(_Waiting(job, size, heard))
        self._begin(loop)
        outcome = await heard
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._waiting and len(self._calls) < AT_ONCE:
            call = loop.create_task(self._call())
            self._calls.add(call)
            call.add_done_callback(self._ended)

    def _ended(self, call: "asyncio.Task[None]") -> None:
        self._calls.discard(call)
        if not call.get_loop().is_closed():
            self._begin(call.get_loop())

    async def _call(self) -> None:
        chosen = self._next()
        if not chosen:
            return
        outcomes: list[Outcome]
        try:
            outcomes = await self._client.ask(self._client.entrance.accept_each([one.job for one in chosen]))
        except Exception as error:  # noqa: BLE001 - it is raised where the job came from
            outcomes = [error] * len(chosen)
        except BaseException:
            for one in chosen:
                one.heard.cancel()
            raise
        for one, outcome in zip(chosen, outcomes, strict=True):
            if not one.heard.done():  # else its client has gone
                one.heard.set_result(outcome)

    def _next(self) -> list[_Waiting]:
        chosen: list[_Waiting] = []
        room = MOST_BYTES
        while self._waiting and len(chosen) < MOST and (not chosen or self._waiting[0].size <= room):
            one = self._waiting.popleft()
            if not one.heard.done():
                chosen.append(one)
                room -= one.size
        return chosen
