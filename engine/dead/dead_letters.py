"""The dead-letter queue: what failed for good, kept until somebody retries or deletes it. `client.dead_letters`."""

import asyncio
import math
import time
from collections.abc import Callable
from typing import Any

from engine.asking.asking import Asks, AsksLater
from engine.asking.questions import PEEK
from engine.dead import deaths, graveyard
from engine.dead.deaths import UNCHANGED
from engine.dead.graveyard import Position, Round, Wanted
from engine.entrance.carrier import Carrier
from engine.jobs.job import DeadGroups, Page
from engine.store import keys
from engine.store.question import Question

__all__ = ["UNCHANGED", "AsyncDeadLetters", "DeadLetters"]

ROUNDS = 10  # rounds a second, at least, when a rate is given


class _Pace:
    """How much of a walk is left, and how long to wait for the next round. Pure: time comes in by argument."""

    def __init__(self, limit: int | None, rate: float | None, told: Callable[[int], None] | None = None) -> None:
        if limit is not None and limit < 0:
            raise ValueError(f"limit must be zero or more, not {limit}")
        if rate is not None and not 0 < rate < math.inf:
            raise ValueError(f"rate must be more than zero jobs a second, not {rate}")
        self._limit, self._rate, self._told = limit, rate, told
        self.moved = 0

    def add(self, moved: int) -> None:
        """So many more were moved."""
        self.moved += moved
        if self._told is not None:
            self._told(self.moved)

    @property
    def most(self) -> int:
        """How many the next round may move; 0 = it is over."""
        left = PEEK if self._limit is None else min(PEEK, self._limit - self.moved)
        return left if self._rate is None else min(left, max(1, int(self._rate / ROUNDS)))

    def wait(self, elapsed: float) -> float:
        """Seconds to wait, `elapsed` seconds after the beginning."""
        return max(0.0, self.moved / self._rate - elapsed) if self._rate else 0.0


class _Letters:
    """What both kinds ask."""

    def __init__(self, namespace: str, carrier: Carrier) -> None:
        self._base = keys.base(namespace)
        self._carrier = carrier

    def _move(self, wanted: Wanted, position: Position, until: float, *, retry: bool, most: int) -> Question[Round]:
        return graveyard.move(self._base, wanted, position, until, retry=retry, most=most)


