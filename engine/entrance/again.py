"""A new job just like one that is known: read from wherever that one stands, with its payload as the bytes it has."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from engine.asking.peek import FORGOTTEN, shown
from engine.entrance import webhook
from engine.errors import JobNotFound, PayloadError, PayloadGone
from engine.jobs.new_job import NewJob
from engine.payloads import payload
from engine.store.calls import Call, text
from engine.store.question import Question

_target = msgspec.msgpack.Decoder(webhook.Target)


def like(job_id: str) -> Question[NewJob]:
    """A job with the same type, payload, queue and options, to be enqueued as it is: its payload is packed already.

    Its time, its place in a flow, `unique` and idempotency key are its own: the new one has none of them. A type's own
    uniqueness counts as always.

    Raises:
        JobNotFound: no such id was ever issued.
        PayloadGone: it has ended, and its payload is not kept any more; or it had none of its own.
    """
    [row] = yield Call("peek", [job_id], list)
    state = text(row[0])
    if not state:
        raise JobNotFound(f"no job {job_id!r} was ever issued in this namespace")
    fields = {text(row[i]): row[i + 1] for i in range(2, len(row) - 1, 2)}
    if state == FORGOTTEN or "p" not in fields or "t" not in fields:
        raise PayloadGone(f"job {job_id} has ended, and its payload is not kept any more")
    options = payload.decode_options(fields.get("o", b""))
    if options.pr:
        raise PayloadGone(f"job {job_id} had no payload of its own: it was given the results of others of its flow")
    return NewJob(
        type=text(fields["t"]),
        data=msgspec.Raw(fields["p"]),
        unpacked=shown(fields["p"]),
        queue=text(fields["q"]) if "q" in fields else None,
        retries=options.r,
        timeout=options.t,
        keep=options.k,
        start_before=options.x if options.x is not None else _later(options.u),
        version=options.v,
        headers=options.h,
        **_lane(text(fields.get("z", b""))),
        webhook=_webhook(fields),
    )


def _later(until: float | None) -> datetime | None:
    """A time that is still to come; one that has passed would end the job before it began."""
    return datetime.fromtimestamp(until, UTC) if until is not None and until > time.time() else None


def _lane(said: str) -> dict[str, Any]:
    priority, tenant, _, key, cost = (said or "\t\t\t\t").split("\t")
    return {
        "priority": priority or None,
        "tenant": tenant or None,
        "limit_key": key or None,
        "cost": int(cost) if cost else None,
    }


def _webhook(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """As a producer says it; the record has it as `webhook.field` made it."""
    letters, _, target = fields.get("hook", b"").partition(b" ")
    if not target:
        return None
    try:
        found = _target.decode(target)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise PayloadError(f"what is kept of its webhook cannot be read: {error}") from error
    events = [name for name, letter in webhook.EVENTS.items() if letter in text(letters)]
    return {"url": found.url, "events": events, "headers": dict(found.headers)}
