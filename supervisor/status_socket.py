"""The second socket, where monitoring asks and can change nothing. That it cannot be made stops no herd."""

import grp
import logging

from config import Config, Places
from supervisor.arbiter import Arbiter
from supervisor.control import Control, reading

log = logging.getLogger(__name__)


async def open_status_socket(config: Config, places: Places, arbiter: Arbiter) -> Control | None:
    """Listen for those who may look; None when it is not wanted, or cannot be had (the log says why)."""
    wanted = config.control.read_only
    if not wanted.enabled:
        return None
    path = wanted.path or places.status_socket
    try:
        group = grp.getgrnam(wanted.group).gr_gid if wanted.group else -1
        control = Control(path, arbiter, reading(wanted.mode, group))
        await control.start()
    except KeyError:
        log.error("control.read_only: there is no group %r: not opened", wanted.group)  # noqa: TRY400  it says it all
        return None
    except OSError as error:
        log.error("control.read_only: %s cannot be made: %s", path, error)  # noqa: TRY400  it says it all
        return None
    return control
