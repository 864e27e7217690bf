"""Where the feed's figures come from; each asked at most once a round, however many topics need it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from engine import AsyncClient, WorkerInfo
from engine.charts.rates import Rates
from engine.doctor.doctor import ask_facts
from engine.doctor.findings import Facts
from engine.jobs.job import StoreFigures
from engine.store.calls import Depths
from engine.store.calls import figures as depths_call
from gateway.live.cpu import CpuMeter
from gateway.live_workers import alive
from gateway.supervisor_link import SupervisorLink

T = TypeVar("T")

SETTINGS_EVERY = 30.0
"""Seconds between two looks at the store's settings."""


class StoreClock:
    """The store's clock, from the last time that it told the time."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def heard(self, now: float) -> None:
        """The store says that it is `now`, epoch seconds."""
        self._ahead = now - time.time()

    def now(self) -> float:
        """Epoch seconds by the store's clock, as far as it is known."""
        return time.time() + self._ahead


@dataclass
class Sources:
    """Whom the topics ask.

    Attributes:
        client: to the store. link: to this host's supervisor, None when there is none to ask.
        target: a queue's `wait_target` in seconds by its name, 0 = none.
        dlq_alert: dead jobs of a queue that are too many, by its name, 0 = never.
        namespace: of the store's keys, for people.
    """

    client: AsyncClient
    link: SupervisorLink | None = None
    target: Callable[[str], float] = lambda _: 0.0
    dlq_alert: Callable[[str], int] = lambda _: 0
    namespace: str = "default"
    clock: StoreClock = field(default_factory=StoreClock)
    cpu: CpuMeter = field(default_factory=CpuMeter)
    memory: dict[str, Any] = field(default_factory=dict)


class Round:
    """One round of readings: what one topic has asked, the next one need not ask again."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.began = time.monotonic()
        self._asked: dict[str, asyncio.Future[Any]] = {}

    async def depths(self) -> Depths:
        """All queues, and the store's time."""
        return await self._once("depths", self._depths)

    async def workers(self) -> list[WorkerInfo]:
        """The workers that live, of all hosts."""
        return await self._once("workers", self._workers)

    async def store(self) -> StoreFigures:
        """The store itself."""
        return await self._once("store", self.sources.client.figures)

    async def rates(self) -> Rates:
        """What comes and goes a second, over the last minute."""
        return await self._once("rates", self.sources.client.rates)

    async def status(self) -> dict[str, Any] | None:
        """What this host's supervisor says; None when there is none, or it does not answer now."""
        return await self._once("status", self._status)

    async def settings(self) -> Facts:
        """What the store says of its settings and its state; not newer than 30 s."""
        seen: tuple[float, Facts] | None = self.sources.memory.get("settings")
        if seen is None or self.began - seen[0] >= SETTINGS_EVERY:
            seen = self.began, await self._once("settings", self._settings)
            self.sources.memory["settings"] = seen
        return seen[1]

    async def _settings(self) -> Facts:
        return await self.sources.client.ask(ask_facts())

    async def _depths(self) -> Depths:
        found = await self.sources.client.run(depths_call(()))
        self.sources.clock.heard(found.now)
        return found

    async def _workers(self) -> list[WorkerInfo]:
        known = await self.sources.client.workers()
        return alive(known, (await self.depths()).swept_at) if known else []

    async def _status(self) -> dict[str, Any] | None:
        link = self.sources.link
        return await link.status_or_none() if link else None

    async def _once(self, name: str, ask: Callable[[], Awaitable[T]]) -> T:
        found = self._asked.get(name)
        if found is None:
            found = self._asked[name] = asyncio.ensure_future(ask())
            found.add_done_callback(_heard_of)
        # One topic that is given up must not take from the others what they wait for too.
        result: T = await asyncio.shield(found)
        return result


def _heard_of(done: asyncio.Future[Any]) -> None:
    """An error that nobody waited for is no news: whoever did has told of it."""
    if not done.cancelled():
        done.exception()
