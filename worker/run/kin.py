"""What a running job knows of its flow: the parents it waited for, and children that it adds itself."""

from collections import Counter
from contextvars import ContextVar
from typing import Any

from engine.errors import StoreDown
from engine.flows import flow_calls
from engine.flows.flow_calls import Parent
from engine.jobs.new_job import NewJob
from engine.payloads import payload
from engine.store import keys
from engine.tracing import tracing
from worker.run.own_client import own_client
from worker.run.wishes import Snooze

AWAY = 1.0  # s to wait when the store is away just when a job's payload is to be fetched

# (token of the running job, how many children of each type it has added without a name)
_added: ContextVar[tuple[int, Counter[str]] | None] = ContextVar("herdsman_added", default=None)


def parents(job: str) -> dict[str, Any]:
    """What became of those that the job waited for: name -> result, or a JobError where there is none.

    Raises:
        StoreDown: the store is away.
    """
    return {parent.name: parent.outcome for parent in _seen(job)}


def passed(job: str) -> bytes:
    """The payload of a job that is given its parents' results: of one as it is, of several as one list.

    Raises:
        Snooze: the store is away; later, at no charge.
    """
    try:
        seen = _seen(job)
    except StoreDown as error:
        raise Snooze(AWAY) from error
    results = [parent.outcome if parent.ended == "completed" else None for parent in seen]
    return payload.encode(results[0] if len(results) == 1 else [results], limit=1 << 30)


def spawn(job: str, token: int, kind: str, new: NewJob, name: str | None) -> str:
    """Adds a job to the flow of the running one, of that id, token and type; its id. See `JobContext.spawn`."""
    if name is None:
        name = _next_name(token, new.type)
    elif not name or not name.isprintable() or len(name) > 200:  # noqa: PLR2004 - as any member's name
        raise ValueError(f"{name!r} cannot be a member's name: 1 to 200 printable characters")
    lease = keys.lease(job, token, own_client.incarnation)
    client = own_client.client()
    with tracing.shipping([client.carrier.outgoing(new)]) as shipment:
        child = client.run(flow_calls.spawn(lease, kind, name, shipment.jobs[0]))
        shipment.sent([child.id])
    return child.id


def _seen(job: str) -> list[Parent]:
    client = own_client.client()
    codec = client.carrier.codec
    found = [
        parent._replace(outcome=codec.shown(parent.outcome, parent.type, "result"))
        for parent in client.ask(flow_calls.parents(job))
    ]
    return [parent for parent in found if parent.policy != "ignore" or parent.ended == "completed"]


def _next_name(token: int, kind: str) -> str:
    known = _added.get()
    if known is None or known[0] != token:
        known = (token, Counter())
        _added.set(known)
    known[1][kind] += 1
    return f"{kind}-{known[1][kind]}"
