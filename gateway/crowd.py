"""How many requests are worked on at once: one too many is told so at once, instead of making all of them slow."""

import gc
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.errors import problem

MOST = 1000
"""Requests that are worked on at once, besides those that wait for a job or follow one."""

ALWAYS = frozenset({"/health", "/metrics"})
"""Paths that are answered however many there are: whoever asks wants to know just that."""


class CrowdLimit:
    """ASGI middleware: counts the requests whose bodies are there.

    Args:
        app: the app.
        patient: how many of them only wait.
        most: how many others there may be.
    """

    def __init__(self, app: ASGIApp, patient: Callable[[], int], most: int = MOST) -> None:
        self._app = app
        self._patient = patient
        self._most = most
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or say that there are too many."""
        if scope["type"] != "http" or scope["path"] in ALWAYS:
            await self._app(scope, receive, send)
            return
        if self._inside - self._patient() >= self._most:
            message = f"{self._most} requests are worked on already; try again in a moment"
            await problem(503, message, {"Retry-After": "1"})(scope, receive, send)
            return
        self._inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1


def spare_collections() -> None:
    """Let the garbage collector look at what lives for long more seldom: with a thousand requests under way each such
    look holds all of them up for a tenth of a second. The framework's own objects stay as long as we do.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
