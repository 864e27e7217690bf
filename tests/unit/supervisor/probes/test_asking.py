"""Questions to real listeners of this process."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from supervisor.probes.asking import Question, _judged, http, port
from tests.support.ports import free_port

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def saying(answer: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    return talk


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


def asked(question: Callable[[int], Question], talk: Talk, seconds: float = 5.0) -> str:
    async def run() -> str:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        try:
            return await question(server.sockets[0].getsockname()[1])(seconds)
        finally:
            server.close()
            await asyncio.sleep(0.01)  # the listener's side ends its talk

    return asyncio.run(run())


def url(number: int) -> Question:
    return http(f"http://127.0.0.1:{number}/health?full")


@pytest.mark.parametrize("status", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.0 302 Found\r\n", b"HTTP/1.1 204\r\n"])
def test_2xx_and_3xx_are_good(status: bytes) -> None:
    assert asked(url, saying(status)) == ""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 503 Busy\r\n\r\n", "it answered 503"),
        (b"220 mail.example\r\n", "it answered no HTTP"),
        (b"HTTP/1.1 OK\r\n", "it answered no HTTP"),
        (b"", "it closed the connection"),
    ],
)
def test_any_other_answer_is_bad_and_named(answer: bytes, said: str) -> None:
    assert asked(url, saying(answer)) == said
    assert _judged(answer) == said


def test_a_line_without_an_end_is_not_read_for_ever() -> None:
    assert "127.0.0.1" in asked(url, saying(b"H" * 100_000))


def test_a_listener_that_says_nothing_is_left_when_the_time_is_over() -> None:
    assert asked(url, silent, seconds=0.1) == "no answer within 0.1 s"


def test_a_port_is_good_when_it_takes_a_connection() -> None:
    assert asked(port, silent) == ""
    assert "127.0.0.1" in asyncio.run(port(free_port())(5.0))  # type: ignore[arg-type]  # a coroutine it is
