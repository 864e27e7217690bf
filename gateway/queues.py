"""`GET /queues`: how deep each queue is, and how old its oldest waiting job."""

from typing import Any

from fastapi import APIRouter, Request, Response

from engine.job import QueueFigures
from gateway.answers import answer
from gateway.errors import documented
from gateway.services import services
from gateway.tasks import refuse_unknown

router = APIRouter(tags=["queues"])


@router.get("/queues", responses=documented(422, 503))
async def queues(request: Request) -> Response:
    """All queues that jobs were ever put into."""
    refuse_unknown(request, ())
    found = await services(request).client.queues()
    return answer({"queues": [queue_view(name, found[name]) for name in sorted(found)]})


def queue_view(name: str, figures: QueueFigures) -> dict[str, Any]:
    """One queue as the HTTP interface shows it."""
    return {
        "name": name,
        "pending": figures.pending,
        "scheduled": figures.scheduled,
        "processing": figures.processing,
        "dead": figures.dead,
        "oldest_seconds": round(figures.oldest, 3),
        "paused": figures.paused,
        "rescued": figures.rescued,
    }
