"""A store that is away is said so at once: only the first requests wait for its silence, the others are answered by it.

closed ──a call fails, tried twice──> open ──a probe every quarter of a second──> closed
                                       └── every other call: StoreDown, at once
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from engine import AsyncClient
from engine.clients.async_client import CONNECTIONS
from engine.errors import EngineError, StoreDown
from engine.store.calls import Call
from engine.store.question import Question

T = TypeVar("T")

PROBE_EVERY = 0.25
"""Seconds between two attempts to reach a store that is away."""


class Breaker:
    """Knows whether the store answers.

    Args:
        probe: asks the store something small; raises StoreDown.
        every: seconds between two probes.
    """

    def __init__(self, probe: Callable[[], Awaitable[None]], every: float = PROBE_EVERY) -> None:
        self._probe = probe
        self._every = every
        self._why: StoreDown | None = None
        self._probing: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether the store counts as away."""
        return self._why is not None

    def check(self) -> None:
        """Refuse what could not be done.

        Raises:
            StoreDown: the store is away; the message says why, as the first call heard it.
        """
        if self._why is not None:
            raise StoreDown(str(self._why))

    def failed(self, why: StoreDown) -> None:
        """A call was told that the store is away: ask for it from now on, and nobody else."""
        self._why = why
        if self._probing is None or self._probing.done():
            self._probing = asyncio.get_running_loop().create_task(self._until_it_answers())

    async def close(self) -> None:
        """Probe no more."""
        probing, self._probing = self._probing, None
        if probing is not None:
            probing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await probing

    async def _until_it_answers(self) -> None:
        while self._why is not None:
            await asyncio.sleep(self._every)
            try:
                await self._probe()
            except StoreDown as error:
                self._why = error
            except EngineError:  # it answers, though not as it should: whoever asks shall hear of it
                self._why = None
            else:
                self._why = None


class GuardedClient(AsyncClient):
    """An `AsyncClient` with a breaker in front of every call and question.

    Attributes:
        breaker: whether the store answers.
    """

    def __init__(self, url: str, **said: object) -> None:
        super().__init__(url, **said)  # type: ignore[arg-type]  # as AsyncClient has them
        self.breaker = Breaker(super().ping)
        # As many as there are connections, so that whoever waits for one waits here, and is told when the store goes.
        self._admitted = asyncio.Semaphore(CONNECTIONS)

    async def run(self, call: Call[T]) -> T:
        """See `AsyncClient.run`; StoreDown at once while the store is away."""
        async with self._passage():
            return await super().run(call)

    async def ask(self, question: Question[T]) -> T:
        """See `AsyncClient.ask`; StoreDown at once while the store is away."""
        async with self._passage():
            return await super().ask(question)

    async def ping(self) -> None:
        """See `AsyncClient.ping`; StoreDown at once while the store is away."""
        async with self._passage():
            await super().ping()

    async def close(self) -> None:
        """See `AsyncClient.close`."""
        await self.breaker.close()
        await super().close()

    @asynccontextmanager
    async def _passage(self) -> AsyncIterator[None]:
        self.breaker.check()
        async with self._admitted:
            self.breaker.check()
            try:
                yield
            except StoreDown as error:
                self.breaker.failed(error)
                raise
