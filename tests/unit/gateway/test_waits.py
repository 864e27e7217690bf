import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from engine import Job
from engine.errors import StoreDown
from gateway.errors import ApiError
from gateway.waits import Waits


class Client:
    def __init__(self, outcome: Any = None) -> None:
        self.outcome = outcome
        self.cancelled = False

    async def wait(self, ids: Sequence[str], timeout: float) -> Mapping[str, Job]:  # noqa: ASYNC109 - the engine's signature
        if isinstance(self.outcome, Exception):
            raise self.outcome
        if self.outcome is not None:
            return {ids[0]: self.outcome}
        try:
            await asyncio.sleep(timeout)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return {}


def test_a_finished_job_is_handed_over(a_job: Any) -> None:
    finished = a_job()
    assert asyncio.run(Waits(Client(finished)).until_finished("1-2-3", 5)) is finished


def test_a_job_that_does_not_end_in_time_is_no_error() -> None:
    assert asyncio.run(Waits(Client()).until_finished("1-2-3", 0.01)) is None


def test_a_store_that_goes_away_while_waiting_is_no_error() -> None:
    assert asyncio.run(Waits(Client(StoreDown("gone"))).until_finished("1-2-3", 5)) is None


def test_closing_ends_all_open_waits_at_once() -> None:
    async def scenario() -> None:
        client = Client()
        waits = Waits(client)
        open_waits = [asyncio.ensure_future(waits.until_finished("1-2-3", 600)) for _ in range(5)]
        await asyncio.sleep(0)
        waits.close()
        assert await asyncio.wait_for(asyncio.gather(*open_waits), 5) == [None] * 5
        assert await asyncio.wait_for(waits.until_finished("1-2-3", 600), 5) is None
        assert client.cancelled

    asyncio.run(scenario())


def test_too_many_waits_are_refused_before_anything_is_enqueued() -> None:
    async def scenario() -> None:
        waits = Waits(Client(), most=1)
        waits.check_room()
        first = asyncio.ensure_future(waits.until_finished("1-2-3", 600))
        await asyncio.sleep(0)
        with pytest.raises(ApiError) as caught:
            waits.check_room()
        assert caught.value.status == 503
        waits.close()
        await first
        waits.check_room()

    asyncio.run(scenario())
