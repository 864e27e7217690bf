"""Which job is running here: a context variable, so that threads and coroutines each see their own."""

import math
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, Unpack

from engine.asking.sayings import CHECKPOINT_BYTES, TEXT_BYTES
from engine.jobs.new_job import EnqueueOptions, NewJob
from engine.payloads import payload
from engine.payloads.payload import decode_options
from worker.telling.reporter import reporter
from worker.telling.words import LINES, Words, cut


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

    def parents(self) -> dict[str, Any]:
        """What became of the members of its flow that it waited for: name -> result, or a JobError where there is none.

        Asks the store, in chunks; {} for a job that waited for nothing.

        Raises:
            StoreDown: the store is away.
        """
        from worker.run import kin  # few jobs ask

        return kin.parents(self.id)

    def spawn(self, type: str, data: Any = None, *, name: str | None = None, **options: Unpack[EnqueueOptions]) -> str:
        """Add a job to this one's flow (it begins one when it is in none); whoever waits for this one waits for it too.

        A job that runs again (after a crash, a retry) is given the children of its last run, not new ones: they are
        known by their names.

        Args:
            name: within this job's children; left out: the type and a number, in the order of these calls.
            options: as for `Client.enqueue`.

        Returns:
            The child's id.

        Raises:
            LeaseLost: the job is not this worker's any more; nothing was added. FlowEnded: the flow was cancelled.
            ValueError: the name is taken by a child of another type. QueueFull, StoreDown, PayloadError.
        """
        from worker.run import kin  # few jobs ask

        return kin.spawn(self.id, self.token, self.type, NewJob(type, data, **options), name)

    @property
    def cancelled(self) -> bool:
        """Whether somebody has cancelled this job since it began to run."""
        return self.token in told

    def progress(self, fraction: float, text: str = "") -> None:
        """Say how far the job has come: 0 to 1 (what is outside is taken for the nearer end), and a few words.

        Costs no waiting: the newest is sent a few times a second. Never fails for weather.

        Raises:
            ValueError: the fraction is no number.
        """
        number = float(fraction)
        if math.isnan(number):
            raise ValueError("progress is a fraction from 0 to 1, and this is no number")
        line = " ".join(cut(str(text), TEXT_BYTES).split())
        self._say(lambda words: words.progress(min(1.0, max(0.0, number)), line))

    def log(self, text: str) -> None:
        """Add a line (or several) to the job's log: a line has 1,000 bytes at most, the newest 16 KB are kept."""
        self._say(lambda words: words.log("\n".join(cut(line) for line in str(text).splitlines()[-LINES:])))

    @property
    def checkpoint(self) -> Any:
        """What was last saved by this run or, before it saved anything, by an earlier one; None when nothing was.

        Asks the store, once a run.

        Raises:
            StoreDown: it does not answer for half a minute.
        """
        telling = reporter()
        data = telling.look(telling.words(self.id, self.token)) if telling else None
        return payload.decode(data) if data else None

    def save_checkpoint(self, value: Any, *, flush: bool = False) -> None:
        """Keep ``value`` for the next run of this job, should there be one: after a drain, a crash, a failure.

        It is in the store a quarter of a second later, or when this returns with ``flush``. Removed when the job has
        completed or was cancelled.

        Raises:
            PayloadError: it cannot be written as msgpack, or has more than 64 KB.
            LeaseLost, StoreDown, StoreFull: with ``flush`` only, when it could not be saved.
        """
        data = payload.encode(value, what="checkpoint", limit=CHECKPOINT_BYTES)
        words = self._say(lambda words: setattr(words, "checkpoint", data))
        if flush and words and (telling := reporter()):
            telling.insist(words)

    def _say(self, say: Callable[[Words], None]) -> Words | None:
        telling = reporter()
        if telling is None:
            return None
        words = telling.words(self.id, self.token)
        say(words)
        telling.note(words)
        return words

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
