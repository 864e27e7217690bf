"""The app, and the server around it: built here, run by `gateway.serving`."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp

from config.version import __version__
from gateway.access.fence import Fence
from gateway.access.guard import Guard
from gateway.access.openapi import described
from gateway.connections import MOST as MOST_CONNECTIONS
from gateway.connections import CarefulProtocol, Places, quiet
from gateway.counts import Counting
from gateway.crowd import CrowdLimit
from gateway.direct import DirectRoutes
from gateway.door import Door
from gateway.errors import HANDLERS
from gateway.heads import HeadAsGet
from gateway.limits import LARGER_BODIES, BodyLimit
from gateway.live.endpoint import LiveFeed
from gateway.live.frames import LONGEST_FRAME
from gateway.live.protocol import LiveProtocol
from gateway.page_files import page_files
from gateway.routes import (
    audit,
    dead_letters,
    docs,
    events,
    flows,
    front_page,
    health,
    login,
    metrics,
    pages,
    pools,
    queues,
    schedules,
    series,
    submissions,
    tasks,
    work,
    workers,
)
from gateway.services import Services

STOP_WITHIN = 4
"""Seconds for requests under way after a stop was asked for; then they are cut."""

_ROUTERS: tuple[APIRouter, ...] = (
    front_page.router,
    docs.router,
    work.router,
    submissions.router,
    tasks.router,
    events.router,
    workers.router,
    pools.router,
    queues.router,
    schedules.router,
    series.router,
    flows.router,
    dead_letters.router,
    health.router,
    metrics.router,
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
        services.close()
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
    routes = [route for router in _ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    # The last that is added is the first that is asked.
    app.add_middleware(DirectRoutes, routes=routes)
    app.add_middleware(Fence, find=services.client.find)
    app.add_middleware(CrowdLimit, patient=lambda: services.waits.open + services.streams.open)
    app.add_middleware(BodyLimit, larger=LARGER_BODIES)
    app.add_middleware(HeadAsGet)
    app.add_middleware(Guard, access=services.access)
    app.add_middleware(Counting, counts=services.counts)
    plain = app.openapi
    app.openapi = lambda: described(plain(), services.access.matcher)  # type: ignore[method-assign]  # as its manual says
    for router in _ROUTERS:
        app.include_router(router)
    app.router.routes.append(WebSocketRoute("/ws", LiveFeed(services.live, page_files().hash)))
    app.state.services = services
    app.state.routes = front_page.listed([route for route in routes if route.include_in_schema])
    return app


class GatewayServer(uvicorn.Server):
    """Uvicorn that ends the open waits before it waits for the open requests.

    Args:
        services: what the routes work with.
        around: what is put around the app.
        connections: how many clients may be connected at once.
    """

    def __init__(
        self,
        services: Services,
        around: Callable[[ASGIApp], ASGIApp] = lambda app: app,
        connections: int = MOST_CONNECTIONS,
    ) -> None:
        places = Places(connections, services.counts)
        services = replace(services, connections=lambda: len(places))
        logging.getLogger("uvicorn.error").addFilter(quiet)
        super().__init__(
            uvicorn.Config(
                around(create_app(services)),
                loop="uvloop",
                http=partial(CarefulProtocol, places=places),  # type: ignore[arg-type]  # it is only called
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

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Let clients in, by a door of our own."""
        await super().startup(sockets=[])
        config, state = self.config, self.server_state

        def protocol() -> asyncio.Protocol:
            made = config.http_protocol_class
            return made(config=config, server_state=state, app_state=self.lifespan.state)  # type: ignore[call-arg]

        doors = [Door(bound, protocol, self._services.counts, config.ssl) for bound in sockets or []]
        self.servers = doors  # type: ignore[assignment]  # closed and waited for, no more

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, answer what waits, and leave."""
        self._services.close()
        await super().shutdown(sockets)
