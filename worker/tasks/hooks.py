"""Functions of the user's that run once in each worker: after its fork, and before it leaves."""

import logging
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)

Hook = Callable[[], object]
H = TypeVar("H", bound=Hook)

_starts: list[Hook] = []
_stops: list[Hook] = []


def on_start(function: H) -> H:
    """Have a function called in each worker after its fork, before its first job: the place for connections.

    What it raises ends the worker with exit status 1, and it is started again after a delay.
    """
    _starts.append(function)
    return function


def on_stop(function: H) -> H:
    """Have a function called in each worker after its last job, the last one registered first.

    What it raises is written to the log. A worker that is killed calls none.
    """
    _stops.append(function)
    return function


def started() -> None:
    """Call those for the start, in the order they were registered.

    Raises:
        Exception: whatever the first to fail raised; the others are not called.
    """
    for function in _starts:
        function()


def stopped() -> None:
    """Call those for the end; one that fails keeps no other from being called."""
    for function in reversed(_stops):
        try:
            function()
        except Exception:
            log.exception("on_stop: %s failed", getattr(function, "__qualname__", function))
