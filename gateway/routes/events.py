"""`GET /tasks/{id}/events`: the life of one job, as it happens."""

from fastapi import APIRouter, Request, Response

from gateway.event_stream import EventStream
from gateway.life import position
from gateway.parameters import TaskId, refuse_unknown
from gateway.routes.tasks import absent
from gateway.services import services
from gateway.shapes.base import Responses, refused

router = APIRouter(tags=["tasks"])

_STREAM: Responses = {
    200: {"description": "The events", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
    204: {"description": "The client has heard of its end already"},
    **refused(404, 422, 503),
}
_LAST = {
    "parameters": [
        {
            "name": "Last-Event-ID",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "maxLength": 100, "pattern": r"^\d{1,9}\.\d{1,9}(\.end)?$"},
            "description": "the id of the last event that was heard; browsers send it by themselves",
        }
    ]
}


@router.get("/tasks/{task_id}/events", response_class=Response, responses=_STREAM, openapi_extra=_LAST)
async def events(request: Request, task_id: TaskId) -> Response:
    """Follow one job: server-sent events `state`, `progress`, `log`, `dropped` and, when it is over, `end`."""
    refuse_unknown(request, ())
    at_hand = services(request)
    at = position(request.headers.get("last-event-id"))
    job = await at_hand.client.find(task_id)
    if job is None:
        raise absent(task_id)
    if at.ended:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})  # an EventSource stops at this
    at_hand.streams.check_room()
    return EventStream(at_hand.streams, task_id, at)
