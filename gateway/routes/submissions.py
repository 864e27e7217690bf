"""`POST /tasks`, one job; `POST /tasks/batch`, many at once."""

from collections.abc import Sequence

import msgspec
from fastapi import APIRouter, Request, Response

from engine import JobState, NewJob
from engine.entrance.submit import Accepted
from engine.entrance.submit_many import Taken
from engine.errors import Conflict, PayloadError
from engine.tracing import tracing
from gateway.access.visitors import visitor
from gateway.answers import answer, job_view
from gateway.batch import MOST, Wrong, batch, refuse, refused, unsound
from gateway.bodies import json_bytes, parse_object
from gateway.direct import direct
from gateway.errors import ApiError
from gateway.nearest import nearest, quoted
from gateway.parameters import (
    BATCH_KEY_PARAMETER,
    KEY_PARAMETER,
    WAIT_PARAMETER,
    idempotency_key,
    refuse_unknown,
    trace,
    wait_seconds,
)
from gateway.plain_submission import Asked, plain
from gateway.services import Services, services
from gateway.shapes.base import BODY, Responses, answers
from gateway.shapes.jobs import Accepted as AcceptedBody
from gateway.shapes.jobs import AcceptedBatch, AcceptedOrEnded
from gateway.submission import Submission, submission

router = APIRouter(tags=["tasks"])

_JOB = Submission.model_json_schema()
_EMAIL = {
    "type": "send-email",
    "data": {"to": "user@example.com", "subject": "Welcome", "template": "welcome"},
    "retries": 3,
}
_BODY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": _JOB, "example": _EMAIL}}},
    "parameters": [WAIT_PARAMETER, KEY_PARAMETER],
}
_TASKS = {"type": "array", "items": _JOB, "minItems": 1, "maxItems": MOST}
_BATCH = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {"tasks": _TASKS},
                    "required": ["tasks"],
                    "additionalProperties": False,
                },
                "example": {"tasks": [{"type": "uppercase", "data": "one"}, {"type": "uppercase", "data": "two"}]},
            }
        },
    },
    "parameters": [BATCH_KEY_PARAMETER],
}
_SUBMITTED: Responses = {
    200: {"description": "The job has ended (`?wait`), or stood already", "model": AcceptedOrEnded},
    **answers(AcceptedBody, *BODY, 409, 429, 503, status=202),
}


@router.post("/tasks", status_code=202, openapi_extra=_BODY, responses=_SUBMITTED)
@direct
async def submit(request: Request) -> Response:
    """Submit one job: 202 with its id, or with `?wait=5s` 200 with the finished job.

    200 without `?wait` as well, when the job stands already: the same `Idempotency-Key` was sent within a day (then
    another type or other data is 422), or `unique` or the type's result cache found one (409 if it says raise).
    """
    refuse_unknown(request, ("wait",))
    key = idempotency_key(request)
    seconds = wait_seconds(request.query_params.get("wait")) if request.scope["query_string"] else 0.0
    raw = await json_bytes(request)
    asked = plain(raw) or submission(parse_object(raw))
    at_hand = services(request)
    queue = await _queue_for(at_hand, asked)
    if seconds:
        at_hand.waits.check_room()
    job, headers = asked.job(), trace(request)
    if key is not None or headers is not None:
        job = msgspec.structs.replace(job, idempotency_key=key, headers=headers)
    accepted = await _enqueue(at_hand, job, len(raw), durable=asked.durable)
    at_hand.counts.jobs += accepted.new
    location = {"Location": f"/tasks/{accepted.id}"}
    finished = await at_hand.waits.until_finished(accepted.id, seconds) if seconds else None
    # A job that stood already may be another's: whoever is limited to queues learns no more of it than its id.
    if finished is not None and visitor(request.scope).sees(finished.queue, finished.tenant):
        return answer(job_view(finished), 200, location)
    state = JobState.SCHEDULED if asked.is_scheduled else JobState.PENDING
    if not accepted.new:
        known = await at_hand.client.find(accepted.id)
        state, queue = (known.state, known.queue or queue) if known else (JobState.COMPLETED, queue)
    body = {"id": accepted.id, "status": state.value, "type": asked.type, "queue": queue}
    return answer(body, 202 if accepted.new else 200, location)


