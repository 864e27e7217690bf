import asyncio
import socket
from typing import Any

from gateway import door
from gateway.counts import Counts
from gateway.door import Door
from gateway.listener import listen


class Greeter(asyncio.Protocol):
    def connection_made(self, transport: Any) -> None:
        transport.write(b"hello")
        transport.close()


class FullHouse:
    """A listening socket that cannot accept for a while."""

    def __init__(self, bound: socket.socket) -> None:
        self._bound = bound
        self.fails = 2

    def fileno(self) -> int:
        return self._bound.fileno()

    def accept(self) -> Any:
        if self.fails:
            self.fails -= 1
            raise OSError(24, "Too many open files")
        return self._bound.accept()


async def greeted(address: Any) -> bytes:
    reader, writer = await asyncio.open_connection(*address)
    try:
        return await reader.read()
    finally:
        writer.close()


def test_everybody_of_a_crowd_comes_in() -> None:
    async def life() -> list[bytes]:
        with listen("127.0.0.1", 0) as bound:
            opened = Door(bound, Greeter, Counts())
            found = await asyncio.gather(*(greeted(bound.getsockname()) for _ in range(5 * door.AT_ONCE)))
            opened.close()
            await opened.wait_closed()
            return found

    assert asyncio.run(life()) == [b"hello"] * 5 * door.AT_ONCE


def test_without_an_open_file_left_it_tries_again_a_moment_later() -> None:
    async def life() -> tuple[bytes, dict[str, int]]:
        counts = Counts()
        with listen("127.0.0.1", 0) as bound:
            opened = Door(FullHouse(bound), Greeter, counts)  # type: ignore[arg-type]  # as far as the door looks at it
            found = await greeted(bound.getsockname())
            opened.close()
            await opened.wait_closed()
            return found, counts.reasons

    assert asyncio.run(life()) == (b"hello", {"no open file left": 2})


def test_a_closed_door_stays_closed() -> None:
    async def life() -> None:
        with listen("127.0.0.1", 0) as bound:
            house = FullHouse(bound)
            house.fails = 1
            opened = Door(house, Greeter, Counts())  # type: ignore[arg-type]  # same
            with socket.create_connection(bound.getsockname()):
                await asyncio.sleep(0.02)
                opened.close()
                await asyncio.sleep(door.PAUSE * 1.5)
                assert house.fails == 0
                assert asyncio.get_running_loop().remove_reader(house) is False

    asyncio.run(life())
