"""`/dlq`: dead letters: look at them, group them, retry them, delete them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError

from engine import DeadGroup, Job, JobState
from engine.dead.dead_letters import UNCHANGED
from engine.dead.fingerprint import fingerprint as fingerprint_of
from gateway.answers import answer, job_view, moment
from gateway.bodies import json_object, optional_object
from gateway.errors import ApiError
from gateway.nearest import hint, quoted
from gateway.parameters import TaskId, refuse_unknown
from gateway.services import services
from gateway.shapes.base import BODY, answers
from gateway.shapes.dead_letters import Deleted, GroupList, LetterBody, LetterPage, Retried
from gateway.shapes.jobs import StateBody

MOST = 10_000
"""Dead letters that one request moves at most: a request must end."""

CURSOR = r"^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}/\d{1,15}/(\d{1,9}-\d{1,15}-\d{1,15})?$"
"""What a cursor looks like."""

router = APIRouter(tags=["dead letters"])

_Mark = Annotated[str | None, Query(pattern=r"^[0-9a-f]{12}$")]
_Limit = Annotated[int, Query(ge=1, le=MOST)]


class RetryMany(BaseModel):
    """The body of `POST /dlq/retry`: at least one filter, or `all`."""

    model_config = ConfigDict(extra="forbid")

    queue: StrictStr | None = None
    type: StrictStr | None = None
    fingerprint: StrictStr | None = Field(default=None, pattern=r"^[0-9a-f]{12}$")
    all: StrictBool = False
    limit: StrictInt = Field(default=MOST, ge=1, le=MOST)


_MANY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": RetryMany.model_json_schema()}}},
}
_ONE = {
    "requestBody": {
        "required": False,
        "content": {"application/json": {"schema": {"type": "object", "properties": {"data": {}}}}},
    }
}


@router.get("/dlq", responses=answers(LetterPage, 422, 503))
async def listing(
    request: Request,
    queue: str | None = None,
    type: str | None = None,
    fingerprint: _Mark = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
) -> Response:
    """Dead letters by queue, type and group, oldest first; `cursor` asks for the next page, null is the end."""
    refuse_unknown(request, ("queue", "type", "fingerprint", "limit", "cursor"))
    letters = services(request).client.dead_letters
    try:
        page = await letters.list(queue=queue, type=type, fingerprint=fingerprint, limit=limit, cursor=cursor)
    except ValueError as error:
        raise ApiError(422, str(error)) from None
    return answer({"tasks": [letter_view(job) for job in page.jobs], "cursor": page.cursor})


@router.get("/dlq/groups", responses=answers(GroupList, 422, 503))
async def groups(request: Request, queue: str | None = None) -> Response:
    """Dead letters by what they died of, the largest group first."""
    refuse_unknown(request, ("queue",))
    found = await services(request).client.dead_letters.groups(queue)
    shown = [group_view(group) for group in found.groups]
    return answer({"groups": shown, "looked_at": found.looked_at, "cut": found.cut})


@router.post("/dlq/retry", openapi_extra=_MANY, responses=answers(Retried, *BODY, 503))
async def retry_many(request: Request) -> Response:
    """Retry all that match, 10,000 at most; answers how many."""
    refuse_unknown(request, ())
    asked = retry_wanted(await json_object(request))
    count = await services(request).client.dead_letters.retry_many(
        queue=asked.queue, type=asked.type, fingerprint=asked.fingerprint, limit=asked.limit
    )
    return answer({"retried": count})


@router.delete("/dlq", responses=answers(Deleted, 422, 503))
async def delete_many(
    request: Request,
    queue: str | None = None,
    type: str | None = None,
    fingerprint: _Mark = None,
    all: bool = False,
    limit: _Limit = MOST,
) -> Response:
    """Delete all that match, 10,000 at most; answers how many. Needs a filter, or `?all=true`."""
    refuse_unknown(request, ("queue", "type", "fingerprint", "all", "limit"))
    check_meant((queue, type, fingerprint), everything=all)
    count = await services(request).client.dead_letters.delete_many(
        queue=queue, type=type, fingerprint=fingerprint, limit=limit
    )
    return answer({"deleted": count})


@router.get("/dlq/{task_id}", responses=answers(LetterBody, 404, 422, 503))
async def show(request: Request, task_id: TaskId) -> Response:
    """One dead letter."""
    refuse_unknown(request, ())
    job = await services(request).client.find(task_id)
    if job is None or job.state is not JobState.DEAD:
        raise absent(task_id, job)
    return answer(letter_view(job))


@router.post("/dlq/{task_id}/retry", openapi_extra=_ONE, responses=answers(StateBody, 404, *BODY, 429, 503))
async def retry(request: Request, task_id: TaskId) -> Response:
    """Put one dead letter back into its queue, with a new payload when the body brings one as `data`."""
    refuse_unknown(request, ())
    body = await optional_object(request)
    for name in body:
        if name != "data":
            raise ApiError(422, f"unknown field {quoted(name)}{hint(name, ('data',))}")
    client = services(request).client
    if not await client.dead_letters.retry(task_id, body.get("data", UNCHANGED)):
        raise absent(task_id, await client.find(task_id))
    return answer({"id": task_id, "status": JobState.PENDING.value})


@router.delete("/dlq/{task_id}", responses=answers(StateBody, 404, 422, 503))
async def delete(request: Request, task_id: TaskId) -> Response:
    """Delete one dead letter for good."""
    refuse_unknown(request, ())
    client = services(request).client
    if not await client.dead_letters.delete(task_id):
        raise absent(task_id, await client.find(task_id))
    return answer({"id": task_id, "status": "deleted"})


def retry_wanted(body: dict[str, Any]) -> RetryMany:
    """The checked body; pure.

    Raises:
        ApiError: 422 with everything that is wrong at once, or when nothing says which are meant.
    """
    for name in body:
        if name not in RetryMany.model_fields:
            raise ApiError(422, f"unknown field {quoted(name)}{hint(name, RetryMany.model_fields)}")
    try:
        asked = RetryMany.model_validate(body)
    except ValidationError as error:
        said = [f"{one['loc'][0]}: {one['msg'][:200]}" for one in error.errors(include_url=False)]
        raise ApiError(422, "; ".join(said)) from None
    check_meant((asked.queue, asked.type, asked.fingerprint), everything=asked.all)
    return asked


def check_meant(filters: tuple[str | None, ...], *, everything: bool) -> None:
    """Refuse what does not say which dead letters are meant: a forgotten filter must not mean all.

    Raises:
        ApiError: 422.
    """
    if any(filters) == everything or "" in filters:
        raise ApiError(422, "say which are meant: queue, type or fingerprint, or all=true, not both")


def absent(task_id: str, job: Job | None) -> ApiError:
    """What is said of an id that is no dead letter; pure."""
    if job is None:
        return ApiError(404, f"there is no dead letter {quoted(task_id)}: no such task ever was")
    return ApiError(404, f"task {quoted(task_id)} is no dead letter: it is {job.state.value}")


def letter_view(job: Job) -> dict[str, Any]:
    """One dead letter as the HTTP interface shows it: a task, and its group."""
    return {**job_view(job), "fingerprint": fingerprint_of(job.queue, job.type, job.error)}


def group_view(group: DeadGroup) -> dict[str, Any]:
    """One group as the HTTP interface shows it."""
    return {
        "fingerprint": group.fingerprint,
        "queue": group.queue,
        "type": group.type,
        "error": group.error,
        "message": group.message,
        "count": group.count,
        "first_seen": moment(group.first_seen),
        "last_seen": moment(group.last_seen),
        "example": group.example,
    }
