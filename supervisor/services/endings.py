"""What follows the end of a program: its rule, and its exit code or signal. Pure."""

import signal
from collections.abc import Iterable
from enum import Enum, auto

from supervisor.processes.children import Exit
from supervisor.services.states import State

CLEAN = frozenset({Exit(code=0)})


class Next(Enum):
    """What to do about an end."""

    AGAIN = auto()  # start it again, when its delay is over
    LEAVE = auto()  # it ended as it may
    GIVE_UP = auto()  # it said by its end that another start would be in vain


def what_follows(end: Exit, *, restart: str, success: frozenset[Exit], final: frozenset[Exit]) -> Next:
    """Judge one end.

    Args:
        end: exit code or signal; never both, and neither is ever taken for the other.
        restart: always, on-failure or never.
        success: the ends that are no failure.
        final: the ends after which it is never started again.
    """
    if end in final:
        return Next.LEAVE if end in success else Next.GIVE_UP
    if restart == "never" or (restart == "on-failure" and end in success):
        return Next.LEAVE
    return Next.AGAIN


def by_us(state: State, failure: str, *, killed: bool) -> str:
    """Say what an end alone does not: that we brought it about; "" when we did not, or a stop did.

    Args:
        state: in which it ended.
        failure: why we ended it because it did not work, else "".
        killed: whether somebody had it killed.
    """
    if state is State.DRAINING:
        return ""
    return failure or ("killed on request" if killed else "")


def ends(named: Iterable[int | str]) -> frozenset[Exit]:
    """Answer the ends that a config names: exit codes, and full names of signals."""
    return frozenset(Exit(code=one) if isinstance(one, int) else Exit(signal=int(signal.Signals[one])) for one in named)
