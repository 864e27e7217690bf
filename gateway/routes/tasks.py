"""`/tasks`: submit a job, look at it, list jobs, cancel one."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from config import units
from engine import EnqueueOptions, JobNotFound, JobState, tracing
from engine.async_client import AsyncJobHandle
from gateway.access.visitors import visitor
from gateway.answers import answer, history_view, job_view, moment
from gateway.bodies import json_object
from gateway.errors import ApiError, documented
from gateway.nearest import hint, nearest, quoted
from gateway.services import Services, services
from gateway.submission import Submission, submission

LONGEST_WAIT = 60.0
"""Seconds that `?wait=` may ask for."""

CURSOR = r"^\d{1,6}:(\d{1,15}(-\d{1,15})?)?$"
"""What a cursor looks like; the store would choke on longer numbers."""

LONGEST_KEY = 255
"""Characters of an `Idempotency-Key`."""

router = APIRouter(tags=["tasks"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": Submission.model_json_schema()}},
    },
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
            "description": "the same key within a day gives the same job: 202 the first time, 200 afterwards",
        }
    ],
}


_SUBMITTED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The job has ended (`?wait`), or stood already"},
    **documented(400, 409, 413, 415, 422, 429, 503),
}


@router.post("/tasks", status_code=202, openapi_extra=_BODY, responses=_SUBMITTED)
async def submit(request: Request, wait: Annotated[str | None, Query(examples=["5s"])] = None) -> Response:
    """Submit one job: 202 with its id, or with `?wait=5s` 200 with the finished job.

    200 without `?wait` as well, when the job stands already: the same `Idempotency-Key` was sent within a day (then
    another type or other data is 422), or `unique` or the type's result cache found one (409 if it says raise).
    """
    refuse_unknown(request, ("wait",))
    key = idempotency_key(request)
    seconds = wait_seconds(wait)
    asked = submission(await json_object(request))
    at_hand = services(request)
    queue = await _queue_for(at_hand, asked)
    if seconds:
        at_hand.waits.check_room()
    handle = await _enqueue(at_hand, asked, headers=_trace(request), idempotency_key=key)
    job_id, location = handle.id, {"Location": f"/tasks/{handle.id}"}
    finished = await at_hand.waits.until_finished(job_id, seconds) if seconds else None
    # A job that stood already may be another's: whoever is limited to queues learns no more of it than its id.
    if finished is not None and visitor(request.scope).sees(finished.queue, finished.tenant):
        return answer(job_view(finished), 200, location)
    state = JobState.SCHEDULED if asked.is_scheduled else JobState.PENDING
    if not handle.is_new:
        known = await at_hand.client.find(job_id)
        state, queue = (known.state, known.queue or queue) if known else (JobState.COMPLETED, queue)
    body = {"id": job_id, "status": state.value, "type": asked.type, "queue": queue}
    return answer(body, 202 if handle.is_new else 200, location)


@router.get("/tasks", responses=documented(422, 503))
async def listing(
    request: Request,
    state: JobState | None = None,
    queue: str | None = None,
    type: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
) -> Response:
    """Jobs by state, queue and type; `cursor` of one page asks for the next, null is the end."""
    refuse_unknown(request, ("state", "queue", "type", "limit", "cursor"))
    try:
        page = await services(request).client.jobs(state=state, queue=queue, type=type, limit=limit, cursor=cursor)
    except ValueError as error:
        raise ApiError(422, str(error)) from None
    return answer({"tasks": [job_view(job) for job in page.jobs], "cursor": page.cursor})


@router.get("/tasks/{task_id}", responses=documented(404, 422, 503))
async def show(request: Request, task_id: str) -> Response:
    """One job, whatever its state."""
    job = await services(request).client.find(task_id)
    if job is None:
        raise _absent(task_id)
    return answer({**job_view(job), "history": history_view(job)})


@router.get("/tasks/{task_id}/why", responses=documented(404, 422, 503))
async def why(request: Request, task_id: str) -> Response:
    """Why a job is not running: a sentence, and all reasons with what they are made of."""
    try:
        found = await services(request).client.job(task_id).why()
    except JobNotFound:
        raise _absent(task_id) from None
    return answer({"id": task_id, "status": found.state.value, "why": found.text, "reasons": found.reasons})


@router.get("/tasks/{task_id}/logs", responses=documented(404, 422, 503))
async def logs(request: Request, task_id: str) -> Response:
    """What a job has said, oldest first; `dropped` older lines were too much to keep."""
    try:
        found = await services(request).client.job(task_id).logs()
    except JobNotFound:
        raise _absent(task_id) from None
    lines = [{"at": moment(line.at), "text": line.text} for line in found.lines]
    return answer({"lines": lines, "dropped": found.dropped})


@router.delete(
    "/tasks/{task_id}",
    responses={202: {"description": "It runs, and was asked to stop"}, **documented(404, 409, 422, 503)},
)
async def cancel(request: Request, task_id: str, *, running: bool = False) -> Response:
    """Cancel a job that has not started; with `?running=true` one that runs is asked to stop.

    200 says that it is cancelled. 202, of one that was asked, leaves it to the job: what became of it is seen in its
    status a moment later.
    """
    refuse_unknown(request, ("running",))
    client = services(request).client
    if await client.cancel(task_id, running=running):
        return answer({"id": task_id, "status": JobState.CANCELLED.value})
    job = await client.find(task_id)
    if job is None:
        raise _absent(task_id)
    if running and job.state is JobState.PROCESSING:
        return answer({"id": task_id, "status": job.state.value}, 202)
    or_else = " (?running=true asks it to stop)" if job.state is JobState.PROCESSING else ""
    said = f"is {job.state.value}: only what has not started can be cancelled{or_else}"
    raise ApiError(409, f"task {quoted(task_id)} {said}")


def wait_seconds(text: str | None) -> float:
    """The seconds that `?wait=` asks for, 0 without it.

    Raises:
        ApiError: 422: no duration, or too long.
    """
    if text is None:
        return 0.0
    try:
        seconds = units.duration(text)
    except ValueError as error:
        raise ApiError(422, f"wait: {error}") from None
    if seconds > LONGEST_WAIT:
        raise ApiError(422, f"wait: at most {LONGEST_WAIT:g}s; for more, ask GET /tasks/{{id}} again later")
    return seconds


def idempotency_key(request: Request) -> str | None:
    """The request's `Idempotency-Key`, None without one; one in quotes (as the IETF's draft has it) is the same.

    Raises:
        ApiError: 422: it is empty, too long, or there are two.
    """
    values = request.headers.getlist("idempotency-key")
    if not values:
        return None
    key = values[0].strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if len(values) > 1 or not 1 <= len(key) <= LONGEST_KEY:
        raise ApiError(422, f"Idempotency-Key: one of 1 to {LONGEST_KEY} characters")
    return key


def refuse_unknown(request: Request, known: tuple[str, ...]) -> None:
    """Refuse query parameters that nobody reads: a slip must not become a full listing.

    Raises:
        ApiError: 422 with the nearest known one.
    """
    for name in request.query_params:
        if name not in known:
            raise ApiError(422, f"unknown parameter {quoted(name)}{hint(name, known)}")


async def _queue_for(at_hand: Services, asked: Submission) -> str:
    """The queue the job will stand in; refuses a type that no worker knows, unless that is wanted."""
    queue = await at_hand.types.queue_of(asked.type)
    if queue is None and not asked.accept_unknown:
        names = at_hand.types.names()
        near = " or ".join(quoted(name) for name in nearest(asked.type, names))
        said = f"did you mean {near}?" if near else "no name that workers announced comes near"
        raise ApiError(
            422,
            f"no worker has announced the type {quoted(asked.type)}: {said} "
            f'("accept_unknown": true queues it all the same)',
        )
    return asked.queue or queue or "default"


async def _enqueue(at_hand: Services, asked: Submission, **more: Any) -> AsyncJobHandle:
    job = asked.job()
    said = {name: getattr(job, name) for name in EnqueueOptions.__optional_keys__ if name not in more}
    try:
        return await at_hand.client.enqueue(job.type, job.data, **said, **more)
    except ValueError as error:
        raise ApiError(422, str(error)) from None


def _trace(request: Request) -> dict[str, str] | None:
    """Our span of this request, or else the caller's; a malformed one is none, as the standard says."""
    found = tracing.current.get() or tracing.parse(
        request.headers.get(tracing.PARENT), request.headers.get(tracing.STATE)
    )
    return found.headers() if found else None


def _absent(task_id: str) -> ApiError:
    return ApiError(404, f"there is no task {quoted(task_id)}: it never was, or its record has expired")
