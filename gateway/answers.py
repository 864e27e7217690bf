"""JSON answers: how jobs, times and odd values look to an HTTP client."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from fastapi import Response

from engine import Event, Job, Sealed, SearchPage

SHOWN = 2000
"""Characters of a value's text that are shown when JSON has no form for it."""


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer; nobody may keep a copy, for the next read may differ."""
    return Response(
        encode(body), status, {"Cache-Control": "no-store", **(headers or {})}, media_type="application/json"
    )


def encode(body: Any) -> bytes:
    """The value as JSON bytes.

    Results come from any worker's code and may hold what JSON cannot say (odd mapping
    keys, foreign types, endless nesting): the parts of the outer mapping that fail are
    shown as `{"undisplayable": text}`, the others as they are.
    """
    try:
        return msgspec.json.encode(body)
    except (TypeError, ValueError, OverflowError, RecursionError):
        if not isinstance(body, dict):
            return msgspec.json.encode(_shown(body))
        return msgspec.json.encode({str(key): msgspec.Raw(_encode_part(part)) for key, part in body.items()})


def _encode_part(part: Any) -> bytes:
    if isinstance(part, list):
        return b"[" + b",".join(encode(one) for one in part) + b"]"
    try:
        return msgspec.json.encode(part)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return msgspec.json.encode(_shown(part))


def _shown(value: Any) -> dict[str, str]:
    try:
        text = repr(value)
    except RecursionError:
        text = f"a deeply nested {type(value).__name__}"
    return {"undisplayable": text[:SHOWN]}


def moment(epoch: float | None) -> str | None:
    """Epoch seconds as `2026-01-02T03:04:05.678Z`; None stays None."""
    if epoch is None:
        return None
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def job_view(job: Job) -> dict[str, Any]:
    """One job as the HTTP interface shows it; the field names are documented and stable."""
    error = job.error
    return {
        "id": job.id,
        "status": job.state.value,
        "type": job.type or None,  # a job that left nothing behind is known by its id alone
        "queue": job.queue or None,
        "data": _readable(job.data),
        "result": _readable(job.result),
        "error": None if error is None else msgspec.structs.asdict(error),
        "attempts": job.attempts,
        "crashes": job.crashes,
        "retries": job.retries,
        "timeout": job.timeout,
        "worker": job.worker,
        "host": job.host,
        "enqueued_at": moment(job.enqueued_at),
        "due_at": moment(job.due_at),
        "started_at": moment(job.started_at),
        "finished_at": moment(job.finished_at),
        "forgotten": job.forgotten,
        "progress": None if (said := job.progress) is None else {**msgspec.structs.asdict(said), "at": moment(said.at)},
    }


def search_view(page: SearchPage) -> dict[str, Any]:
    """A page of a search as the HTTP interface shows it."""
    return {
        "tasks": [job_view(job) for job in page.jobs],
        "cursor": page.cursor,
        "method": page.method,
        "looked_at": page.looked_at,
        "of": page.of,
        "found": page.found,
        "encrypted": page.encrypted,
        "too_long": page.too_long,
    }


def history_view(job: Job) -> list[dict[str, Any]]:
    """What became of a job, as the HTTP interface shows it."""
    return [event_view(one) for one in job.history]


def event_view(one: Event) -> dict[str, Any]:
    """One step of a job's way, as the HTTP interface shows it."""
    return {"at": moment(one.at), "what": one.what, "who": one.who, "why": one.why, "due": moment(one.due)}


def _readable(value: Any) -> Any:
    return str(value) if isinstance(value, Sealed) else value
