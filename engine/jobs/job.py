"""The records: a job as people see it, a worker, figures."""

from typing import Any

import msgspec

from engine.jobs.history import Event
from engine.jobs.states import JobState


class JobError(msgspec.Struct, frozen=True):
    """What an attempt failed of.

    Attributes:
        cause: "exception", "timeout", "hard timeout", "signal 9", "exit 3", "oom", "lost host", "undecodable", …
    """

    type: str
    message: str
    traceback: str = ""
    cause: str = "exception"


class Progress(msgspec.Struct, frozen=True):
    """How far a job has come: 0 to 1, a text, and when it said so (epoch seconds by the store's clock)."""

    fraction: float
    text: str
    at: float


class LogLine(msgspec.Struct, frozen=True):
    """One line, and when it was said (epoch seconds by the store's clock)."""

    at: float
    text: str


class Log(msgspec.Struct, frozen=True):
    """What a job said, oldest first; `dropped` older lines were too much to keep."""

    lines: list[LogLine]
    dropped: int = 0


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One run to do, as it stands. Times are seconds since the epoch, by the store's clock.

    Attributes:
        retries: what the job itself asked for; None = what its type or queue says.
        worker: incarnation of the worker that runs it, or that ran it last.
        attempts: runs that ended by themselves, the good one too. crashes: processes that died of it.
        releases: runs that we ended in the middle (a drain's deadline, an operator's kill); they charge nothing.
        start_before: when it has not started by then, it is cancelled.
        priority: "high", "normal" or "low", within its queue. limit_key: for which its type's limits count apart.
        flow: the flow it is a member of; parents, children: ids of members it waits for, and that wait for it.
        forgotten: it has ended, and no record was kept or its time is over. `state` is `completed` then, which is how
            nearly all such jobs ended; a dead letter that was deleted, and a cancelled job after its hour, read so too.
        progress: how far it has come, as it says itself. history: what became of it, oldest first.
        data, result: a `Sealed` where they are encrypted and the key is not here.
        version: of the payload's form, as its producer said it. headers: texts that travel with it.
    """

    id: str
    type: str
    queue: str
    state: JobState
    data: Any = None
    result: Any = None
    error: JobError | None = None
    attempts: int = 0
    crashes: int = 0
    releases: int = 0
    worker: str | None = None
    host: str | None = None
    enqueued_at: float
    due_at: float | None = None
    started_at: float | None = None
    finished_at: float | None = None
    retries: int | None = None
    timeout: float | None = None
    start_before: float | None = None
    priority: str = "normal"
    tenant: str | None = None
    limit_key: str | None = None
    flow: str | None = None
    parents: list[str] = []
    children: list[str] = []
    forgotten: bool = False
    progress: Progress | None = None
    history: list[Event] = msgspec.field(default_factory=list)
    version: int | None = None
    headers: dict[str, str] = {}


class Page(msgspec.Struct, frozen=True):
    """Some jobs of a listing, and the cursor that goes on behind them (None at its end)."""

    jobs: list[Job]
    cursor: str | None


class DeadGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Dead letters that died of the same: of one queue and type, with one error but for its numbers and quoted parts.

    Attributes:
        error: the exception's name, or "Crashed".
        message: the message with `#` for digits, `*` for quoted parts and long hex numbers; of crashes the cause.
        first_seen, last_seen: when the first and the last of them died, epoch seconds.
        example: id of the one that died last.
    """

    fingerprint: str
    queue: str
    type: str
    error: str
    message: str
    count: int
    first_seen: float
    last_seen: float
    example: str


class DeadGroups(msgspec.Struct, frozen=True):
    """Groups, the largest first; `looked_at` dead letters were read. Of the queues in `cut` only the newest were."""

    groups: list[DeadGroup]
    looked_at: int
    cut: list[str]


class WorkerInfo(msgspec.Struct, kw_only=True):
    """A worker as it says of itself, and as its keeper says of it once a second.

    Attributes:
        job: id of the job it runs; `since`: when that started (epoch seconds).
        queues: those it serves; empty when it does not say.
    """

    incarnation: str
    host: str
    pid: int
    pool: str
    slot: int
    generation: int = 0
    state: str = "idle"
    job: str | None = None
    type: str | None = None
    since: float | None = None
    jobs_done: int = 0
    started_at: float = 0.0
    beat_at: float = 0.0
    queues: tuple[str, ...] = ()


class QueueFigures(msgspec.Struct, frozen=True):
    """How deep a queue is, state by state.

    Attributes:
        oldest: age in seconds of its longest waiting pending job.
        parked: how many of the pending are of types that are paused, or that no live worker knows.
        lanes: how many lanes of tenants, priorities and limited types have jobs, besides the main one.
    """

    pending: int = 0
    scheduled: int = 0
    processing: int = 0
    dead: int = 0
    oldest: float = 0.0
    paused: bool = False
    rescued: int = 0
    parked: int = 0
    lanes: int = 0


class StoreFigures(msgspec.Struct, frozen=True):
    """The store itself: bytes used, limit (0 = none), the janitor's last sweep (epoch seconds), product and version.

    Attributes:
        alarms: queues with too many dead letters; said to workers only.
        new_groups: queue -> groups of dead letters that were new, since the beginning; likewise.
    """

    memory: int
    memory_limit: int
    last_sweep_at: float
    server: str
    version: str
    alarms: list[str] = []
    new_groups: dict[str, int] = {}
