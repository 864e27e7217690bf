import asyncio

from gateway.recent import Recent


class Source:
    def __init__(self) -> None:
        self.now = 100.0
        self.reads = 0

    async def read(self) -> int:
        self.reads += 1
        await asyncio.sleep(0)
        return self.reads

    def clock(self) -> float:
        return self.now


def test_a_reading_is_shared_for_a_second() -> None:
    async def scenario() -> None:
        source = Source()
        recent = Recent(source.read, source.clock)
        assert await recent.get() == 1
        source.now += 0.9
        assert await recent.get() == 1
        source.now += 0.2
        assert await recent.get() == 2

    asyncio.run(scenario())


def test_many_who_ask_at_once_cost_one_read() -> None:
    async def scenario() -> None:
        source = Source()
        recent = Recent(source.read, source.clock)
        assert await asyncio.gather(*(recent.get() for _ in range(50))) == [1] * 50
        assert source.reads == 1

    asyncio.run(scenario())


def test_whoever_needs_a_later_reading_gets_one() -> None:
    async def scenario() -> None:
        source = Source()
        recent = Recent(source.read, source.clock)
        await recent.get()
        source.now += 0.001
        assert await recent.since(source.now) == 2

    asyncio.run(scenario())


def test_a_failed_read_is_not_remembered() -> None:
    async def scenario() -> None:
        source = Source()
        fail = True

        async def read() -> int:
            if fail:
                raise OSError
            return await source.read()

        recent = Recent(read, source.clock)
        assert isinstance((await asyncio.gather(recent.get(), return_exceptions=True))[0], OSError)
        fail = False
        assert await recent.get() == 1

    asyncio.run(scenario())
