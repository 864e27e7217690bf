"""`/flows`: jobs that wait for one another: list them, look at one, cancel one."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from engine.flows.flow_record import FlowInfo, FlowMember, progress
from gateway.answers import answer, moment
from gateway.errors import ApiError
from gateway.parameters import TaskId, refuse_unknown
from gateway.services import services
from gateway.shapes.base import answers
from gateway.shapes.flows import FlowCancelled, FlowList, FlowWithMembers

router = APIRouter(tags=["flows"])


@router.get("/flows", responses=answers(FlowList, 422, 503))
async def listing(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Some flows, the newest first."""
    refuse_unknown(request, ("limit", "offset"))
    found = await services(request).client.flows.list(limit, offset)
    return answer({"flows": [flow_view(one) for one in found]})


@router.get("/flows/{id}", responses=answers(FlowWithMembers, 404, 422, 503))
async def one(request: Request, id: TaskId) -> Response:
    """One flow with its members, parents before children."""
    refuse_unknown(request, ())
    handle = services(request).client.flows.get(id)
    info, members = await handle.fetch(), await handle.members()
    states = progress(info, members).states
    return answer({**flow_view(info), "states": states, "members": [_member_view(member) for member in members]})


@router.delete("/flows/{id}", responses=answers(FlowCancelled, 404, 409, 422, 503))
async def cancel(request: Request, id: TaskId) -> Response:
    """Cancel what has not started of it, and ask what runs to stop; 409 when it is over."""
    refuse_unknown(request, ())
    flows = services(request).client.flows
    if not await flows.cancel(id):
        info = await flows.get(id).fetch()
        raise ApiError(409, f"flow {id} is over: {info.state}")
    return answer({"id": id, "cancelled": True})


def flow_view(info: FlowInfo) -> dict[str, Any]:
    """One flow as the HTTP interface shows it."""
    return {
        "id": info.id,
        "name": info.name,
        "status": info.state.value,
        "total": info.total,
        "done": info.done,
        "created_at": moment(info.created_at),
        "ended_at": moment(info.ended_at),
    }


def _member_view(member: FlowMember) -> dict[str, Any]:
    return {
        "name": member.name,
        "id": member.id,
        "type": member.type,
        "status": member.shown_state,
        "parents": member.parents,
        "spawned_by": member.spawned_by,
        "reason": member.reason,
    }
