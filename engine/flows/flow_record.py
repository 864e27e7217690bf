"""Flows as people see them. Times are seconds since the epoch, by the store's clock."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from engine.jobs.states import JobState


class FlowState(StrEnum):
    """Where a flow as a whole is.

    OPEN: not all its members are there yet, none runs. COMPLETED: all went well, or were not needed (on_failure).
    FAILED: all have ended, and some died or were cancelled. CANCELLED: somebody cancelled the whole.
    """

    OPEN = "open"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset((FlowState.COMPLETED, FlowState.FAILED, FlowState.CANCELLED))


class FlowInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A flow. `total` members, of which `done` have ended; `stopped`: why it was cancelled, or is about to be."""

    id: str
    name: str
    state: FlowState
    created_at: float
    ended_at: float | None
    total: int
    done: int
    stopped: str | None = None


class FlowMember(msgspec.Struct, frozen=True, kw_only=True):
    """A member of a flow.

    Attributes:
        waiting: it waits for others (its state is scheduled then). skipped: it was not needed (state: cancelled).
        parents: job id -> policy. reason: of one that never ran: cancelled or skipped, the parent's id, how that ended.
        spawned_by: the member that added it while it ran. last: nothing waits for it; its result is the flow's.
    """

    name: str
    id: str
    type: str
    state: JobState
    waiting: bool = False
    skipped: bool = False
    parents: dict[str, str] = {}
    reason: str | None = None
    spawned_by: str | None = None
    last: bool = False

    @property
    def shown_state(self) -> str:
        """The state, with "waiting" and "skipped" told apart from what else is scheduled or cancelled."""
        return "waiting" if self.waiting else "skipped" if self.skipped else self.state.value


class FlowProgress(msgspec.Struct, frozen=True):
    """How far a flow is: `done` of `total` members have ended; `states`: state -> how many."""

    total: int
    done: int
    states: dict[str, int]

    @property
    def fraction(self) -> float:
        """0.0 to 1.0."""
        return self.done / self.total if self.total else 1.0


def progress(info: FlowInfo, members: Iterable[FlowMember]) -> FlowProgress:
    """How far the flow with these members is."""
    states = Counter(member.shown_state for member in members)
    return FlowProgress(info.total, info.done, dict(sorted(states.items())))