class DeadLetters(_Letters):
    """See the methods; all raise StoreDown when the store is away."""

    def __init__(self, client: Asks, namespace: str, carrier: Carrier) -> None:
        super().__init__(namespace, carrier)
        self._client = client

    def list(
        self,
        queue: str | None = None,
        type: str | None = None,
        fingerprint: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page:
        """Some dead letters, oldest first within a queue; go on with `page.cursor` until it is None.

        A page may be short, even empty, and still have a cursor: one call looks at a bounded number of them.

        Raises:
            ValueError: the cursor is none of ours.
        """
        return self._client.ask(graveyard.listing(self._base, Wanted(queue, type, fingerprint), limit, cursor))

    def groups(self, queue: str | None = None) -> DeadGroups:
        """The dead letters by what they died of, the largest group first; of each queue the newest 10,000."""
        return self._client.ask(graveyard.groups(self._base, queue))

    def retry(self, job_id: str, data: Any = UNCHANGED) -> bool:
        """Back to the end of its queue under the same id, attempts and crashes at zero; False: it is no dead letter.

        Args:
            data: a new payload in place of its own.

        Raises:
            PayloadError: the new payload cannot be sent.
        """
        return self._client.ask(deaths.edit(job_id, data, self._carrier))

    def delete(self, job_id: str) -> bool:
        """Forgets it; False: it is no dead letter."""
        return self._client.run(deaths.drop([job_id]))[0]

    def retry_many(
        self,
        queue: str | None = None,
        type: str | None = None,
        fingerprint: str | None = None,
        limit: int | None = None,
        rate: float | None = None,
        told: Callable[[int], None] | None = None,
    ) -> int:
        """Retries all that match and died before this call, oldest first; how many.

        Args:
            limit: at most so many.
            rate: jobs a second; the call takes as long as that takes.
            told: is called after each step with how many it is so far.

        Raises:
            ValueError: limit or rate make no sense. StoreDown: what was retried until then stays so.
        """
        return self._walk(Wanted(queue, type, fingerprint), _Pace(limit, rate, told), retry=True)

    def delete_many(
        self,
        queue: str | None = None,
        type: str | None = None,
        fingerprint: str | None = None,
        limit: int | None = None,
        told: Callable[[int], None] | None = None,
    ) -> int:
        """Forgets all that match (all there are, without any filter) and died before this call; how many.

        `told` is called after each step with how many it is so far.
        """
        return self._walk(Wanted(queue, type, fingerprint), _Pace(limit, None, told), retry=False)

    def _walk(self, wanted: Wanted, pace: _Pace, *, retry: bool) -> int:
        began, position = time.monotonic(), Position()
        until = self._client.ask(graveyard.clock())
        while most := pace.most:
            done = self._client.ask(self._move(wanted, position, until, retry=retry, most=most))
            pace.add(done.moved)
            if done.after is None:
                break
            position = done.after
            if done.moved and (wait := pace.wait(time.monotonic() - began)):
                time.sleep(wait)
        return pace.moved


class AsyncDeadLetters(_Letters):
    """See `DeadLetters`: arguments, results and errors are the same."""

    def __init__(self, client: AsksLater, namespace: str, carrier: Carrier) -> None:
        super().__init__(namespace, carrier)
        self._client = client

    async def list(
        self,
        queue: str | None = None,
        type: str | None = None,
        fingerprint: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page:
        """Some dead letters; see `DeadLetters.list`."""
        return await self._client.ask(graveyard.listing(self._base, Wanted(queue, type, fingerprint), limit, cursor))

    async def groups(self, queue: str | None = None) -> DeadGroups:
        """The dead letters by what they died of; see `DeadLetters.groups`."""
        return await self._client.ask(graveyard.groups(self._base, queue))

    async def retry(self, job_id: str, data: Any = UNCHANGED) -> bool:
        """Back to the end of its queue; see `DeadLetters.retry`."""
        return await self._client.ask(deaths.edit(job_id, data, self._carrier))

    async def delete(self, job_id: str) -> bool:
        """Forgets it; False: it is no dead letter."""
        return (await self._client.run(deaths.drop([job_id])))[0]

    async def retry_many(
        self,
        queue: str | None = None,
        type: str | None = None,
        fingerprint: str | None = None,
        limit: int | None = None,
        rate: float | None = None,
        told: Callable[[int], None] | None = None,
    ) -> int:
        """Retries all that match; see `DeadLetters.retry_many`."""
        return await self._walk(Wanted(queue, type, fingerprint), _Pace(limit, rate, told), retry=True)

    async def delete_many(
        self,
        queue: str | None = None,
        type: str | None = None,
        fingerprint: str | None = None,
        limit: int | None = None,
        told: Callable[[int], None] | None = None,
    ) -> int:
        """Forgets all that match; see `DeadLetters.delete_many`."""
        return await self._walk(Wanted(queue, type, fingerprint), _Pace(limit, None, told), retry=False)

    async def _walk(self, wanted: Wanted, pace: _Pace, *, retry: bool) -> int:
        began, position = time.monotonic(), Position()
        until = await self._client.ask(graveyard.clock())
        while most := pace.most:
            done = await self._client.ask(self._move(wanted, position, until, retry=retry, most=most))
            pace.add(done.moved)
            if done.after is None:
                break
            position = done.after
            if done.moved and (wait := pace.wait(time.monotonic() - began)):
                await asyncio.sleep(wait)
        return pace.moved
