"""`/queues`: how deep each queue is, how old its oldest waiting job; pause, resume and purge one. `/types`: pause and
resume a type.
"""

import contextlib
from typing import Any

from fastapi import APIRouter, Request, Response

from engine.clients.async_client import AsyncClient
from engine.jobs.job import QueueFigures
from gateway.access.visitors import visitor
from gateway.answers import answer
from gateway.bodies import nothing_said
from gateway.errors import ApiError
from gateway.nearest import hint, quoted
from gateway.parameters import Name, refuse_unknown
from gateway.services import services
from gateway.shapes.base import BODY, answers
from gateway.shapes.queues import Purged, QueueList, Switched

router = APIRouter(tags=["queues"])


@router.get("/queues", responses=answers(QueueList, 422, 503))
async def queues(request: Request) -> Response:
    """All queues that jobs were ever put into; to a token that is limited to queues, its own."""
    refuse_unknown(request, ())
    found = await services(request).queues.now()
    asks = visitor(request.scope)
    return answer({"queues": [queue_view(name, found[name]) for name in sorted(found) if asks.sees_queue(name)]})


@router.post("/queues/{queue}/pause", responses=answers(Switched, 404, *BODY, 503))
async def pause(request: Request, queue: Name) -> Response:
    """Let the queue take tasks and give none out."""
    return await _switch(request, queue, paused=True)


@router.post("/queues/{queue}/resume", responses=answers(Switched, 404, *BODY, 503))
async def resume(request: Request, queue: Name) -> Response:
    """Let the queue give tasks out again."""
    return await _switch(request, queue, paused=False)


@router.post("/queues/{queue}/purge", responses=answers(Purged, 404, *BODY, 503))
async def purge(request: Request, queue: Name) -> Response:
    """Cancel all tasks that are pending in the queue now; those that run, or wait for their time, stay."""
    await _nothing_else(request)
    client = await _client_that_knows(request, queue)
    return answer({"cancelled": await client.purge(queue)})


@router.post("/types/{type}/pause", responses=answers(Switched, 404, *BODY, 503))
async def pause_type(request: Request, type: Name) -> Response:
    """Let no task of the type start, in whatever queue; none waits behind one."""
    return await _switch_type(request, type, paused=True)


@router.post("/types/{type}/resume", responses=answers(Switched, 404, *BODY, 503))
async def resume_type(request: Request, type: Name) -> Response:
    """Let tasks of the type start again."""
    return await _switch_type(request, type, paused=False)


async def _switch_type(request: Request, type: str, *, paused: bool) -> Response:
    await _nothing_else(request)
    at_hand = services(request)
    # A slip would pause what nobody sees. A paused type whose workers are gone can be resumed all the same.
    known = await at_hand.types.queue_of(type) is not None
    changed = False
    if known or not paused:
        with contextlib.suppress(ValueError):  # it could not be the name of a type: nobody knows it
            changed = await (at_hand.client.pause_type(type) if paused else at_hand.client.resume_type(type))
    if not known and not changed:
        raise ApiError(404, f"no worker has announced the type {quoted(type)}{hint(type, at_hand.types.names())}")
    return answer({"name": type, "paused": paused, "changed": changed})


async def _nothing_else(request: Request) -> None:
    refuse_unknown(request, ())
    await nothing_said(request)


async def _switch(request: Request, queue: str, *, paused: bool) -> Response:
    await _nothing_else(request)
    client = await _client_that_knows(request, queue)
    changed = await (client.pause(queue) if paused else client.resume(queue))
    return answer({"name": queue, "paused": paused, "changed": changed})


async def _client_that_knows(request: Request, queue: str) -> AsyncClient:
    known = await services(request).queues.now()
    if queue not in known:  # a slip would pause a queue that nobody uses, and nobody would see it
        raise ApiError(404, f"no task was ever put into a queue {quoted(queue)}{hint(queue, known)}")
    return services(request).client


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
        "parked": figures.parked,
    }
