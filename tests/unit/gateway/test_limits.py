import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from gateway import limits
from gateway.limits import BodyLimit, declared_length


class Exchange:
    """One request in chunks, and what was answered."""

    def __init__(self, *chunks: bytes, length: int | None = None, stall: bool = False) -> None:
        self.incoming: list[Message] = [
            {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1 or stall}
            for number, chunk in enumerate(chunks)
        ]
        headers = [] if length is None else [(b"content-length", str(length).encode())]
        self.scope: Scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
        self.stall = stall
        self.sent: list[Message] = []
        self.seen: bytes | None = None
        self.read = 0

    async def receive(self) -> Message:
        self.read += 1
        if self.incoming:
            return self.incoming.pop(0)
        if self.stall:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def app(self, _: Scope, receive: Receive, send: Send) -> None:
        self.seen = (await receive())["body"]
        assert (await receive())["type"] == "http.disconnect"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    def run(self, limit: int = 10, within: float = 5.0) -> None:
        asyncio.run(BodyLimit(self.app, limit, within)(self.scope, self.receive, self.send))

    @property
    def status(self) -> Any:
        return self.sent[0]["status"]


def test_a_body_within_the_limit_reaches_the_app_whole() -> None:
    exchange = Exchange(b"12345", b"67890")
    exchange.run()
    assert exchange.seen == b"1234567890"
    assert exchange.status == 200


def test_a_body_over_the_limit_is_answered_413_whatever_it_claimed() -> None:
    exchange = Exchange(b"12345", b"678901", length=3)
    exchange.run()
    assert exchange.seen is None
    assert exchange.status == 413
    assert b"larger than 10 bytes" in exchange.sent[1]["body"]


def test_a_declared_length_over_the_limit_is_refused_before_anything_is_read() -> None:
    exchange = Exchange(b"1" * 11, length=11)
    exchange.run()
    assert exchange.status == 413
    assert exchange.read == 1  # the lingering, after the answer


def test_the_answer_is_complete_before_the_rest_is_thrown_away() -> None:
    exchange = Exchange(*[b"12345"] * 20)
    exchange.run()
    assert [message.get("more_body") for message in exchange.sent] == [None, True, False]
    assert not exchange.incoming
    assert (b"connection", b"close") in exchange.sent[0]["headers"]


def test_a_body_that_does_not_arrive_is_answered_408() -> None:
    exchange = Exchange(b"1", stall=True)
    exchange.run(within=0.02)
    assert exchange.status == 408


def test_a_client_that_leaves_midway_gets_no_answer() -> None:
    exchange = Exchange(b"1")
    exchange.incoming[0]["more_body"] = True
    exchange.run()
    assert exchange.sent == []
    assert exchange.seen is None


def test_a_length_that_is_no_number_counts_as_none() -> None:
    assert declared_length({"headers": [(b"content-length", b"x")]}) == 0
    assert declared_length({"headers": [(b"content-length", b"9" * 40)]}) > 1_000_000


def test_all_bodies_together_are_bounded_and_what_is_done_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HELD", 12)

    async def life() -> list[Any]:
        first, second, third = Exchange(b"1234567"), Exchange(b"123", b"4567"), Exchange(b"1234567")
        free = asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await first.app(scope, receive, send)
            await free.wait()

        limit = BodyLimit(app, 10)
        held = asyncio.ensure_future(limit(first.scope, first.receive, first.send))
        await asyncio.sleep(0)
        await limit(second.scope, second.receive, second.send)
        free.set()
        await held
        await limit(third.scope, third.receive, third.send)
        return [first.status, second.status, third.status]

    assert asyncio.run(life()) == [200, 503, 200]
