"""The routes that are called most, found by one look into a table: the framework's way costs more than their work.

The framework documents them like all others. Their endpoints take the request alone and read it themselves.
Whatever must see every request (access, limits, counting) stands as ASGI middleware around this one.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.errors import EngineError
from gateway.errors import ApiError, of_engine, problem

Endpoint = Callable[[Request], Awaitable[Response]]


def direct(endpoint: Endpoint) -> Endpoint:
    """Mark an endpoint as one of these."""
    endpoint.is_direct = True  # type: ignore[attr-defined]
    return endpoint


class DirectRoutes:
    """ASGI middleware: serves the marked routes, hands on everything else."""

    def __init__(self, app: ASGIApp, routes: Iterable[APIRoute]) -> None:
        self._app = app
        self._routes: dict[tuple[str, str], tuple[APIRoute, Endpoint]] = {
            (method, route.path): (route, route.endpoint)
            for route in routes
            if getattr(route.endpoint, "is_direct", False)
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        found = self._routes.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        scope["route"], endpoint = found
        response = await _answered(endpoint, Request(scope, receive))
        await response(scope, receive, send)


async def _answered(endpoint: Endpoint, request: Request[Any]) -> Response:
    try:
        return await endpoint(request)
    except ApiError as error:
        said = error
    except EngineError as error:
        said = of_engine(error)
    return problem(said.status, said.message, said.headers, said.more)
