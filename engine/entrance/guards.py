"""What submit.lua is told so that it knows whether a job stands already: idempotency key, uniqueness, result cache."""

from typing import Any

import msgspec

from engine import durations
from engine.jobs.new_job import NewJob
from engine.jobs.unique import as_unique, digest, wire

IDEMPOTENCY_TTL = 86400.0  # seconds for which an idempotency key stands unless the job says otherwise
_LONGEST_KEY = 255  # characters


def is_guarded(job: NewJob) -> bool:
    """Whether the job says something of the kind."""
    keyed = job.idempotency_key is not None or job.idempotency_ttl is not None
    return keyed or job.fresh or (job.unique is not None and job.unique is not False)


def guard(job: NewJob, *, ask: bool = False) -> bytes:
    """The job's guard as JSON; one that says nothing has the payload's digest all the same: its type may have a cache.

    `ask`: where the type's traits say something of that, they are told first, and nothing is enqueued.

    Raises:
        PayloadError, ValueError: it makes no sense.
    """
    said: dict[str, Any] = {"digest": digest(job.type, job.given)}
    if job.fresh:
        said["fresh"] = True
    if ask:
        said["ask"] = True
    if job.idempotency_key is not None:
        said |= once(job.idempotency_key, job.idempotency_ttl)
    elif job.idempotency_ttl is not None:
        raise ValueError("idempotency_ttl says how long an idempotency_key stands, and there is none")
    unique = as_unique(job.unique)
    if unique is not None:
        if unique.mode == "debounce" and (job.delay is not None or job.run_at is not None):
            raise ValueError("unique: debounce makes the delay by itself; leave delay and run_at out")
        said["unique"] = wire(unique, job.type, job.given)
    return msgspec.json.encode(said)


def once(key: str, ttl: Any) -> dict[str, Any]:
    """What part once takes of an idempotency key; ttl: seconds, or as `idempotency_ttl`, None for a day.

    Raises:
        ValueError: it makes no sense.
    """
    if not isinstance(key, str) or not 1 <= len(key) <= _LONGEST_KEY:
        raise ValueError(f"idempotency_key must be text of 1 to {_LONGEST_KEY} characters")
    seconds = IDEMPOTENCY_TTL if ttl is None else durations.seconds(ttl)
    if seconds < 0.001:  # noqa: PLR2004 - the store counts in ms
        raise ValueError("idempotency_ttl must be more than zero")
    return {"once": digest(key), "once_ms": round(seconds * 1000)}
