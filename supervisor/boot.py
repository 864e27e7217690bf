"""From a config to a running arbiter, and back down to an exit status."""

import asyncio
import logging
import os
import resource
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TextIO, cast

from config import Config, Places, logs
from config.store_binary import NoServerError, Server, find_server
from config.version import __version__
from scoreboard import Board
from supervisor import signals
from supervisor.arbiter import Arbiter
from supervisor.child import Nursery
from supervisor.children import Children
from supervisor.control import Control
from supervisor.handover import Handover
from supervisor.herd import Herd, make_herd, slots_for
from supervisor.metrics_server import MetricsServer, bind
from supervisor.own_output import PipeStream, pour_out
from supervisor.pages import pages
from supervisor.pidfile import AlreadyRunningError, PidFile
from supervisor.reap import Reaper, become_subreaper
from supervisor.taking_over import Belongings, inherited, make_upgrade

log = logging.getLogger(__name__)


class BootError(Exception):
    """The supervisor cannot start; the text says why and what to do."""


def run(config: Config, handover: Handover | None = None) -> int:
    """Run in the foreground until told to stop; answer the exit status.

    handover: what this process was handed by itself before it was executed anew; None in an ordinary start.

    Raises:
        BootError: it cannot start; nothing was left behind.
        config.ConfigError: the data folder cannot be used.
    """
    places = Places(config.data_dir)
    places.prepare()
    pid_file = PidFile(places.supervisor_pid)
    try:
        if handover is None:
            pid_file.acquire()
        else:
            pid_file.resume(handover.parts["pid_file"])
    except AlreadyRunningError as error:
        raise BootError(f"{error}; `shutdown` stops it, `status` shows it") from None
    except OSError as error:
        raise BootError(f"{places.supervisor_pid} cannot be used: {error.strerror}") from None
    own = PipeStream()
    logs.set_up("supervisor", stream=cast("TextIO", own))  # all of TextIO that logging uses
    try:
        server = _server(config)
        _raise_file_limit()
        become_subreaper()
        with _board(config, handover) as board:
            return asyncio.run(_live(_Standing(config, places, board, own, server, pid_file), handover))
    finally:
        pid_file.release()


def _board(config: Config, handover: Handover | None) -> Board:
    if handover is None:
        return Board.create(slots_for(config), max(1, len(config.pools)))
    fd = handover.parts["board"]
    os.set_inheritable(fd, True)  # noqa: FBT003  the standard library's own signature
    return Board.attach(fd)


def _server(config: Config) -> Server | None:
    if config.redis is not None:
        return None
    try:
        return find_server()
    except NoServerError as error:
        raise BootError(str(error)) from None


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stands before the event loop runs."""

    config: Config
    places: Places
    board: Board
    own: PipeStream
    server: Server | None
    pid_file: PidFile


async def _live(standing: _Standing, handover: Handover | None) -> int:
    loop = asyncio.get_running_loop()
    config, saved = standing.config, handover.parts if handover is not None else None
    children = Children()
    reaper = Reaper(children)
    arbiter: Arbiter | None = None

    def wake() -> None:
        if arbiter is not None:
            arbiter.wake()

    listener = _listener(config, saved)
    nursery = Nursery(loop, children, reaper)
    herd = make_herd(
        config, standing.board, nursery, standing.own, standing.server, wake, saved=saved and saved["herd"]
    )
    arbiter = Arbiter(herd, reaper, _addresses(config, listener))
    control = Control(standing.places.control_socket, arbiter)
    metrics = MetricsServer(pages(arbiter, config))
    belongings = Belongings(config, standing.board, standing.pid_file, control, metrics)
    herd.upgrade = make_upgrade(belongings, nursery, arbiter, wake)
    if saved is not None:
        herd.restore(saved["herd"])
        arbiter.restore(saved["arbiter"])
    signals.listen(loop, arbiter)
    try:
        await control.start(inherited(saved, "control"))
        if listener is not None:
            await metrics.start(listener)
        _begin(config, reaper, saved)
        clean = await arbiter.run()
    finally:
        await metrics.stop()
        await control.stop()
        signals.unlisten(loop)
        standing.own.disconnect()
        _last_words(herd)
    return 0 if clean else 1


def _begin(config: Config, reaper: Reaper, saved: Mapping[str, Any] | None) -> None:
    if saved is None:
        log.info("herdsman starts: pid %d, config %s, data in %s", os.getpid(), config.path, config.data_dir)
        return
    # Signals were held back until somebody could hear them; ends that came in between are looked for.
    signal.pthread_sigmask(signal.SIG_SETMASK, saved["blocked"])
    reaper.sweep()
    log.info("herdsman %s goes on in place: pid %d, nothing was stopped", __version__, os.getpid())


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
        found["gateway"] = _address(config.gateway.host, config.gateway.port)
    if listener is not None:
        found["metrics"] = _address(config.metrics.host, listener.getsockname()[1])
    return found


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _raise_file_limit() -> None:
    """Each worker takes three open files of ours: use what the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))


def _last_words(herd: Herd) -> None:
    """Show what no logger has read: only when it died at the very end."""
    for read_end in herd.outputs.left:
        pour_out(read_end)
