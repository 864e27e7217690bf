import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from engine import AsyncClient, NewJob
from engine.entrance.submit import Accepted
from engine.errors import QueueFull, StoreDown
from gateway.gathered import AT_ONCE, MOST, MOST_BYTES, Gathered


class SlowStore:
    """Takes jobs in calls that end when they are let; a job of type `full` is refused."""

    def __init__(self) -> None:
        self.entrance = self
        self.calls: list[int] = []
        self.open = asyncio.Event()
        self.error: Exception | None = None

    async def accept_each(self, jobs: Sequence[NewJob]) -> list[Any]:
        self.calls.append(len(jobs))
        await self.open.wait()
        if self.error:
            raise self.error
        return [QueueFull("q", 1) if job.type == "full" else Accepted(job.type, new=True) for job in jobs]

    async def ask(self, question: Any) -> Any:
        return await question


def gathered(store: SlowStore) -> Gathered:
    return Gathered(cast("AsyncClient", store))


async def begin(to: Gathered, names: Sequence[str], size: int = 10) -> list[asyncio.Task[Accepted]]:
    tasks = [asyncio.create_task(to.enqueue(NewJob(name), size)) for name in names]
    for _ in range(5):
        await asyncio.sleep(0)
    return tasks


def test_what_comes_in_while_calls_are_under_way_goes_with_the_next_one() -> None:
    async def life() -> list[int]:
        store = SlowStore()
        to = gathered(store)
        tasks = []
        for n in range(20):
            tasks += await begin(to, [str(n)])
        store.open.set()
        assert [(await task).id for task in tasks] == [str(n) for n in range(20)]
        return store.calls

    assert asyncio.run(life()) == [1] * AT_ONCE + [20 - AT_ONCE]


def test_each_hears_of_its_own() -> None:
    async def life() -> None:
        store = SlowStore()
        store.open.set()
        tasks = await begin(gathered(store), ["a", "full", "b"])
        assert [(await tasks[0]).id, (await tasks[2]).id] == ["a", "b"]
        with pytest.raises(QueueFull):
            await tasks[1]

    asyncio.run(life())


def test_a_store_that_is_away_is_said_to_all_and_the_next_call_is_made() -> None:
    async def life() -> None:
        store = SlowStore()
        store.open.set()
        store.error = StoreDown("away")
        to = gathered(store)
        for task in await begin(to, ["a", "b"]):
            with pytest.raises(StoreDown):
                await task
        store.error = None
        assert (await to.enqueue(NewJob("c"), 1)).id == "c"

    asyncio.run(life())


def test_a_call_is_bounded_in_jobs_and_in_bytes() -> None:
    async def life() -> list[int]:
        store = SlowStore()
        to = gathered(store)
        tasks = await begin(to, ["x"] * AT_ONCE)  # in one call
        tasks += await begin(to, ["y"])
        tasks += await begin(to, ["a"] * (MOST + 1))
        tasks += await begin(to, ["b"] * 2, MOST_BYTES)
        store.open.set()
        await asyncio.gather(*tasks)
        return store.calls

    assert asyncio.run(life()) == [AT_ONCE, 1, MOST, 1, 1, 1]


def test_a_client_that_has_gone_costs_the_others_nothing() -> None:
    async def life() -> list[int]:
        store = SlowStore()
        to = gathered(store)
        first = await begin(to, ["x"])
        second = await begin(to, ["y"])
        gone, stays = await begin(to, ["a", "b"])
        gone.cancel()
        second[0].cancel()
        store.open.set()
        assert (await stays).id == "b"
        await first[0]
        return store.calls

    assert asyncio.run(life()) == [1, 1, 1]
