"""What the guard costs a request: an app that does nothing, alone and behind the guard.

python -m bench.access
"""

import asyncio
import time
from typing import Any

from config.gateway import Gateway
from gateway.access.doorkeeper import Access
from gateway.access.fence import Fence
from gateway.access.guard import Guard
from gateway.access.tokens import hashed, mint

REQUESTS, ROUNDS = 5_000, 12
HEADERS = [
    (b"host", b"localhost:5000"),
    (b"user-agent", b"bench"),
    (b"accept", b"*/*"),
    (b"content-type", b"application/json"),
    (b"content-length", b"40"),
]


async def nothing(_: Any, __: Any, send: Any) -> None:
    """Answer with two headers and no body."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b"), (b"c", b"d")]})
    await send({"type": "http.response.body", "body": b""})


async def receive() -> Any:
    """A client that says nothing."""
    return {"type": "http.request", "body": b"", "more_body": False}


async def send(_: Any) -> None:
    """A server that throws away what it is to send."""


async def find(_: str) -> None:
    """A store without jobs."""


async def microseconds(app: Any, headers: Any, path: str) -> float:
    """What one request costs, in the best of some rounds: others use this machine too."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": headers,
        "client": ("::1", 1),
    }
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(REQUESTS):
            await app({**scope, "state": {}}, receive, send)
        best = min(best, time.perf_counter() - began)
    return best / REQUESTS * 1e6


async def main() -> None:
    """Measure, and print."""
    tokens = [mint("a") for _ in range(20)]
    said = [{"id": "a", "hash": f"sha256:{hashed(token)}", "scopes": ["admin"]} for token in tokens]
    ways = {
        "open": (Access(only_here=True), HEADERS),
        "one token": (
            Access(Gateway.model_validate({"tokens": said[:1]})),
            [*HEADERS, (b"authorization", f"Bearer {tokens[0]}".encode())],
        ),
        "20 tokens, a rate": (
            Access(Gateway.model_validate({"tokens": said, "rate_limit": "1000000/s"})),
            [*HEADERS, (b"authorization", f"Bearer {tokens[0]}".encode())],
        ),
    }
    for path in ("/tasks", "/tasks/1-1700000000000-1"):
        alone = await microseconds(nothing, HEADERS, path)
        for name, (access, headers) in ways.items():
            app = Guard(Fence(nothing, find), access)
            print(f"{path:28} {name:18} {await microseconds(app, headers, path) - alone:6.1f} µs")


if __name__ == "__main__":
    asyncio.run(main())
