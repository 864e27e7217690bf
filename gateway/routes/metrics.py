"""`GET /metrics`: this gateway and the queues, for Prometheus."""

from fastapi import APIRouter, Request, Response

from engine.errors import EngineError
from gateway.exposition import CONTENT_TYPE, Gauges, page
from gateway.parameters import refuse_unknown
from gateway.services import Services, services
from gateway.shapes.base import Responses, refused

router = APIRouter(tags=["health"])

_PAGE: Responses = {
    200: {"description": "The metrics", "content": {"text/plain": {"schema": {"type": "string"}}}},
    **refused(422),
}


@router.get("/metrics", response_class=Response, responses=_PAGE)
async def metrics(request: Request) -> Response:
    """This gateway's own figures and the queues', in the format of Prometheus; without the queues' while it cannot."""
    refuse_unknown(request, ())
    at_hand = services(request)
    try:
        queues = await at_hand.queues.get()
    except EngineError:
        queues = None
    text = page(at_hand.counts, gauges(at_hand, store_up=queues is not None), queues)
    return Response(text, headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE)


def gauges(at_hand: Services, *, store_up: bool) -> Gauges:
    """What there is of everything now."""
    return {
        "in_flight": ("Requests under way, this one too", at_hand.counts.in_flight),
        "connections": ("Clients connected", at_hand.connections()),
        "waits": ("Requests that wait for a job's end", at_hand.waits.open),
        "streams": ("Open streams of events", at_hand.streams.open),
        "store_up": ("1 when the store answers", float(store_up)),
    }
