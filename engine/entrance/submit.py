"""New jobs on which something hangs, or that may stand already. The plain ones go the shorter way of `enqueue.py`.

What hangs on a job stands in its record from the start, and is seen to by the script that ends it (part `ending`).
"""

from typing import Any, NamedTuple

from engine import durations
from engine.entrance import webhook
from engine.entrance.enqueue import Detour, detour, options, where
from engine.entrance.guards import guard, is_guarded
from engine.errors import IdempotencyConflict, UniqueConflict, refusal
from engine.jobs.new_job import NewJob
from engine.payloads import payload
from engine.store import keys
from engine.store.calls import Call, text


class Accepted(NamedTuple):
    """The job that answers for a submitted one; `new`: it was made for it."""

    id: str
    new: bool


def strings(job: NewJob) -> dict[str, bytes]:
    """Fields of the job's record that say what hangs on it; {} for most jobs.

    Raises:
        ValueError: what is to hang on it makes no sense.
    """
    letters, fields = b"", dict[str, bytes]()
    if job.webhook is not None:
        letters += b"w"
        fields["hook"] = webhook.field(job.webhook)
    return {**fields, "x": letters} if letters else {}


def is_special(job: NewJob) -> bool:
    """Whether the job cannot go the shorter way. Asked for every job, so most are told apart by their looks alone."""
    if (
        job.webhook is None
        and job.unique is None
        and job.idempotency_key is None
        and job.idempotency_ttl is None
        and not job.fresh
    ):
        return False
    return is_guarded(job) or bool(strings(job))


class Parcel(NamedTuple):
    """One such job as the scripts take it: what all of them say, and the fields of its record besides."""

    args: list[Any]
    fields: list[Any]


def parcel(job: NewJob, *, ask: bool = False) -> Parcel:
    """One such job; `ask`: where the type has traits that count here, they are told and nothing is enqueued.

    Raises:
        PayloadError, ValueError: it is not sound.
    """
    queue = keys.name(job.queue, "queue") if job.queue is not None else ""
    args: list[Any] = [queue, keys.name(job.type, "task"), where(job), payload.encode(job.data), options(job)]
    args += [durations.when(job.delay, job.run_at), guard(job, ask=ask)]
    return Parcel(args, [part for field in strings(job).items() for part in field])


def offer(job: NewJob, *, ask: bool = False) -> Call[Accepted | Detour]:
    """One such job by itself; `ask`: see `parcel`.

    Raises:
        PayloadError, ValueError: it is not sound; nothing is sent.
    """
    sent = parcel(job, ask=ask)
    return Call("submit", [*sent.args, *sent.fields], _accepted_or_told, remembered=True)


def submit(job: NewJob) -> Call[str]:
    """One such job -> its id, or that of the job that answers for it.

    Raises:
        PayloadError, ValueError: it is not sound; nothing is sent.
    """
    call = offer(job)
    return Call(call.script, call.args, lambda reply: _accepted(reply).id, remembered=True)


def _accepted_or_told(reply: Any) -> Accepted | Detour:
    return detour(reply) or _accepted(reply)


def _accepted(reply: Any) -> Accepted:
    if not isinstance(reply, list):
        job, _, shared = text(reply).partition(" ")
        return Accepted(job, new=not shared)
    match text(reply[0]):
        case "conflict":
            raise UniqueConflict(text(reply[1]))
        case "differs":
            raise IdempotencyConflict(text(reply[1]))
    raise refusal(text(reply[1]), int(reply[2]))
