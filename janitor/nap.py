"""How the janitor sleeps: until a duty is due, a stop is asked for, or the store says that something is due sooner."""

import logging
from collections.abc import Sequence
from typing import Protocol

from engine.errors import StoreDown
from janitor.stop import Waitable

_log = logging.getLogger(__name__)
LISTEN = 5.0
"""Seconds for one blocking call on the bell; it is made again after it."""


class Stop(Protocol):
    """The part of `janitor.stop.StopRequest` that is slept on."""

    def wait(self, seconds: float, also: Sequence[Waitable] = ()) -> bool:
        """Sleep, at most so long; True when a stop was asked for."""
        ...


class Bell(Protocol):
    """`engine.store.bell.Bell`."""

    def arm(self, timeout: float) -> None: ...  # noqa: D102 - the engine's own words
    def fileno(self) -> int: ...  # noqa: D102 - same
    def ready(self) -> bool: ...  # noqa: D102 - same
    def ring(self) -> bool: ...  # noqa: D102 - same
    def close(self) -> None: ...  # noqa: D102 - same


class Nap:
    """Sleeps on both. A store that is away costs nothing but the bell."""

    def __init__(self, stop: Stop, bell: Bell) -> None:
        self._stop = stop
        self._bell = bell

    def __call__(self, seconds: float) -> bool:
        """Sleep at most so many seconds; True when the bell rang."""
        if seconds <= 0:
            return False
        try:
            self._bell.arm(LISTEN)
            self._stop.wait(seconds, [self._bell])
            return self._bell.ready() and self._bell.ring()
        except StoreDown as error:
            _log.debug("no bell: %s", error)
            self._stop.wait(seconds)
            return False

    def close(self) -> None:
        """Hang up."""
        self._bell.close()
