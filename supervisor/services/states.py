"""Life cycle of whatever the supervisor keeps alive: states, events, and the one table that joins them.

Imports nothing of ours, so that every other module may lean on it. The picture of this table is in
docs/states.md; a test keeps both the same.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a worker's seat, a program, the gateway, the janitor, the logger or the store stands."""

    STARTING = "STARTING"  # a process exists or was asked for; it has not yet shown that it works
    RUNNING = "RUNNING"  # it works
    BACKOFF = "BACKOFF"  # it crashed; the next start waits for its time
    DRAINING = "DRAINING"  # it was told to leave and has not left yet
    STOPPED = "STOPPED"  # no process, and none wanted (also: not started yet)
    EXITED = "EXITED"  # it left by itself; started again only when its rule says so
    FATAL = "FATAL"  # it cannot be started at all; waits for a human's `start`


class Event(StrEnum):
    """What can happen to it."""

    LAUNCH = "launch"  # we start a process
    UP = "up"  # it showed that it works
    CRASHED = "crashed"  # it is dead and shall come back later
    ENDED = "ended"  # it is dead as it was meant to be
    STOP = "stop"  # we want it gone
    HOPELESS = "hopeless"  # it could not even be started


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.STOPPED, Event.LAUNCH): State.STARTING,
        (State.STOPPED, Event.HOPELESS): State.FATAL,
        (State.STARTING, Event.UP): State.RUNNING,
        (State.STARTING, Event.CRASHED): State.BACKOFF,
        (State.STARTING, Event.ENDED): State.EXITED,
        (State.STARTING, Event.STOP): State.DRAINING,
        (State.RUNNING, Event.CRASHED): State.BACKOFF,
        (State.RUNNING, Event.ENDED): State.EXITED,
        (State.RUNNING, Event.STOP): State.DRAINING,
        (State.BACKOFF, Event.LAUNCH): State.STARTING,
        (State.BACKOFF, Event.STOP): State.STOPPED,
        (State.BACKOFF, Event.HOPELESS): State.FATAL,
        (State.DRAINING, Event.ENDED): State.STOPPED,
        (State.EXITED, Event.LAUNCH): State.STARTING,
        (State.EXITED, Event.STOP): State.STOPPED,
        (State.EXITED, Event.HOPELESS): State.FATAL,
        (State.FATAL, Event.LAUNCH): State.STARTING,
        (State.FATAL, Event.HOPELESS): State.FATAL,
        (State.FATAL, Event.STOP): State.STOPPED,
    }
)

# A process may exist in these, and only in these.
LIVE = frozenset({State.STARTING, State.RUNNING, State.DRAINING})


class IllegalMoveError(Exception):
    """An event came that the state has no answer to: a mistake of ours, never of the process."""


def after(state: State, event: Event) -> State:
    """Answer the state that follows.

    Raises:
        IllegalMoveError: the table has no such row.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalMoveError(f"{state} has no way to go on {event!r}") from None
