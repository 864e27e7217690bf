"""A job as people see it, read from wherever it stands."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from engine.asking.sayings import read_progress
from engine.errors import PayloadError
from engine.jobs.history import history
from engine.jobs.job import Job, JobError
from engine.jobs.states import JobState
from engine.payloads import envelope, payload
from engine.payloads.glimpse import GLIMPSED, glimpse
from engine.store import keys
from engine.store.calls import Call, text

_error = msgspec.msgpack.Decoder(JobError)
FORGOTTEN = "forgotten"
HELD = 9e12  # s; a job that waits in scheduled for something else than a time (part create)


def peek(ids: Sequence[str], *, brief: bool = False) -> Call[list[Job | None]]:
    """These jobs, None for ids that were never issued. A job that ended and left nothing is `forgotten`.

    brief: `data` and `result` are one line of text each, made of their first kilobyte (`engine.payloads.glimpse`).
    """
    show = glimpse if brief else shown
    args = [f"<{GLIMPSED}", *ids] if brief else list(ids)
    return Call("peek", args, lambda reply: [read(i, row, show) for i, row in zip(ids, reply, strict=True)])


def read(job_id: str, row: Sequence[Any], show: Callable[[bytes | None], Any] | None = None) -> Job | None:
    """One row of peek.lua's reply; `show` makes values of payloads and results."""
    show = show or shown
    state, lease = text(row[0]), text(row[1])
    where = keys.place(job_id)
    if not state or where is None:
        return None
    enqueued_at = where.ms / 1000
    if state == FORGOTTEN:
        told = history(enqueued_at, JobState.COMPLETED)
        done = JobState.COMPLETED
        return Job(id=job_id, type="", queue="", state=done, enqueued_at=enqueued_at, history=told, forgotten=True)
    fields = {text(row[i]): row[i + 1] for i in range(2, len(row) - 1, 2)}
    options = payload.decode_options(fields.get("o", b""))
    expires = options.expires_ms(where.ms)
    worker = lease.rpartition("/")[2] or text(fields.get("w", "")) or None
    return Job(
        id=job_id,
        type=text(fields.get("t", "")),
        queue=text(fields.get("q", "")),
        state=JobState(state),
        data=show(fields.get("p")),
        result=show(fields.get("r")),
        error=read_error(fields),
        attempts=int(fields.get("a", 0)),
        crashes=int(fields.get("c", 0)),
        releases=int(fields.get("n", 0)),
        worker=worker,
        enqueued_at=enqueued_at,
        due_at=_due(fields.get("d")) if state == JobState.SCHEDULED else None,
        started_at=_seconds(fields.get("b")),
        finished_at=_seconds(fields.get("f")),
        retries=options.r,
        timeout=options.t,
        start_before=expires / 1000 if expires is not None else None,
        **_standing(fields),
        progress=read_progress(fields.get("pg")),
        history=history(enqueued_at, JobState(state), fields, lease.rpartition("/")[2]),
        version=options.v,
        headers=options.h or {},
    )


def _standing(fields: Mapping[str, Any]) -> dict[str, Any]:
    """In which lane of its queue the job stands, and to which flow it belongs."""
    lane = (text(fields.get("z", "")) or "\t\t\t\t").split("\t")
    return {
        "priority": lane[0] or "normal",
        "tenant": lane[1] or None,
        "limit_key": lane[3] or None,
        "flow": text(fields.get("fi", "")) or None,
        "parents": text(fields.get("fp", "")).split(" ")[1::2],
        "children": text(fields.get("fc", "")).split(" ")[1::2],
    }


def shown(data: bytes | None) -> Any:
    """The value of these bytes, `Sealed` when they are encrypted, or as text where they are no payload of ours."""
    if not data:
        return None
    try:
        return envelope.sealed(data) or payload.decode(envelope.plain(data, None, b""))
    except PayloadError:
        return text(data)


def _due(ms: bytes | None) -> float | None:
    due = _seconds(ms)
    return due if due is not None and due < HELD else None


def _seconds(ms: bytes | None) -> float | None:
    return float(ms) / 1000 if ms else None


def read_error(fields: Mapping[str, Any]) -> JobError | None:
    """What a record says that its job failed of, or was lost by."""
    cause = text(fields["k"]) if "k" in fields else None
    if "e" in fields:
        try:
            return _error.decode(fields["e"])
        except (msgspec.DecodeError, msgspec.ValidationError):
            return JobError(type="Undecodable", message=text(fields["e"]), cause="undecodable")
    if cause and text(fields.get("s", "")) != JobState.COMPLETED:
        crashes = text(fields.get("c", "1"))
        stack = text(fields.get("ks", ""))  # where it was when it was killed for hanging
        said = f"its process died {crashes} time(s): {cause}"
        return JobError(type="Crashed", message=said, traceback=stack, cause=cause)
    return _barred(text(fields["fy"])) if "fy" in fields else None


def _barred(why: str) -> JobError:
    """Why a member of a flow never ran: 'cancelled' or 'skipped', a parent's id, and how that ended."""
    what, parent, how = why.split(" ", 2)
    if what == "skipped":
        return JobError(type="Skipped", message=f"it was not needed: {parent} is {how}", cause="flow")
    if how in ("completed", "skipped"):
        return JobError(type="FlowCancelled", message="its flow was cancelled", cause="flow")
    return JobError(type="ParentFailed", message=f"it waited for {parent}, which is {how}", cause="flow")
