import asyncio
import os
import socket
from typing import Any

from supervisor.processes.channel import Channel, pair


def channel(heard: list[Any]) -> tuple[Channel, socket.socket]:
    ours, theirs = pair()
    theirs.settimeout(5)
    loop = asyncio.get_running_loop()
    return Channel(loop, ours, lambda message, fds: heard.append((message, fds)), lambda: heard.append("eof")), theirs


async def until(heard: list[Any], count: int) -> None:
    async with asyncio.timeout(5):
        while len(heard) < count:  # noqa: ASYNC110  the channel calls back, it sets no event
            await asyncio.sleep(0)


def test_messages_and_files_arrive_and_the_end_is_told_once() -> None:
    async def run() -> None:
        heard: list[Any] = []
        end, theirs = channel(heard)
        read_end, write_end = os.pipe()
        end.send({"op": "fork"}, [write_end])
        data, fds, _, _ = socket.recv_fds(theirs, 1000, 4)
        assert data == b'{"op": "fork"}'
        os.write(fds[0], b"x")
        assert os.read(read_end, 1) == b"x"
        socket.send_fds(theirs, [b'{"event": "ready"}'], [read_end])
        theirs.send(b"no json")
        theirs.send(b"[1]")
        theirs.close()
        await until(heard, 2)
        (message, received), eof = heard
        assert (message, eof) == ({"event": "ready"}, "eof")
        assert not os.get_inheritable(received[0])
        end.send({"op": "late"})
        for fd in (*fds, *received, read_end, write_end):
            os.close(fd)

    asyncio.run(run())


def test_what_the_other_side_does_not_take_at_once_is_kept_in_order_with_its_files() -> None:
    async def run() -> None:
        heard: list[Any] = []
        end, theirs = channel(heard)
        for number in range(2000):
            read_end, write_end = os.pipe()
            end.send({"number": number}, [write_end] if number % 500 == 0 else [])
            os.close(read_end)
            os.close(write_end)
        theirs.settimeout(0)
        got: list[bytes] = []
        async with asyncio.timeout(5):
            while len(got) < 2000:
                try:
                    data, fds, _, _ = socket.recv_fds(theirs, 1000, 4)
                except BlockingIOError:
                    await asyncio.sleep(0)
                    continue
                got.append(data)
                for fd in fds:
                    os.close(fd)
        assert got == [b'{"number": %d}' % number for number in range(2000)]
        end.close()
        theirs.close()

    asyncio.run(run())
