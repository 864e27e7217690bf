"""From a config to a running arbiter, and back down to an exit status."""

import asyncio
import logging
import os
import resource
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO, cast

from config import Config, Places, logs
from config.store_binary import NoServerError, Server, find_server
from scoreboard import Board
from supervisor import daemon, signals
from supervisor.applier import Applier
from supervisor.arbiter import Arbiter
from supervisor.carry_out import Grounds, address
from supervisor.child import Nursery
from supervisor.children import Children
from supervisor.control import Control
from supervisor.herald import Herald
from supervisor.herd import Herd, make_herd, pools_for, slots_for
from supervisor.host_check import refuse_misfits
from supervisor.in_force import InForce, forget_others
from supervisor.metrics_place import MetricsPlace
from supervisor.metrics_server import MetricsServer, bind
from supervisor.notify import Notifier
from supervisor.overrides import Overrides
from supervisor.own_output import PipeStream, pour_out
from supervisor.pages import pages
from supervisor.pidfile import AlreadyRunningError, PidFile
from supervisor.reap import Reaper, become_subreaper
from supervisor.run_time import restore
from supervisor.status_socket import open_status_socket
from supervisor.stop_plan import too_short

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
        config.ConfigError: the data folder cannot be used, or this host lacks what the config asks for.
    """
    refuse_misfits(config)
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
        with Board.create(slots_for(config), pools_for(config)) as board:
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

    listener, in_force, overrides = _listener(config), _in_force(config, places), Overrides(places.overrides)
    herd = make_herd(in_force, board, Nursery(loop, children, reaper), own, server, wake)
    restore(herd, overrides)
    arbiter = Arbiter(herd, reaper, _addresses(config, listener))
    arbiter.herald = Herald(Notifier(os.environ, os.getpid()), _told_how_it_went(arbiter))
    control = Control(places.control_socket, arbiter)
    status = None
    metrics = MetricsServer(pages(arbiter))
    place = MetricsPlace(metrics, arbiter.addresses, config.metrics)
    grounds = Grounds(herd=herd, overrides=overrides, addresses=arbiter.addresses, metrics=place)
    arbiter.applier = Applier(grounds, wake)
    signals.listen(loop, arbiter)
    try:
        await control.start()
        status = await open_status_socket(config, places, arbiter)
        if listener is not None:
            await metrics.start(listener)
        log.info("herdsman starts: pid %d, config %s, data in %s", os.getpid(), config.path, config.data_dir)
        if warning := too_short(config, os.environ):
            log.warning("%s", warning)
        clean = await arbiter.run()
    finally:
        await metrics.stop()
        await control.stop()
        if status is not None:
            await status.stop()
        signals.unlisten(loop)
        own.disconnect()
        _last_words(herd)
    return arbiter.fate or (0 if clean else 1), arbiter.refusal


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


def _in_force(config: Config, places: Places) -> InForce:
    try:
        made = InForce(config, places)
    except OSError as error:
        raise BootError(f"the copy of the config cannot be written below {config.data_dir}: {error.strerror}") from None
    forget_others(places, made.snapshot)
    return made


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
        found["gateway"] = address(config.gateway.host, config.gateway.port)
    if listener is not None:
        found["metrics"] = address(config.metrics.host, listener.getsockname()[1])
    return found


def _raise_file_limit() -> None:
    """Each worker takes three open files of ours: use what the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))


def _last_words(herd: Herd) -> None:
    """Show what no logger has read: only when it died at the very end."""
    for read_end in herd.outputs.left:
        pour_out(read_end)
