"""`/tasks`: look at jobs, list them, cancel one. How they come in is in `submissions`."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

from engine import JobNotFound, JobState
from engine.search.acting import CHUNK, Act
from engine.search.query import LONGEST
from gateway.answers import answer, history_view, job_view, moment, search_view
from gateway.bodies import json_object, nothing_said
from gateway.errors import ApiError
from gateway.nearest import quoted
from gateway.parameters import TaskId, refuse_unknown, unknown_fields
from gateway.services import services
from gateway.shapes.base import BODY, answers
from gateway.shapes.jobs import AcceptedAgain, ActedBody, LogBody, StateBody, TaskPage, TaskWithHistory, WhyBody
from gateway.submission import OURS

_FOUND = r"[0-9.]{1,16}/[0-9_-]{0,60}/[0-9.]{1,80}"
FOUND = f"^{_FOUND}$"
"""What a cursor of a search looks like."""

CURSOR = rf"^(\d{{1,15}}:(\d{{1,15}}(-\d{{1,15}})?)?|{_FOUND})$"
"""What a cursor looks like, of a list or of a search; the store would choke on longer numbers."""


class ActOnMany(BaseModel):
    """The body of `POST /tasks/act`."""

    model_config = ConfigDict(extra="forbid")

    do: Literal["cancel", "retry", "delete"]
    q: StrictStr = Field(min_length=1, max_length=LONGEST, description="a query, as docs/search.md has it")
    queue: StrictStr | None = None
    cursor: StrictStr | None = Field(default=None, pattern=FOUND)
    until: float | None = Field(default=None, strict=True, ge=0, le=1e11, description="of the chunk before")
    limit: StrictInt = Field(default=CHUNK, ge=1, le=CHUNK)


_ACT = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": ActOnMany.model_json_schema()}}},
}
SEARCHED = "a query, as docs/search.md has it; other parameters narrow it further"

router = APIRouter(tags=["tasks"])


@router.get("/tasks", responses=answers(TaskPage, 422, 503))
async def listing(
    request: Request,
    q: Annotated[str | None, Query(max_length=LONGEST, description=SEARCHED, examples=["state:dead age<1h"])] = None,
    state: JobState | None = None,
    queue: str | None = None,
    type: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
    *,
    brief: Annotated[bool, Query(description="data and result as one line of text each")] = False,
) -> Response:
    """Jobs by state, queue and type, or by a query; `cursor` of one page asks for the next, null is the end.

    With `q` the answer says what it took, too. A search goes in bounded steps: a page may be empty and have a cursor.
    """
    refuse_unknown(request, ("q", "state", "queue", "type", "limit", "cursor", "brief"))
    if q is not None:
        within = {"state": state and state.value, "queue": queue, "type": type}
        found = await services(request).searches.step(q, within, limit=limit, cursor=cursor, brief=brief)
        return answer(search_view(found))
    try:
        page = await services(request).client.jobs(
            state=state, queue=queue, type=type, limit=limit, cursor=cursor, brief=brief
        )
    except ValueError as error:
        raise ApiError(422, str(error)) from None
    return answer({"tasks": [job_view(job) for job in page.jobs], "cursor": page.cursor})


@router.get("/tasks/{task_id}", responses=answers(TaskWithHistory, 404, 422, 503))
async def show(request: Request, task_id: TaskId) -> Response:
    """One job, whatever its state."""
    refuse_unknown(request, ())
    job = await services(request).client.find(task_id)
    if job is None:
        raise absent(task_id)
    return answer({**job_view(job), "history": history_view(job)})


@router.get("/tasks/{task_id}/why", responses=answers(WhyBody, 404, 422, 503))
async def why(request: Request, task_id: TaskId) -> Response:
    """Why a job is not running: a sentence, and all reasons with what they are made of."""
    refuse_unknown(request, ())
    try:
        found = await services(request).client.job(task_id).why()
    except JobNotFound:
        raise absent(task_id) from None
    return answer({"id": task_id, "status": found.state.value, "why": found.text, "reasons": found.reasons})


@router.get("/tasks/{task_id}/logs", responses=answers(LogBody, 404, 422, 503))
async def logs(request: Request, task_id: TaskId) -> Response:
    """What a job has said, oldest first; `dropped` older lines were too much to keep."""
    refuse_unknown(request, ())
    try:
        found = await services(request).client.job(task_id).logs()
    except JobNotFound:
        raise absent(task_id) from None
    lines = [{"at": moment(line.at), "text": line.text} for line in found.lines]
    return answer({"lines": lines, "dropped": found.dropped})


@router.post(
    "/tasks/{task_id}/again", status_code=202, responses=answers(AcceptedAgain, 404, 409, *BODY, 429, 503, status=202)
)
async def again(request: Request, task_id: TaskId) -> Response:
    """Submit a new job with the type, data, queue and options of this one, whatever became of it.

    404 when it never was; 409 when its data is not kept any more, when it was made by the herd itself, or when its type
    is unique and another one stands.
    """
    refuse_unknown(request, ())
    await nothing_said(request)
    client = services(request).client
    job = await client.find(task_id)
    if job is None:
        raise absent(task_id)
    if job.type.startswith(OURS):
        raise ApiError(409, f"task {quoted(task_id)} is of the type {job.type}, which only the herd itself submits")
    handle = await client.again(task_id)
    body = {"id": handle.id, "status": JobState.PENDING.value, "type": job.type, "queue": job.queue, "again": task_id}
    return answer(body, 202, {"Location": f"/tasks/{handle.id}"})


@router.post("/tasks/act", openapi_extra=_ACT, responses=answers(ActedBody, *BODY, 503))
async def act(request: Request) -> Response:
    """Cancel, retry or delete the jobs that a query means, one chunk at a time; `cursor` and `until` go on.

    What has gone on meanwhile, or came after the first chunk, is left alone.
    """
    refuse_unknown(request, ())
    asked = act_wanted(await json_object(request))
    found = await services(request).searches.act(
        Act(asked.do), asked.q, asked.queue, cursor=asked.cursor, moment=asked.until, limit=asked.limit
    )
    body = {name: value for name, value in search_view(found.page).items() if name != "tasks"}
    return answer({"done": found.done, "skipped": found.skipped, "until": found.moment, **body})


@router.delete(
    "/tasks/{task_id}",
    responses={
        202: {"description": "It runs, and was asked to stop", "model": StateBody},
        **answers(StateBody, 404, 409, 422, 503),
    },
)
async def cancel(request: Request, task_id: TaskId, *, running: bool = False) -> Response:
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
        raise absent(task_id)
    if running and job.state is JobState.PROCESSING:
        return answer({"id": task_id, "status": job.state.value}, 202)
    or_else = " (?running=true asks it to stop)" if job.state is JobState.PROCESSING else ""
    said = f"is {job.state.value}: only what has not started can be cancelled{or_else}"
    raise ApiError(409, f"task {quoted(task_id)} {said}")


def absent(task_id: str) -> ApiError:
    """What is said of an id that no job has; pure."""
    return ApiError(404, f"there is no task {quoted(task_id)}: it never was, or its record has expired")


def act_wanted(body: dict[str, Any]) -> ActOnMany:
    """The checked body; pure.

    Raises:
        ApiError: 422: a field is not known, or its value is wrong.
    """
    unknown_fields(body, ActOnMany.model_fields)
    try:
        return ActOnMany.model_validate(body)
    except ValidationError as error:
        raise ApiError(422, "; ".join(f"{one['loc'][0]}: {one['msg']}" for one in error.errors())) from None
