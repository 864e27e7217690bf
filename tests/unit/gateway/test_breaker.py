import asyncio

import pytest

from engine.errors import EngineError, StoreDown
from gateway.breaker import Breaker


class Probe:
    """A store that is away until it is told to come back."""

    def __init__(self) -> None:
        self.asked = 0
        self.error: Exception | None = StoreDown("still away")
        self.told = asyncio.Event()

    async def __call__(self) -> None:
        self.asked += 1
        self.told.set()
        if self.error:
            raise self.error


def test_a_store_that_answers_is_asked_by_everybody() -> None:
    breaker = Breaker(Probe())
    breaker.check()
    assert not breaker.is_open


def test_once_a_call_has_failed_the_others_are_answered_by_it() -> None:
    async def life() -> None:
        breaker = Breaker(Probe(), every=60)
        breaker.failed(StoreDown("connection refused"))
        with pytest.raises(StoreDown, match="connection refused"):
            breaker.check()
        await breaker.close()

    asyncio.run(life())


@pytest.mark.parametrize("answer", [None, EngineError("WRONGPASS")])
def test_the_store_is_asked_for_until_it_answers_whatever_it_says(answer: Exception | None) -> None:
    async def life() -> None:
        probe = Probe()
        breaker = Breaker(probe, every=0.001)
        breaker.failed(StoreDown("refused"))
        await probe.told.wait()
        assert breaker.is_open
        probe.error = answer
        await asyncio.wait_for(breaker._probing, 10)  # type: ignore[arg-type]  # it ends when the store answers
        breaker.check()
        asked = probe.asked
        await asyncio.sleep(0.01)
        assert probe.asked == asked

    asyncio.run(life())


def test_many_failures_are_one_probe() -> None:
    async def life() -> int:
        probe = Probe()
        breaker = Breaker(probe, every=0.001)
        for _ in range(50):
            breaker.failed(StoreDown("refused"))
        await probe.told.wait()
        asked = probe.asked
        await breaker.close()
        return asked

    assert asyncio.run(life()) == 1


def test_a_closed_breaker_probes_no_more() -> None:
    async def life() -> None:
        probe = Probe()
        breaker = Breaker(probe, every=60)
        breaker.failed(StoreDown("refused"))
        await breaker.close()
        await breaker.close()

    asyncio.run(life())
