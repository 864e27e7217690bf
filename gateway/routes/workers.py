"""`GET /workers`: who is alive, on which host, doing what, since when."""

from typing import Any

from fastapi import APIRouter, Request, Response

from engine.jobs.job import WorkerInfo
from gateway.answers import answer, moment
from gateway.parameters import refuse_unknown
from gateway.services import services
from gateway.shapes.base import answers
from gateway.shapes.service import WorkerList

router = APIRouter(tags=["workers"])


@router.get("/workers", responses=answers(WorkerList, 422, 503))
async def workers(request: Request) -> Response:
    """The workers that live, of all hosts."""
    refuse_unknown(request, ())
    found = await services(request).workers.get()
    return answer({"workers": [worker_view(one) for one in found]})


def worker_view(info: WorkerInfo) -> dict[str, Any]:
    """One worker as the HTTP interface shows it."""
    return {
        "id": info.incarnation,
        "host": info.host,
        "pid": info.pid,
        "pool": info.pool,
        "slot": info.slot,
        "generation": info.generation,
        "state": info.state,
        "job": info.job,
        "type": info.type,
        "since": moment(info.since),
        "jobs_done": info.jobs_done,
        "started_at": moment(info.started_at),
        "beat_at": moment(info.beat_at),
    }
