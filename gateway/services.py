"""What the routes work with: one record of collaborators, made once, held by the app."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from fastapi import Request

import config
from config import Config, Places
from engine import AsyncClient
from engine.jobs.job import QueueFigures
from gateway.access.doorkeeper import Access
from gateway.counts import Counts
from gateway.gathered import Gathered
from gateway.known_types import KnownTypes
from gateway.live.pump import Pump
from gateway.live.sources import Sources
from gateway.live.topics import TOPICS
from gateway.live_workers import LiveWorkers
from gateway.recent import Recent
from gateway.searching import Searches
from gateway.streams import Streams
from gateway.supervisor_link import SupervisorLink
from gateway.waits import Waits
from scoreboard import Board


@dataclass(frozen=True)
class Services:
    """The collaborators of all routes.

    Attributes:
        client: the gateway's one client to the store.
        gathered: through which new jobs go, many at a time.
        queues: readings of all queues' figures; whoever must see what was done before, asks for one that begins now.
        streams: the jobs that somebody follows.
        counts: what is counted of requests.
        connections: how many clients are connected.
        board: this host's scoreboard, None when no supervisor handed one down.
        access: who may do what; the default lets everybody do everything.
        live: what the live feed is read by.
        link: to this host's supervisor, None when there is none to ask.
        started: monotonic seconds of the gateway's start.
    """

    client: AsyncClient
    types: KnownTypes
    workers: LiveWorkers
    waits: Waits
    gathered: Gathered
    queues: Recent[dict[str, QueueFigures]]
    searches: Searches
    streams: Streams
    counts: Counts
    live: Pump
    board: Board | None = None
    access: Access = field(default_factory=Access)
    link: SupervisorLink | None = None
    connections: Callable[[], int] = int
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def around(
        cls,
        client: AsyncClient,
        board: Board | None = None,
        access: Access | None = None,
        settings: Config | None = None,
    ) -> "Services":
        """The usual set around one client; `settings`: the file, None where only the store is known."""
        link, access = _link(settings) if settings else None, access or Access()
        return cls(
            client=client,
            types=KnownTypes(Recent(client.types)),
            workers=LiveWorkers(client),
            waits=Waits(client),
            gathered=Gathered(client),
            queues=Recent(lambda: client.queues()),  # noqa: PLW0108 - a test may give it another
            searches=Searches(client),
            streams=Streams(client),
            counts=Counts(),
            live=Pump(TOPICS, _sources(client, link, settings), access.holds, access.logouts.look_again),
            board=board,
            access=access,
            link=link,
        )

    def close(self) -> None:
        """End what waits for something, so that those requests are answered."""
        self.waits.close()
        self.streams.close()


def services(request: Request) -> Services:
    """The services of the app that handles this request."""
    return cast("Services", request.app.state.services)


def _link(settings: Config) -> SupervisorLink:
    places, wanted = Places(settings.data_dir), settings.control.read_only
    reading = (wanted.path or places.status_socket) if wanted.enabled else None
    return SupervisorLink(places.control_socket, reading)


def _sources(client: AsyncClient, link: SupervisorLink | None, settings: Config | None) -> Sources:
    if settings is None:
        return Sources(client, link)
    return Sources(
        client,
        link,
        target=lambda name: settings.queue(name).wait_target,
        dlq_alert=lambda name: settings.queue(name).dlq_alert,
        namespace=config.namespace(settings),
    )
