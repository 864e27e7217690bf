"""What this gateway counts of itself: requests by route, method and status, how long they took, who was turned away.

Labels are templates of routes, never paths: their number is bounded, whatever is sent.
"""

import bisect
import time
from collections import defaultdict
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
"""Upper ends of the histogram's buckets, in seconds."""

NO_ROUTE = "none"
"""The route of a request that fits none."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_REASONS = {
    400: "malformed",
    401: "unauthorized",
    403: "forbidden",
    404: "not found",
    405: "method",
    408: "slow body",
    409: "conflict",
    413: "too large",
    415: "content type",
    422: "invalid",
    429: "full",
    500: "internal",
    502: "no worker",
    503: "unavailable",
}


class Counts:
    """The tallies; read by the page that shows them.

    Attributes:
        requests: (route, method, status) -> how many were answered.
        seconds: route -> how many began to be answered within which bucket; the last is beyond all of them.
        spent: route -> seconds until the answers began, all together.
        reasons: why requests or clients were refused -> how many.
        in_flight: requests under way.
        jobs: jobs accepted.
    """

    def __init__(self) -> None:
        self.requests: dict[tuple[str, str, int], int] = defaultdict(int)
        self.seconds: dict[str, list[int]] = {}
        self.spent: dict[str, float] = defaultdict(float)
        self.reasons: dict[str, int] = defaultdict(int)
        self.in_flight = 0
        self.jobs = 0

    def refused(self, reason: str) -> None:
        """Somebody was turned away."""
        self.reasons[reason] += 1

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self.requests[route, method if method in _METHODS else "other", status] += 1
        if route not in self.seconds:
            self.seconds[route] = [0] * (len(BUCKETS) + 1)
        self.seconds[route][bisect.bisect_left(BUCKETS, seconds)] += 1
        self.spent[route] += seconds
        if status in _REASONS:
            self.refused(_REASONS[status])


class Counting:
    """ASGI middleware: counts each request, by the time until its answer begins."""

    def __init__(self, app: ASGIApp, counts: Counts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        counts, status = self._counts, 0

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start" and not status:
                status = message["status"]
                counts.answered(route_of(scope), scope["method"], status, time.perf_counter() - began)
            await send(message)

        counts.in_flight += 1
        try:
            await self._app(scope, receive, counted)
        except Exception:
            if not status:  # the answer to it is made further out
                counts.answered(route_of(scope), scope["method"], 500, time.perf_counter() - began)
            raise
        finally:
            counts.in_flight -= 1


def route_of(scope: Scope) -> str:
    """The template of the route that serves this request."""
    route: Any = scope.get("route")
    path = getattr(route, "path", None)
    return path if isinstance(path, str) and path else NO_ROUTE
