"""What a keeper concludes from a worker's record. Pure: snapshots and times in, findings out."""

from dataclasses import dataclass

from scoreboard import EntryState, WorkerSnapshot, WorkerState
from worker.loop.batch import OVERSTAY_NS
from worker.processes.obituary import lease_of

EXTEND_AT = 6  # leases older than 1/6 of their time are extended


@dataclass(frozen=True, slots=True)
class Overstay:
    """A job runs long while others wait behind it: take those back. call: the unread claim call, 0 = none."""

    batch: int
    from_index: int
    call: int


def overdue(snapshot: WorkerSnapshot, now_ns: int) -> bool:
    """Whether a job has passed its hard deadline."""
    return any(entry.state is EntryState.STARTED and 0 < entry.hard_ns < now_ns for entry in snapshot.entries)


def overstay(snapshot: WorkerSnapshot, now_ns: int) -> Overstay | None:
    """What to take back from a worker whose running job overstays; None when nobody waits behind it."""
    if snapshot.torn:
        return None
    running, waiting = -1, False
    for index, entry in enumerate(snapshot.entries):
        if entry.state is EntryState.STARTED:
            if now_ns - entry.started_ns <= OVERSTAY_NS:
                return None  # another job has started since: things move
            running = index
        elif entry.state is EntryState.CLAIMED:
            waiting = True
    if running < 0 or not (waiting or snapshot.in_flight):
        return None
    return Overstay(snapshot.batch, running + 1, snapshot.in_flight)


def crowded(snapshot: WorkerSnapshot) -> bool:
    """Whether jobs may come to wait behind another: a reason to look again soon."""
    if snapshot.state is not WorkerState.BUSY:
        return False
    return snapshot.in_flight != 0 or any(entry.state is EntryState.CLAIMED for entry in snapshot.entries)


def leases_due(snapshot: WorkerSnapshot, now_ns: int, lease_ns: int) -> list[str]:
    """Leases to extend: all it holds, once its batch is older than a sixth of a lease."""
    if now_ns - snapshot.claimed_ns < lease_ns // EXTEND_AT:
        return []
    return leases_held(snapshot)


def leases_held(snapshot: WorkerSnapshot) -> list[str]:
    """Leases of everything in the worker's hands."""
    return [lease_of(entry, snapshot.incarnation) for entry in snapshot.entries if entry.state is not EntryState.FREE]


def running_job(snapshot: WorkerSnapshot) -> tuple[str | None, int]:
    """(id, started_ns) of the job that has run longest; (None, 0) when none runs."""
    started = [entry for entry in snapshot.entries if entry.state is EntryState.STARTED]
    if not started:
        return None, 0
    first = min(started, key=lambda entry: entry.started_ns)
    return f"{first.lane}-{first.ms}-{first.seq}", first.started_ns
