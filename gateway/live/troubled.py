"""What an error of a reading means to those who look. Pure, but that the log hears of what nobody expected."""

import logging

from engine.errors import EngineError, StoreDown, StoreFull
from gateway.live.channel import Trouble
from gateway.live.frames import Refused
from gateway.supervisor_link import NoSupervisor, SupervisorRefused

_log = logging.getLogger("gateway.live")


def trouble_of(error: Exception) -> Trouble:
    """The `err` frame that an error becomes."""
    match error:
        case StoreDown() | StoreFull():
            return Trouble("store_down", str(error), retry=True)
        case NoSupervisor() | SupervisorRefused():
            return Trouble("no_supervisor", str(error), retry=True)
        case Refused():
            return Trouble(error.code, error.text, retry=False)
        case TimeoutError():
            return Trouble("store_down", "it did not answer in time", retry=True)
    if isinstance(error, EngineError):
        return Trouble("failed", str(error), retry=True)
    _log.error("a topic of the live feed cannot be read", exc_info=error)
    return Trouble("failed", "an error inside the gateway; its log has the details", retry=True)
