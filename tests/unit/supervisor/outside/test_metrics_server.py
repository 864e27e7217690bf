import asyncio

import h11
import pytest

from supervisor.outside.metrics_server import MetricsServer, Page, bind


def failing(_here: str) -> Page:
    raise RuntimeError("a mistake of ours")


SERVER = MetricsServer({"/health": lambda _here: (200, "text/plain", b"alive"), "/broken": failing})


def request(method: str, target: str) -> h11.Request:
    return h11.Request(method=method, target=target, headers=[("Host", "x")])


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/health?x=1", 200),
        ("HEAD", "/health", 200),
        ("POST", "/health", 405),
        ("GET", "/nope", 404),
        ("GET", "/broken", 500),
    ],
)
def test_every_request_has_an_answer(method: str, target: str, status: int) -> None:
    assert SERVER.answer(request(method, target), "127.0.0.1")[0] == status


def test_a_probe_that_asks_with_head_is_answered_by_the_head_alone() -> None:
    async def ask(method: bytes) -> bytes:
        listener = bind("127.0.0.1", 0)
        await SERVER.start(listener)
        try:
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(method + b" /health HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = await reader.read()
            writer.close()
            return answer
        finally:
            await SERVER.stop()

    whole = asyncio.run(ask(b"GET"))
    assert whole.endswith(b"\r\n\r\nalive")
    assert asyncio.run(ask(b"HEAD")) == whole.removesuffix(b"alive")
