"""A reading of the store that is good for a moment, shared by all requests of that moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

TTL = 1.0
"""Seconds for which a reading is good."""


class Recent(Generic[T]):
    """The latest reading; one read at a time, whoever asks.

    Args:
        read: reads the store.
        clock: monotonic seconds.
    """

    def __init__(self, read: Callable[[], Awaitable[T]], clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self.clock = clock
        self._latest: tuple[float, T] | None = None
        self._reading = asyncio.Lock()

    async def get(self) -> T:
        """A reading no older than `TTL` seconds.

        Raises:
            engine.errors.StoreDown: the store is away and the latest reading is too old.
        """
        return await self.since(self.clock() - TTL)

    async def now(self) -> T:
        """A reading that begins now or later, shared by all who ask while another one is under way."""
        return await self.since(self.clock())

    async def since(self, moment: float) -> T:
        """A reading that began at `moment` (of the clock) or later."""
        latest = self._latest
        if latest is None or latest[0] < moment:
            async with self._reading:
                latest = self._latest
                if latest is None or latest[0] < moment:  # whom we waited for may have read it meanwhile
                    latest = (self.clock(), await self._read())
                    self._latest = latest
        return latest[1]
