"""`GET /health`: this process lives. `GET /ready`: a job submitted now would be run."""

import asyncio
import time

from fastapi import APIRouter, Request, Response

from config.version import __version__
from gateway.answers import answer
from gateway.direct import direct
from gateway.errors import ApiError
from gateway.live_workers import READY
from gateway.live_workers import ready as ready_among
from gateway.services import Services, services
from gateway.shapes.base import answers
from gateway.shapes.service import HealthBody, ReadyBody
from scoreboard import Board

WITHIN = 1.0
"""Seconds in which the store must answer a readiness probe."""

router = APIRouter(tags=["health"])


@router.get("/health", responses=answers(HealthBody))
@direct
async def health(request: Request) -> Response:
    """Alive: asks nobody, so that it answers whatever else is broken."""
    uptime = time.monotonic() - services(request).started
    return answer({"status": "ok", "version": __version__, "uptime_seconds": round(uptime, 3)})


@router.get("/ready", responses=answers(ReadyBody, 503))
async def ready(request: Request) -> Response:
    """Ready: the store answers, and a worker takes jobs."""
    at_hand = services(request)
    try:
        async with asyncio.timeout(WITHIN):
            await at_hand.client.ping()
            count = await ready_workers(at_hand)
    except TimeoutError:
        raise ApiError(503, f"the store did not answer within {WITHIN:g} s") from None
    if not count:
        raise ApiError(503, "no worker is ready")
    return answer({"status": "ready", "workers": count})


async def ready_workers(at_hand: Services) -> int:
    """How many workers take jobs: those of this host by its scoreboard, else all that the store knows of."""
    here = on_board(at_hand.board) if at_hand.board else 0
    return here or ready_among(await at_hand.workers.get())


def on_board(board: Board) -> int:
    """How many workers of this host take jobs; reads memory, asks nobody."""
    return sum(board.worker(slot).snapshot().state in READY for slot in range(board.slots))
