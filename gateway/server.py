"""The app, and the server around it: built here, run by `gateway.__main__`."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp

from config.version import __version__
from gateway.access.fence import Fence
from gateway.access.guard import Guard
from gateway.access.openapi import described
from gateway.errors import HANDLERS
from gateway.limits import BodyLimit
from gateway.live.endpoint import LiveFeed
from gateway.live.frames import LONGEST_FRAME
from gateway.live.protocol import LiveProtocol
from gateway.page_files import page_files
from gateway.routes import (
    audit,
    dead_letters,
    flows,
    front_page,
    health,
    login,
    pages,
    pools,
    queues,
    schedules,
    series,
    tasks,
    work,
    workers,
)
from gateway.services import Services

STOP_WITHIN = 4
"""Seconds for requests under way after a stop was asked for; then they are cut."""

_ROUTERS: tuple[APIRouter, ...] = (
    front_page.router,
    work.router,
    tasks.router,
    workers.router,
    pools.router,
    queues.router,
    schedules.router,
    series.router,
    flows.router,
    dead_letters.router,
    health.router,
    login.router,
    audit.router,
    pages.router,
)

_NO_TELEMETRY = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_app(services: Services) -> FastAPI:
    """The app around these services; it closes their client when it ends."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        services.waits.close()
        await services.live.close()
        await services.client.close()

    app = FastAPI(
        title="herdsman",
        version=__version__,
        summary="Submit jobs to a herd of workers and see what became of them.",
        docs_url=None,  # the framework's pages load scripts from a foreign host
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        exception_handlers=HANDLERS,
        telemetry=_NO_TELEMETRY,  # type: ignore[arg-type]  # a plain dict: older releases know no such type
    )
    # The last that is added is the first that is asked.
    app.add_middleware(Fence, access=services.access, find=services.client.find)
    app.add_middleware(BodyLimit)
    app.add_middleware(Guard, access=services.access)
    plain = app.openapi
    app.openapi = lambda: described(plain(), services.access.matcher)  # type: ignore[method-assign]  # as its manual says
    for router in _ROUTERS:
        app.include_router(router)
    app.router.routes.append(WebSocketRoute("/ws", LiveFeed(services.live, page_files().hash)))
    app.state.services = services
    app.state.routes = front_page.listed(
        [route for router in _ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    )
    return app


class GatewayServer(uvicorn.Server):
    """Uvicorn that ends the open waits before it waits for the open requests. around: what is put around the app."""

    def __init__(self, services: Services, around: Callable[[ASGIApp], ASGIApp] = lambda app: app) -> None:
        super().__init__(
            uvicorn.Config(
                around(create_app(services)),
                loop="uvloop",
                http="httptools",
                ws=LiveProtocol,
                ws_max_size=16 * LONGEST_FRAME,  # the feed itself says what is wrong with one that is too long
                ws_per_message_deflate=False,
                lifespan="on",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=STOP_WITHIN,
            )
        )
        self._services = services

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, answer what waits, and leave."""
        self._services.waits.close()
        await super().shutdown(sockets)
