"""Everything one supervisor is made of, put together in its event loop: at a start, and after an exec in place.

herd (wards) ── arbiter (loop) ── applier (another config)
                   │    └── herald (whoever started us)
                   └── control, status, metrics (sockets) ── upgrade (this process executed anew)
"""

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from config import Config, Places
from config.store_binary import Server
from scoreboard import Board
from supervisor.applying.applier import Applier
from supervisor.applying.carry_out import Grounds, address
from supervisor.applying.in_force import InForce, forget_others
from supervisor.applying.metrics_place import MetricsPlace
from supervisor.applying.overrides import Overrides
from supervisor.applying.run_time import restore
from supervisor.arbiter import Arbiter
from supervisor.builder import make_herd
from supervisor.outside import daemon
from supervisor.outside.control import Control
from supervisor.outside.herald import Herald
from supervisor.outside.metrics_server import MetricsServer, bind
from supervisor.outside.notify import Notifier
from supervisor.outside.pages import pages
from supervisor.outside.status_socket import open_for_reading, status_control
from supervisor.processes.child import Nursery
from supervisor.processes.children import Children
from supervisor.processes.own_output import PipeStream
from supervisor.processes.pidfile import PidFile
from supervisor.processes.reap import Reaper
from supervisor.upgrading import keeping
from supervisor.upgrading.handover import Handover
from supervisor.upgrading.taking_over import Belongings, inherited, make_upgrade


class BootError(Exception):
    """The supervisor cannot start; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands before the event loop runs."""

    config: Config
    places: Places
    board: Board
    own: PipeStream
    server: Server | None
    pid_file: PidFile


class Assembly:
    """Duties: make all parts and join them; open and close the sockets.

    Raises:
        BootError: a part cannot be had.
    """

    def __init__(self, standing: Standing, handover: Handover | None, loop: asyncio.AbstractEventLoop) -> None:
        config, places = standing.config, standing.places
        self._saved = saved = handover.parts if handover is not None else None
        self._config, self._places = config, places
        self._listener = _listener(config, saved)
        overrides = Overrides(places.overrides)
        children = Children()
        self.reaper = Reaper(children)
        nursery = Nursery(loop, children, self.reaper)
        self.herd = make_herd(
            _in_force(config, places, saved), standing.board, nursery, standing.own, standing.server, self._wake,
            saved=saved and saved["herd"],
        )  # fmt: skip
        self.arbiter = arbiter = Arbiter(self.herd, self.reaper, _addresses(config, self._listener))
        arbiter.herald = Herald(Notifier(os.environ, os.getpid()), _told_how_it_went(arbiter))
        self._control = Control(places.control_socket, arbiter)
        self._status = status_control(config, places, arbiter)
        self._metrics = MetricsServer(pages(arbiter))
        place = MetricsPlace(self._metrics, arbiter.addresses, config.metrics)
        grounds = Grounds(herd=self.herd, overrides=overrides, addresses=arbiter.addresses, metrics=place)
        arbiter.applier = Applier(grounds, self._wake)
        belongings = Belongings(standing.pid_file, standing.board, self._control, self._status, self._metrics)
        self.herd.upgrade = make_upgrade(belongings, nursery, arbiter, self._wake)
        if saved is None:
            restore(self.herd, overrides)
        else:
            keeping.restore(self.herd, saved["herd"])
            arbiter.restore(saved["arbiter"])

    async def open(self) -> None:
        """Take requests."""
        try:
            await self._control.start(inherited(self._saved, "control"))
        except OSError as error:
            raise BootError(
                f"{self._places.control_socket} cannot be listened at: {error.strerror}; remove it"
            ) from None
        if self._status is not None:
            await open_for_reading(self._status, inherited(self._saved, "status"))
        if self._listener is not None:
            await self._metrics.start(self._listener)

    async def close(self) -> None:
        """Take no more."""
        await self._metrics.stop()
        await self._control.stop()
        if self._status is not None:
            await self._status.stop()

    def _wake(self) -> None:
        if hasattr(self, "arbiter"):  # nobody is there to be woken before
            self.arbiter.wake()


def _told_how_it_went(arbiter: Arbiter) -> Callable[[str], None] | None:
    """For a command that waits in front: a start in the background that fails leaves nothing behind."""
    tell = daemon.told_by(os.environ)
    if tell is None:
        return None

    def up(failure: str) -> None:
        tell(failure)
        if failure:
            arbiter.drain("the start failed")

    return up


def _in_force(config: Config, places: Places, saved: Mapping[str, Any] | None) -> InForce:
    try:
        made = InForce(config, places)
    except OSError as error:
        raise BootError(f"the copy of the config cannot be written below {config.data_dir}: {error.strerror}") from None
    if saved is None:
        forget_others(places, made.snapshot)
    return made


def _listener(config: Config, saved: Mapping[str, Any] | None) -> socket.socket | None:
    if saved is not None:
        return inherited(saved, "metrics")
    if not config.metrics.enabled:
        return None
    host, port = config.metrics.host, config.metrics.port
    try:
        return bind(host, port)
    except OSError as error:
        raise BootError(
            f"the metrics port {host}:{port} cannot be had: {error.strerror}; set `metrics: port:` (0 for any free "
            "one), or `metrics: enabled: false`"
        ) from None


def _addresses(config: Config, listener: socket.socket | None) -> dict[str, str]:
    found = {}
    if config.gateway.enabled:
        found["gateway"] = address(config.gateway.host, config.gateway.port)
    if listener is not None:
        found["metrics"] = address(config.metrics.host, listener.getsockname()[1])
    return found
