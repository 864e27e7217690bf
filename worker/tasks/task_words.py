"""What may be said of a task: the words of the decorator, in one list."""

from collections.abc import Mapping
from typing import Any, TypedDict

from engine.jobs.unique import Unique
from worker.tasks.retrying import Exceptions, Wait


class TaskWords(TypedDict, total=False):
    """All may be left out.

    Attributes:
        queue: where its jobs go when the producer names no queue.
        retries: how often a failed attempt is run again; None = as the queue says.
        timeout: soft limit, seconds or "30s": SoftTimeout is raised inside the task.
        hard_timeout: hard limit: the process is killed; None = timeout + 5 s when there is a timeout.
        backoff: wait before a retry, or one for each retry in turn (the last one repeats), or
            {"linear": "10s", "cap": "5m", "jitter": 0.1}, or
            {"exponential": "2s", "factor": 2, "cap": "1h", "jitter": 0.1}; None or "exponential" = as the queue says.
        retry_on: run again only after these exceptions. give_up_on: never after these; goes first.
        retry_for: no retry begins later than that after the job was enqueued.
        rate_limit: starts in a time, like "100/m" (sliding window), or {"rate": "100/m", "burst": 10} (evenly spaced).
        concurrency_limit: jobs of it that run at once, on all hosts together.
        unique: of jobs that count as the same one stands at a time, whoever enqueues them; see ``engine.Unique``.
        cache: for so long ("10m") equal jobs share one run and its result. cache_failures: the same of a dead letter.
        max_result: bytes ("256K") of a result at most; None = as the queue says.
    """

    queue: str
    retries: int | None
    timeout: float | str | None
    hard_timeout: float | str | None
    backoff: Wait | None
    retry_on: Exceptions | None
    give_up_on: Exceptions | None
    retry_for: float | str | None
    rate_limit: str | Mapping[str, Any] | None
    concurrency_limit: int | None
    unique: Unique | Mapping[str, Any] | str | bool | None
    cache: float | str | None
    cache_failures: float | str | None
    max_result: int | str | None
