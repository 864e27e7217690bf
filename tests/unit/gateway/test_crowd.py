import asyncio
from typing import Any

from starlette.types import Receive, Scope, Send

from gateway.crowd import CrowdLimit
from gateway.errors import problem


def statuses(paths: list[str], most: int, patient: int = 0) -> list[int]:
    """What these requests are answered when none ends before all have come."""

    async def life() -> list[int]:
        free, found = asyncio.Event(), list[int]()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await free.wait()
            await problem(200, "done")(scope, receive, send)

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                found.append(message["status"])

        limit = CrowdLimit(app, lambda: patient, most)
        requests = [asyncio.ensure_future(limit({"type": "http", "path": path}, receive, send)) for path in paths]
        await asyncio.sleep(0)
        free.set()
        await asyncio.gather(*requests)
        await limit({"type": "http", "path": "/last"}, receive, send)
        return found

    return asyncio.run(life())


def test_one_too_many_is_told_so_at_once_and_the_next_is_served_again() -> None:
    assert statuses(["/a"] * 5, 3) == [503, 503, 200, 200, 200, 200]


def test_those_that_only_wait_do_not_count() -> None:
    assert statuses(["/a"] * 5, 3, patient=2) == [200] * 6


def test_whether_it_lives_is_answered_always() -> None:
    assert statuses(["/a", "/health", "/metrics", "/a"], 1) == [503, 200, 200, 200, 200]
