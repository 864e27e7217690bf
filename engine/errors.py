"""What can go wrong between a caller and the store: one class for each way to react."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.jobs.job import JobError


class EngineError(Exception):
    """The base of all errors of the engine."""


class StoreDown(EngineError):
    """The store cannot be reached, is loading, or is read-only: weather. Try again later."""


class StoreFull(EngineError):
    """The store has reached its memory limit and takes no new jobs; what is queued goes on."""


class NotDurable(EngineError):
    """It could not be confirmed that new jobs are on disk, and on the replicas that were asked for.

    Attributes:
        ids: of the jobs that are enqueued all the same, in order; [] = nothing was enqueued.
    """

    def __init__(self, message: str, ids: "list[str]") -> None:
        super().__init__(message)
        self.ids = ids


class QueueFull(EngineError):
    """The queue has reached its `max_pending`.

    Attributes:
        queue: its name.
        pending: how many jobs wait in it.
        retry_after: seconds after which it makes sense to try again.
    """

    def __init__(self, queue: str, pending: int, retry_after: float = 1.0) -> None:
        super().__init__(f"queue {queue!r} is full: {pending} jobs wait in it; try again in {retry_after:g} s")
        self.queue = queue
        self.pending = pending
        self.retry_after = retry_after


class QueueClosed(QueueFull):
    """The queue takes no new jobs: somebody drains it, and has not opened it again (see `client.intake`)."""

    def __init__(self, queue: str, retry_after: float = 30.0) -> None:
        super().__init__(queue, 0, retry_after)
        self.args = (f"queue {queue!r} is closed: it takes no new jobs until somebody opens it",)


BATCH = "batch"  # what the scripts say in place of an id when a key was used for a call of many
CLOSED = -1  # what the scripts say in place of a number of pending jobs


def refusal(queue: str, pending: int) -> QueueFull:
    """Why the queue took nothing, by what a script answered."""
    return QueueClosed(queue) if pending == CLOSED else QueueFull(queue, pending)


class Conflict(EngineError, ABC):
    """A job is refused because another one stands in its way; of a call of many it takes all others with it.

    Attributes:
        id: of the job in its way; "" when that is none of the store's.
        at: its own place in a call of many, from 0; None when it came alone.
        twin: the place of the job in its way, when that is one of the same call; else None.
    """

    def __init__(self, job_id: str, at: int | None = None, twin: int | None = None) -> None:
        self.id, self.at, self.twin = job_id, at, twin
        super().__init__(self.said())

    def said(self, among: str = "jobs") -> str:
        """What the matter is; `among`: what the producer calls the list of jobs."""
        why = self._why(f"job {self.id}" if self.twin is None else f"{among}[{self.twin}] of the same call")
        return why if self.at is None else f"{among}[{self.at}]: {why}"

    @abstractmethod
    def _why(self, other: str) -> str:
        """What is wrong with it; `other`: what stands in its way."""


class UniqueConflict(Conflict):
    """Another job that counts as the same stands already (docs/unique.md), or came in the same call."""

    def _why(self, other: str) -> str:
        return f"{other} counts as the same" + (" and stands already" if self.twin is None else "")


class IdempotencyConflict(Conflict):
    """The idempotency key was used before, for a job of another type or with another payload, or for a call of many.

    Attributes:
        batch: it was for a call of many; then `id` is "".
    """

    def __init__(self, job_id: str, at: int | None = None, twin: int | None = None) -> None:
        self.batch = job_id == BATCH
        super().__init__("" if self.batch else job_id, at, twin)

    def _why(self, other: str) -> str:
        if self.batch:
            return "this idempotency key was used for a batch of other jobs"
        return f"this idempotency key was used for {other}, which has another type or another payload"


class JobNotFound(EngineError):
    """No job of that id was ever issued here."""


class PayloadGone(EngineError):
    """The job is known, but not what it was given: it ended, and its record was kept without it or not at all."""


class LeaseLost(EngineError):
    """The lease went to another, or the job was taken away: this answer changes nothing."""


class JobFailed(EngineError):
    """The job whose result was asked for is dead or was cancelled.

    Attributes:
        error: what it died of, or why it was discarded; None when somebody cancelled it.
    """

    def __init__(self, job_id: str, error: "JobError | None") -> None:
        what = f"{error.type}: {error.message}" if error else "it was cancelled"
        super().__init__(f"job {job_id} has no result: {what}")
        self.error = error


class ResultTimeout(EngineError, TimeoutError):
    """The job did not end within the time given; it goes on."""


class FlowNotFound(EngineError):
    """No flow of that id was ever made here, or it was over long ago."""


class FlowEnded(EngineError):
    """The flow was cancelled meanwhile, or was not handed over in time: it takes no more members."""


class FlowFailed(EngineError):
    """The flow whose result was asked for is over, and has none.

    Attributes:
        flow: its id. state: "failed" or "cancelled". members: the names of those that died or were cancelled.
    """

    def __init__(self, flow: str, state: str, members: "Sequence[str]") -> None:
        some = ", ".join(members[:5]) + (", …" if len(members) > 5 else "")  # noqa: PLR2004 - enough to go on with
        super().__init__(f"flow {flow} has no result, it is {state}: {some}")
        self.flow = flow
        self.state = state
        self.members = list(members)


class PayloadError(EngineError):
    """The payload cannot be sent or read: not serialisable, larger than the limit, refused, or damaged."""


class KeyMissing(PayloadError):
    """It is encrypted with a key that is not at hand.

    Attributes:
        key_id: the key that would open it.
    """

    def __init__(self, key_id: str) -> None:
        super().__init__(f"it is encrypted with key {key_id!r}, which is not known here; add it to the keys")
        self.key_id = key_id
