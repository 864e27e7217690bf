"""`/schedules`: what runs by the clock; run one now, pause it, resume it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from engine import ScheduleInfo
from gateway.answers import answer, moment
from gateway.bodies import no_fields
from gateway.parameters import Name, refuse_unknown
from gateway.services import services
from gateway.shapes.base import BODY, answers
from gateway.shapes.queues import Switched
from gateway.shapes.schedules import NextTimes, ScheduleList, Started

router = APIRouter(tags=["schedules"])


@router.get("/schedules", responses=answers(ScheduleList, 422, 503))
async def schedules(request: Request) -> Response:
    """All schedules, with their next runs and what became of the last."""
    refuse_unknown(request, ())
    found = await services(request).client.schedules.list()
    return answer({"schedules": [schedule_view(one) for one in found]})


@router.get("/schedules/{name}/next", responses=answers(NextTimes, 404, 422, 503))
async def following(request: Request, name: Name, count: Annotated[int, Query(ge=1, le=1000)] = 5) -> Response:
    """Its next times; those it would have, when it is paused."""
    refuse_unknown(request, ("count",))
    slots = await services(request).client.schedules.next(name, count)
    return answer({"name": name, "next": [moment(slot) for slot in slots]})


@router.post("/schedules/{name}/run", status_code=202, responses=answers(Started, 404, *BODY, 429, 503, status=202))
async def run(request: Request, name: Name) -> Response:
    """Run its job now, even while it is paused: 202 with the job's id."""
    refuse_unknown(request, ())
    await no_fields(request)
    job = await services(request).client.schedules.run(name)
    return answer({"id": job, "schedule": name}, 202, {"Location": f"/tasks/{job}"})


@router.post("/schedules/{name}/pause", responses=answers(Switched, 404, *BODY, 503))
async def pause(request: Request, name: Name) -> Response:
    """Let its runs go by until it is resumed."""
    refuse_unknown(request, ())
    await no_fields(request)
    changed = await services(request).client.schedules.pause(name)
    return answer({"name": name, "paused": True, "changed": changed})


@router.post("/schedules/{name}/resume", responses=answers(Switched, 404, *BODY, 503))
async def resume(request: Request, name: Name) -> Response:
    """Let it run again, from its next time on."""
    refuse_unknown(request, ())
    await no_fields(request)
    changed = await services(request).client.schedules.resume(name)
    return answer({"name": name, "paused": False, "changed": changed})


def schedule_view(info: ScheduleInfo) -> dict[str, Any]:
    """One schedule as the HTTP interface shows it."""
    one = info.schedule
    return {
        "name": one.name,
        "origin": info.origin,
        "task": one.task,
        "cron": one.cron,
        "timezone": one.timezone,
        "queue": one.queue,
        "payload": one.payload,
        "misfire": one.misfire,
        "overlap": one.overlap,
        "jitter_seconds": one.jitter,
        "paused": info.paused,
        "next": [moment(slot) for slot in info.next],
        "waiting": info.waiting,
        "last_job": info.last_job,
        "last_status": info.last_state.value if info.last_state else None,
        "last_fired_at": moment(info.last_fired_at),
        "last_success_at": moment(info.last_success_at),
        "fired": info.fired,
        "skipped": info.skipped,
        "missed": info.missed,
    }
