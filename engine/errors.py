"""What can go wrong between a caller and the store: one class for each way to react."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.job import JobError


class EngineError(Exception):
    """The base of all errors of the engine."""


class StoreDown(EngineError):
    """The store cannot be reached, is loading, or is read-only: weather. Try again later."""


class StoreFull(EngineError):
    """The store has reached its memory limit and takes no new jobs; what is queued goes on."""


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


class UniqueConflict(EngineError):
    """Another job that counts as the same stands already (docs/unique.md).

    Attributes:
        id: that job's.
    """

    def __init__(self, job_id: str) -> None:
        super().__init__(f"job {job_id} counts as the same and stands already")
        self.id = job_id


class IdempotencyConflict(EngineError):
    """The idempotency key was used before, for a job of another type or with another payload.

    Attributes:
        id: that job's.
    """

    def __init__(self, job_id: str) -> None:
        super().__init__(f"this idempotency key was used for job {job_id}, which has another type or another payload")
        self.id = job_id


class JobNotFound(EngineError):
    """No job of that id was ever issued here."""


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


class PayloadError(EngineError):
    """The payload cannot be sent: not serialisable, or larger than the limit."""
