"""Which job is running here: a context variable, so that threads and coroutines each see their own."""

import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from engine.payload import decode_options


class Running(Protocol):
    """What a claimed job must say about itself (engine.Claimed does)."""

    @property
    def id(self) -> str: ...  # noqa: D102 - the names are the documentation
    @property
    def type(self) -> str: ...  # noqa: D102 - same
    @property
    def queue(self) -> str: ...  # noqa: D102 - same
    @property
    def token(self) -> int: ...  # noqa: D102 - same
    @property
    def attempts(self) -> int: ...  # noqa: D102 - same
    @property
    def crashes(self) -> int: ...  # noqa: D102 - same
    @property
    def options(self) -> bytes: ...  # noqa: D102 - same


told: set[int] = set()  # tokens of jobs that run here and were told to stop


@dataclass(frozen=True, slots=True)
class JobContext:
    """The job that runs here.

    attempt: 1 for the first run. crashes: how many processes died of this job before. token: grows with every claim
    of any job, so it can fence writes elsewhere. deadline: ``time.monotonic()`` seconds of the soft timeout, or None.
    options: what the producer said, as it travels.
    """

    id: str
    type: str
    queue: str
    attempt: int
    crashes: int
    token: int
    deadline: float | None
    options: bytes = b""

    @property
    def headers(self) -> dict[str, str]:
        """Texts by name that the producer, or a middleware of its client, sent beside the payload."""
        return decode_options(self.options).h or {}

    @property
    def cancelled(self) -> bool:
        """Whether somebody has cancelled this job since it began to run."""
        return self.token in told

    def remaining(self) -> float | None:
        """Seconds until the soft timeout (never negative); None when there is none."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())


# (job, soft deadline in monotonic ns or 0): a bare pair, because one is set for every job and few are asked for.
running: ContextVar[tuple[Running, int] | None] = ContextVar("herdsman_running_job", default=None)


def current_job() -> JobContext:
    """The job that this code runs in.

    Raises:
        RuntimeError: no job runs in this thread or coroutine.
    """
    found = running.get()
    if found is None:
        raise RuntimeError(
            "current_job() was called where no job runs; call it inside a task "
            "(threads that a task starts itself do not inherit it: copy it with contextvars.copy_context())"
        )
    job, deadline_ns = found
    return JobContext(
        id=job.id,
        type=job.type,
        queue=job.queue,
        attempt=job.attempts + 1,
        crashes=job.crashes,
        token=job.token,
        deadline=deadline_ns / 1e9 if deadline_ns else None,
        options=job.options,
    )


def payload_version() -> int:
    """The version of the payload of the job that runs here: what its producer said, else 1."""
    found = running.get()
    return (decode_options(found[0].options).v or 1) if found and found[0].options else 1


def told_to_stop(token: int) -> bool:
    """Note that the job of this token is to stop; False when it is not the one that runs here, or was told before."""
    found = running.get()
    if found is None or found[0].token != token or token in told:
        return False
    told.add(token)
    return True