_SUBMITTED_MANY: Responses = {
    200: {"description": "Nothing new: they stood already", "model": AcceptedBatch},
    **answers(AcceptedBatch, *BODY, 409, 429, 503, status=202),
}


@router.post("/tasks/batch", status_code=202, openapi_extra=_BATCH, responses=_SUBMITTED_MANY)
@direct
async def submit_many(request: Request) -> Response:
    """Submit 1 to 10,000 jobs: all of them, or none and which are wrong.

    All get in together, also those on which something hangs (`webhook`, `unique`, `fresh`, types with a result cache);
    a batch has 1,000 of these at most. Where one of them is refused (409 when `unique` says raise), none is enqueued.

    200 when nothing new came of it: the same `Idempotency-Key` was sent within a day (then other jobs are 422), or
    others answer for all of them.
    """
    refuse_unknown(request, ())
    key = idempotency_key(request)
    asked = await batch(await json_bytes(request))
    at_hand = services(request)
    refuse(await _unknown_types(at_hand, asked))
    headers = trace(request)
    jobs = [one.job() for one in asked]
    if headers is not None:
        jobs = [msgspec.structs.replace(job, headers=headers) for job in jobs]
    taken = await _enqueue_many(at_hand, jobs, key, durable=any(one.durable for one in asked))
    at_hand.counts.jobs += taken.new
    return answer({"ids": taken.ids, "count": len(taken.ids)}, 202 if taken.new else 200)


async def _enqueue_many(at_hand: Services, jobs: Sequence[NewJob], key: str | None, *, durable: bool) -> Taken:
    entrance = at_hand.client.entrance
    try:
        return await at_hand.client.ask(entrance.accept_batch(jobs, durable=durable, key=key))
    except Conflict as error:
        raise refused(error) from None
    except (PayloadError, ValueError) as error:
        refuse(unsound(jobs, entrance.check))
        raise ApiError(422, f"nothing was enqueued: {error}") from None


async def _unknown_types(at_hand: Services, asked: Sequence[Asked]) -> list[Wrong]:
    found: dict[str, str] = {}
    for name in {one.type for one in asked if not one.accept_unknown}:
        if await at_hand.types.queue_of(name) is None:
            found[name] = unknown_type(name, at_hand.types.names())
    if not found:
        return []
    return [Wrong(n, found[one.type]) for n, one in enumerate(asked) if one.type in found and not one.accept_unknown]


async def _queue_for(at_hand: Services, asked: Asked) -> str:
    """The queue the job will stand in; refuses a type that no worker knows, unless that is wanted."""
    queue = await at_hand.types.queue_of(asked.type)
    if queue is None and not asked.accept_unknown:
        raise ApiError(422, unknown_type(asked.type, at_hand.types.names()))
    return asked.queue or queue or "default"


def unknown_type(name: str, names: Sequence[str]) -> str:
    """What is said of a type that no worker has announced; pure."""
    near = " or ".join(quoted(one) for one in nearest(name, names))
    said = f"did you mean {near}?" if near else "no name that workers announced comes near"
    return f'no worker has announced the type {quoted(name)}: {said} ("accept_unknown": true queues it all the same)'


async def _enqueue(at_hand: Services, job: NewJob, size: int, *, durable: bool) -> Accepted:
    try:
        if durable or tracing.producer is not None:  # it waits for the disk, or has a span of its own
            return await at_hand.client.ask(at_hand.client.entrance.accept(job, durable=durable))
        return await at_hand.gathered.enqueue(job, size)
    except ValueError as error:
        raise ApiError(422, str(error)) from None
