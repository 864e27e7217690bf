import asyncio

from gateway.known_types import KnownTypes
from gateway.recent import Recent


class Store:
    def __init__(self) -> None:
        self.types = {"uppercase": "default"}
        self.now = 100.0
        self.reads = 0

    async def read(self) -> dict[str, str]:
        self.reads += 1
        return dict(self.types)

    def clock(self) -> float:
        self.now += 0.001
        return self.now


def test_a_known_type_is_answered_from_memory() -> None:
    async def scenario() -> None:
        store = Store()
        types = KnownTypes(Recent(store.read, store.clock))
        assert [await types.queue_of("uppercase") for _ in range(20)] == ["default"] * 20
        assert store.reads == 1

    asyncio.run(scenario())


def test_a_type_announced_a_moment_ago_is_found_at_once() -> None:
    async def scenario() -> None:
        store = Store()
        types = KnownTypes(Recent(store.read, store.clock))
        await types.queue_of("uppercase")
        store.types["fresh"] = "low"
        assert await types.queue_of("fresh") == "low"
        assert store.reads == 2

    asyncio.run(scenario())


def test_a_type_that_nobody_knows_has_no_queue_and_the_known_ones_are_named() -> None:
    async def scenario() -> None:
        store = Store()
        types = KnownTypes(Recent(store.read, store.clock))
        assert await types.queue_of("upercase") is None
        assert types.names() == ["uppercase"]

    asyncio.run(scenario())
