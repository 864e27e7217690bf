import asyncio
import os
import socket
from collections.abc import Callable

import pytest

from supervisor.probes.notify import NotifySocket, Word, parse


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  the socket is read between two turns
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"READY=1\nSTATUS=at work\n", Word(ready=True, status="at work")),
        (b"WATCHDOG=1", Word(alive=True)),
        (b"WATCHDOG=trigger", Word(hung=True)),
        (b"READY=0\nMAINPID=7\nnonsense\n", Word()),
        (b"STATUS=\x1b[31mred\xff", Word(status="[31mred\ufffd")),
        (b"STATUS=" + b"x" * 1000, Word(status="x" * 200)),
        (b"", Word()),
    ],
)
def test_a_message_is_lines_of_names_and_values(data: bytes, word: Word) -> None:
    assert parse(data) == word


def test_words_of_our_own_user_are_heard_and_files_that_come_along_are_closed() -> None:
    async def run() -> list[Word]:
        heard: list[Word] = []
        ours = NotifySocket(asyncio.get_running_loop(), heard.append)
        theirs = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        read_end, write_end = os.pipe()
        try:
            theirs.connect("\0" + ours.name[1:])
            socket.send_fds(theirs, [b"FDSTORE=1\nREADY=1"], [write_end])
            theirs.send(b"x" * 5000)
            theirs.send(b"WATCHDOG=1")
            os.close(write_end)
            await until(lambda: len(heard) == 2)
            assert os.read(read_end, 1) == b"", "nobody holds the write end any more"
        finally:
            ours.close()
            theirs.close()
            os.close(read_end)
        assert ours.fd == -1
        return heard

    assert asyncio.run(run()) == [Word(ready=True), Word(alive=True)]


def test_each_life_has_a_name_of_its_own_and_a_socket_can_be_taken_over() -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        first, second = NotifySocket(loop, lambda _: None), NotifySocket(loop, lambda _: None)
        assert first.name != second.name
        heard: list[Word] = []
        loop.remove_reader(second.fd)
        again = NotifySocket(loop, heard.append, name=second.name, fd=os.dup(second.fd))
        second.close()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as theirs:
            theirs.sendto(b"READY=1", "\0" + again.name[1:])
        await until(lambda: bool(heard))
        first.close()
        again.close()

    asyncio.run(run())
