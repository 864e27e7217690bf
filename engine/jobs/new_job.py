"""A job to be enqueued, and what may be said of it. The one list of it: both clients take these words."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypedDict

import msgspec

from engine.jobs.unique import Unique


class EnqueueOptions(TypedDict, total=False):
    """What `enqueue` takes besides type and data; all may be left out.

    Attributes:
        queue: left out, it is the one that workers announced for the type, or "default".
        delay: seconds, "10s" or timedelta from now; run_at: epoch seconds or an aware datetime.
        retries: further attempts after a failure; left out, what the task or its queue says.
        timeout: soft time limit, seconds or "30s".
        keep: seconds for which the record stays after success, even when the result is None.
        start_before: seconds, "5m" or timedelta from now, or an aware datetime: a job that has not started by then
            never does, and ends as cancelled.
        unique: of jobs that count as the same one stands at a time: `Unique(...)`, its fields as a dict, a mode, or
            True; left out, what the task says; False: none of it.
        idempotency_key: the same key within `idempotency_ttl` (seconds or "1h"; a day when left out) gives the same
            job, whatever became of it.
        fresh: do not share another job's result though the type has a cache; later jobs share this one's.
        priority: "high", "normal" or "low", within its queue.
        tenant: for whom; the tenants of a queue take turns.
        limit_key: the limits of its type count for each such key apart. cost: permits that it takes of the
            rates of its type and its tenant.
        webhook: the URL that hears of its end, or {"url": …, "events": ["completed", "dead", "cancelled"], "headers":
            {…}}; left out, the events are the first two. See docs/webhooks.md.
        version: of the payload's form, where the task has several (`@task(version=)`); left out, it is 1.
        headers: short texts by name that travel with the job: `current_job().headers`.
    """

    queue: str | None
    delay: float | str | timedelta | None
    run_at: float | datetime | None
    retries: int | None
    timeout: float | str | None
    keep: float | None
    start_before: float | str | timedelta | datetime | None
    unique: Unique | Mapping[str, Any] | str | bool | None
    idempotency_key: str | None
    idempotency_ttl: float | str | timedelta | None
    fresh: bool
    priority: Literal["high", "normal", "low"] | None
    tenant: str | None
    limit_key: str | None
    cost: int | None
    webhook: str | Mapping[str, Any] | None
    version: int | None
    headers: Mapping[str, str] | None


class NewJob(msgspec.Struct, frozen=True):
    """A job to be enqueued; see `EnqueueOptions` for the fields.

    Attributes:
        unpacked: what was given as `data`, when that was packed (compressed, encrypted) already.
    """

    type: str
    data: Any = None
    queue: str | None = None
    delay: float | str | timedelta | None = None
    run_at: float | datetime | None = None
    retries: int | None = None
    timeout: float | str | None = None
    keep: float | None = None
    start_before: float | str | timedelta | datetime | None = None
    unique: Unique | Mapping[str, Any] | str | bool | None = None
    idempotency_key: str | None = None
    idempotency_ttl: float | str | timedelta | None = None
    fresh: bool = False
    priority: Literal["high", "normal", "low"] | None = None
    tenant: str | None = None
    limit_key: str | None = None
    cost: int | None = None
    webhook: str | Mapping[str, Any] | None = None
    version: int | None = None
    headers: Mapping[str, str] | None = None
    unpacked: Any = None

    @property
    def given(self) -> Any:
        """The payload as the producer gave it, packed already or not."""
        return self.unpacked if isinstance(self.data, msgspec.Raw) else self.data


class Durable(msgspec.Struct, frozen=True):
    """What an enqueue waits for.

    Attributes:
        replicas: how many replicas must have the jobs (in memory; on disk by their own settings).
        timeout: seconds, or "5s", after which NotDurable is raised.
    """

    replicas: int = 0
    timeout: float | str = 5.0
