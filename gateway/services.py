"""What the routes work with: one record of collaborators, made once, held by the app."""

import time
from dataclasses import dataclass, field
from typing import cast

from fastapi import Request

from engine import AsyncClient
from gateway.access.doorkeeper import Access
from gateway.known_types import KnownTypes
from gateway.live_workers import LiveWorkers
from gateway.recent import Recent
from gateway.waits import Waits
from scoreboard import Board


@dataclass(frozen=True)
class Services:
    """The collaborators of all routes.

    Attributes:
        client: the gateway's one client to the store.
        board: this host's scoreboard, None when no supervisor handed one down.
        access: who may do what; the default lets everybody do everything.
        started: monotonic seconds of the gateway's start.
    """

    client: AsyncClient
    types: KnownTypes
    workers: LiveWorkers
    waits: Waits
    board: Board | None = None
    access: Access = field(default_factory=Access)
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def around(cls, client: AsyncClient, board: Board | None = None, access: Access | None = None) -> "Services":
        """The usual set around one client."""
        types = KnownTypes(Recent(client.types))
        return cls(client, types, LiveWorkers(client), Waits(client), board, access or Access())


def services(request: Request) -> Services:
    """The services of the app that handles this request."""
    return cast("Services", request.app.state.services)
