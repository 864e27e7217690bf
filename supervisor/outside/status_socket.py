"""The second socket, where monitoring asks and can change nothing. That it cannot be made stops no herd."""

import grp
import logging
import socket

from config import Config, Places
from supervisor.arbiter import Arbiter
from supervisor.outside.control import Control, reading

log = logging.getLogger(__name__)


def status_control(config: Config, places: Places, arbiter: Arbiter) -> Control | None:
    """Answer what listens for those who may look; None when it is not wanted, or cannot be had (the log says why)."""
    wanted = config.control.read_only
    if not wanted.enabled:
        return None
    path = wanted.path or places.status_socket
    try:
        group = grp.getgrnam(wanted.group).gr_gid if wanted.group else -1
    except KeyError:
        log.error("control.read_only: there is no group %r: not opened", wanted.group)  # noqa: TRY400  it says it all
        return None
    return Control(path, arbiter, reading(wanted.mode, group))


async def open_for_reading(control: Control, listener: socket.socket | None) -> None:
    """Listen, on a socket that stands there already when there is one; that it cannot be made stops no herd."""
    try:
        await control.start(listener)
    except OSError as error:
        log.error("control.read_only: the socket cannot be made: %s", error)  # noqa: TRY400  it says it all
