"""From a config to a running arbiter, and back down to an exit status."""

import asyncio
import logging
import os
import resource
import socket
from contextlib import suppress
from typing import TextIO, cast

from config import Config, Places, logs
from config.store_binary import NoServerError, Server, find_server
from scoreboard import Board
from supervisor import signals, stop_budget
from supervisor.arbiter import Arbiter
from supervisor.child import Nursery
from supervisor.children import Children
from supervisor.control import Control
from supervisor.herd import Herd, make_herd, slots_for
from supervisor.metrics_server import MetricsServer, bind
from supervisor.own_output import PipeStream, pour_out
from supervisor.pages import pages
from supervisor.pidfile import AlreadyRunningError, PidFile
from supervisor.reap import Reaper, become_subreaper

log = logging.getLogger(__name__)


class BootError(Exception):
    """The supervisor cannot start; the text says why and what to do."""


class RefusedError(Exception):
    """The config was refused once the tasks were known; the text has the positions in the file."""


def run(config: Config) -> int:
    """Run in the foreground until told to stop; answer the exit status.

    Raises:
        BootError: it cannot start; nothing was left behind.
        RefusedError: what the config says does not fit the tasks; everything was stopped again.
        config.ConfigError: the data folder cannot be used.
    """
    places = Places(config.data_dir)
    places.prepare()
    pid_file = PidFile(places.supervisor_pid)
    try:
        pid_file.acquire()
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
        with Board.create(slots_for(config), max(1, len(config.pools))) as board:
            status, refusal = asyncio.run(_live(config, places, board, own, server))
    finally:
        pid_file.release()
    if refusal:
        raise RefusedError(refusal)
    return status


def _server(config: Config) -> Server | None:
    if config.redis is not None:
        return None
    try:
        return find_server()
    except NoServerError as error:
        raise BootError(str(error)) from None


async def _live(
    config: Config, places: Places, board: Board, own: PipeStream, server: Server | None
) -> tuple[int, str]:
    loop = asyncio.get_running_loop()
    children = Children()
    reaper = Reaper(children)
    arbiter: Arbiter | None = None

    def wake() -> None:
        if arbiter is not None:
            arbiter.wake()

    listener = _listener(config)
    herd = make_herd(config, board, Nursery(loop, children, reaper), own, server, wake)
    arbiter = Arbiter(herd, reaper, _addresses(config, listener))
    control = Control(places.control_socket, arbiter)
    metrics = MetricsServer(pages(arbiter, config))
    signals.listen(loop, arbiter)
    try:
        await control.start()
        if listener is not None:
            await metrics.start(listener)
        warning = stop_budget.complaint(herd.stages(), os.environ)
        if warning:
            log.warning("%s", warning)
        log.info("herdsman starts: pid %d, config %s, data in %s", os.getpid(), config.path, config.data_dir)
        clean = await arbiter.run()
    finally:
        await metrics.stop()
        await control.stop()
        signals.unlisten(loop)
        own.disconnect()
        _last_words(herd)
    return (0 if clean else 1), arbiter.refusal


def _listener(config: Config) -> socket.socket | None:
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
