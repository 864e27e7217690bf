"""`client.intake`: close a queue to new jobs, drain it, open it again.

open ──close──> closed ──the last job ends──> drained ──open──> open

A closed queue gives out what it has. Retries, promotions and dead letters that are given another life are no new jobs,
so they still come in; what the clock fires waits at the door (docs/drain.md).
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from engine.asking.asking import Asks, AsksLater
from engine.jobs.job import QueueFigures
from engine.store import calls, keys
from engine.store.calls import Call, text
from engine.store.question import Question

LOOK_EVERY = 0.1  # seconds between two looks at a queue that is drained; it grows to ten times that
LOOKED_AT = 1000  # due jobs in scheduled that are looked at


class Drained(msgspec.Struct, frozen=True, kw_only=True):
    """How far a drain came.

    Attributes:
        done: nothing was left to run.
        pending, processing: jobs that were, when it stopped waiting.
        scheduled: jobs whose time has not come; they stay, and run when it has.
    """

    done: bool
    pending: int
    processing: int
    scheduled: int


class Intake:
    """Which queues take new jobs. All methods raise StoreDown when the store is away."""

    def __init__(self, client: Asks, namespace: str) -> None:
        self._client = client
        self._base = keys.base(namespace)

    def close(self, queue: str) -> bool:
        """From now on it refuses new jobs (QueueClosed), until it is opened; whether that changed anything."""
        return self._client.run(gate(queue, closed=True))

    def open(self, queue: str) -> bool:
        """It takes new jobs again; whether that changed anything."""
        return self._client.run(gate(queue, closed=False))

    def closed(self) -> list[str]:
        """The queues that are closed."""
        return self._client.ask(closed(self._base))

    def drain(
        self, queue: str, timeout: float = 60.0, *, scheduled: bool = False, told: Callable[[int], None] | None = None
    ) -> Drained:
        """Closes the queue and waits until its workers have run what is there; it stays closed.

        Args:
            timeout: seconds to wait at most; 0 looks once.
            scheduled: wait for jobs whose time has not come too, retries among them.
            told: is called at each look with how many jobs it still waits for.
        """
        self.close(queue)
        pauses = waits(timeout)
        while True:
            found = self._client.ask(left(self._base, queue, scheduled=scheduled))
            _tell(told, found, scheduled=scheduled)
            pause = next(pauses, None)
            if found.done or pause is None:
                return found
            time.sleep(pause)


class AsyncIntake:
    """See `Intake`: arguments, results and errors are the same."""

    def __init__(self, client: AsksLater, namespace: str) -> None:
        self._client = client
        self._base = keys.base(namespace)

    async def close(self, queue: str) -> bool:
        """It refuses new jobs; see `Intake.close`."""
        return await self._client.run(gate(queue, closed=True))

    async def open(self, queue: str) -> bool:
        """It takes new jobs again; see `Intake.open`."""
        return await self._client.run(gate(queue, closed=False))

    async def closed(self) -> list[str]:
        """The queues that are closed."""
        return await self._client.ask(closed(self._base))

    async def drain(
        self,
        queue: str,
        timeout: float = 60.0,  # noqa: ASYNC109 - the same as the sync one's
        *,
        scheduled: bool = False,
        told: Callable[[int], None] | None = None,
    ) -> Drained:
        """Closes the queue and waits; see `Intake.drain`."""
        await self.close(queue)
        pauses = waits(timeout)
        while True:
            found = await self._client.ask(left(self._base, queue, scheduled=scheduled))
            _tell(told, found, scheduled=scheduled)
            pause = next(pauses, None)
            if found.done or pause is None:
                return found
            await asyncio.sleep(pause)


def _tell(told: Callable[[int], None] | None, found: Drained, *, scheduled: bool) -> None:
    if told is not None:
        told(found.pending + found.processing + (found.scheduled if scheduled else 0))


def gate(queue: str, *, closed: bool) -> Call[bool]:
    """Close a queue or open it; whether that changed anything."""
    return Call("gate", [keys.name(queue, "queue"), str(int(closed))], lambda reply: reply == b"1", remembered=True)


def closed(base: str) -> Question[list[str]]:
    """The queues that are closed, by name."""
    rows = yield ("HGETALL", f"{base}:limits")
    return sorted(text(rows[i]) for i in range(0, len(rows), 2) if rows[i + 1].startswith(b"closed"))


def left(base: str, queue: str, *, scheduled: bool) -> Question[Drained]:
    """What a queue has left to run. A job that is due and not promoted yet counts as pending."""
    due = yield from _due(base, queue)
    depths: calls.Depths = yield calls.figures([queue])
    found = depths.queues.get(queue, QueueFigures())
    later = max(0, found.scheduled - due)
    done = not (found.pending or found.processing or due or (scheduled and later))
    return Drained(done=done, pending=found.pending + due, processing=found.processing, scheduled=later)


def _due(base: str, queue: str) -> Question[int]:
    seconds, micros = yield ("TIME",)
    now = int(seconds) * 1000 + int(micros) // 1000
    ids: list[Any] = yield ("ZRANGE", f"{base}:scheduled", "-inf", now, "BYSCORE", "LIMIT", 0, LOOKED_AT)
    lanes = sorted({text(one).partition("-")[0] for one in ids})
    names = (yield ("HMGET", f"{base}:names", *lanes)) if lanes else []
    own = {lane for lane, name in zip(lanes, names, strict=True) if name is not None and text(name) == queue}
    return sum(text(one).partition("-")[0] in own for one in ids)


def waits(timeout: float) -> Iterator[float]:
    """How long to wait after each look, until `timeout` seconds have passed."""
    deadline, pause = time.monotonic() + timeout, LOOK_EVERY
    while (rest := deadline - time.monotonic()) > 0:
        yield min(pause, rest)
        pause = min(pause * 1.5, 10 * LOOK_EVERY)
