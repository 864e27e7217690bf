"""A real socket, the real server and a fake store: what a client may cost in time."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from gateway import connections
from gateway.listener import listen
from gateway.server import GatewayServer
from gateway.services import Services

Talk = Callable[[socket.socket], Awaitable[bytes]]


def talk(at_hand: Services, what: Talk) -> bytes:
    """Serve while a client does this on a connection of small buffers."""

    async def life() -> bytes:
        bound = listen("127.0.0.1", 0)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        address = bound.getsockname()
        server = GatewayServer(at_hand)
        serving = asyncio.ensure_future(server.serve(sockets=[bound]))
        try:
            with socket.socket() as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.setblocking(False)  # noqa: FBT003 - the socket module's own signature
                async with asyncio.timeout(30):
                    await asyncio.get_running_loop().sock_connect(client, address)
                    return await what(client)
        finally:
            server.should_exit = True
            await serving

    return asyncio.run(life())


async def send(client: socket.socket, data: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(client, data)


async def rest(client: socket.socket) -> bytes:
    """All that comes until the connection's end."""
    said = b""
    while part := await asyncio.get_running_loop().sock_recv(client, 65536):
        said += part
    return said


@pytest.mark.parametrize("sent", [b"G", b"GET /health HTTP/1.1\r\nhost: localhost\r\nx-slow: ", b"\r\n"])
def test_a_head_that_does_not_come_to_an_end_is_answered_408(
    at_hand: Services, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(connections, "HEAD_WITHIN", 0.1)

    async def slowly(client: socket.socket) -> bytes:
        await send(client, sent)
        return await rest(client)

    assert talk(at_hand, slowly).startswith(b"HTTP/1.1 408")
    assert at_hand.counts.reasons == {"slow head": 1}


def test_one_that_says_nothing_is_cut(at_hand: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_WITHIN", 0.1)
    assert talk(at_hand, rest) == b""


def test_a_second_head_has_its_own_time(at_hand: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_WITHIN", 0.3)

    async def twice(client: socket.socket) -> bytes:
        await send(client, b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n")
        first = await asyncio.get_running_loop().sock_recv(client, 65536)
        await send(client, b"GET /heal")
        return first + await rest(client)

    said = talk(at_hand, twice)
    assert said.startswith(b"HTTP/1.1 200")
    assert b"HTTP/1.1 408" in said


def test_an_answer_that_is_not_read_is_not_kept_for_ever(at_hand: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "READ_WITHIN", 0.1)
    monkeypatch.setattr(connections, "MOST_AHEAD", 1_000_000)

    async def never_reading(client: socket.socket) -> bytes:
        try:
            while True:
                await send(client, b"GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n" * 20)
        except OSError:
            return b"cut"

    assert talk(at_hand, never_reading) == b"cut"
    assert at_hand.counts.reasons == {"answer not read": 1}


def test_what_uvicorn_would_say_of_nonsense_is_said_in_our_words(at_hand: Services) -> None:
    async def nonsense(client: socket.socket) -> bytes:
        await send(client, b"\x16\x03\x01\x02\x00\n\n")
        return await rest(client)

    said = talk(at_hand, nonsense)
    assert said.startswith(b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n")
    assert said.endswith(b'{"error":"this is no HTTP request"}')
