"""From a config to a running arbiter, and back down to an exit status."""

import asyncio
import logging
import os
import resource
import signal
from contextlib import suppress
from typing import TextIO, cast

from config import Config, Places, logs
from config.store_binary import NoServerError, Server, find_server
from config.version import __version__
from scoreboard import Board
from supervisor.assembly import Assembly, BootError, Standing
from supervisor.herd import Herd, pools_for, slots_for
from supervisor.outside import signals
from supervisor.outside.client import listener_pid
from supervisor.outside.stop_plan import too_short
from supervisor.processes.own_output import PipeStream, pour_out
from supervisor.processes.pidfile import AlreadyRunningError, PidFile
from supervisor.processes.reap import Reaper, become_subreaper
from supervisor.services.host_check import refuse_misfits
from supervisor.upgrading.handover import Handover

__all__ = ["BootError", "RefusedError", "run"]

log = logging.getLogger(__name__)


class RefusedError(Exception):
    """The config was refused once the tasks were known; the text has the positions in the file."""


def run(config: Config, handover: Handover | None = None) -> int:
    """Run in the foreground until told to stop; answer the exit status.

    handover: what this process was handed by itself before it was executed anew; None in an ordinary start.

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
        if handover is None:
            pid_file.acquire()
        else:
            pid_file.resume(handover.parts["pid_file"])
    except AlreadyRunningError as error:
        raise BootError(f"{error}; `shutdown` stops it, `status` shows it") from None
    except OSError as error:
        raise BootError(f"{places.supervisor_pid} cannot be used: {error.strerror}") from None
    if handover is None and (other := listener_pid(places.control_socket)):
        pid_file.release()
        raise BootError(
            f"already running as pid {other}: it listens at {places.control_socket}, though its pid file "
            f"{places.supervisor_pid} was removed; `shutdown` stops it, `status` shows it"
        )
    own = PipeStream()
    logs.set_up("supervisor", stream=cast("TextIO", own))  # all of TextIO that logging uses
    try:
        server = _server(config)
        _raise_file_limit()
        become_subreaper()
        with _board(config, handover) as board:
            standing = Standing(config, places, board, own, server, pid_file)
            status, refusal = asyncio.run(_live(standing, handover))
    finally:
        pid_file.release()
    if refusal:
        raise RefusedError(refusal)
    return status


def _board(config: Config, handover: Handover | None) -> Board:
    if handover is None:
        return Board.create(slots_for(config), pools_for(config))
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


async def _live(standing: Standing, handover: Handover | None) -> tuple[int, str]:
    loop = asyncio.get_running_loop()
    assembly = Assembly(standing, handover, loop)
    arbiter = assembly.arbiter
    signals.listen(loop, arbiter)
    try:
        await assembly.open()
        _begin(standing.config, assembly.reaper, handover)
        clean = await arbiter.run()
    finally:
        await assembly.close()
        signals.unlisten(loop)
        standing.own.disconnect()
        _last_words(assembly.herd)
    return arbiter.fate or (0 if clean else 1), arbiter.refusal


def _begin(config: Config, reaper: Reaper, handover: Handover | None) -> None:
    if handover is not None:
        # Signals were held back until somebody could hear them; ends that came in between are looked for.
        signal.pthread_sigmask(signal.SIG_SETMASK, handover.parts["blocked"])
        reaper.sweep()
        log.info("herdsman %s goes on in place: pid %d, nothing was stopped", __version__, os.getpid())
        return
    log.info("herdsman starts: pid %d, config %s, data in %s", os.getpid(), config.path, config.data_dir)
    if warning := too_short(config, os.environ):
        log.warning("%s", warning)


def _raise_file_limit() -> None:
    """Each worker takes three open files of ours: use what the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))


def _last_words(herd: Herd) -> None:
    """Show what no logger has read: only when it died at the very end."""
    for read_end in herd.outputs.left:
        pour_out(read_end)
