"""`POST /work`: the shortest way through the herd: one text in, the same text in capitals out."""

import contextlib

from fastapi import APIRouter, Request, Response

from engine import Job, JobState
from engine.errors import EngineError
from gateway.answers import answer, moment
from gateway.bodies import json_name, json_object
from gateway.errors import ApiError
from gateway.services import Services, services
from gateway.shapes.base import BODY, answers
from gateway.shapes.jobs import WorkBody

TASK = "uppercase"
WITHIN = 10.0
"""Seconds in which a worker must have answered."""

KEEP = 60.0
"""Seconds for which the job's record stays: the caller has the answer, or has given up."""

UNREACHABLE = "Processor service is unreachable"

router = APIRouter(tags=["work"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["payload"],
                    "properties": {"payload": {"type": "string", "examples": ["hello multi-service world"]}},
                }
            }
        },
    }
}


@router.post("/work", openapi_extra=_BODY, responses=answers(WorkBody, *BODY, 429, 502, 503))
async def work(request: Request) -> Response:
    """Run the task `uppercase` on the payload and wait for its answer."""
    text = await _payload(request)
    at_hand = services(request)
    if await at_hand.types.queue_of(TASK) is None or not await at_hand.workers.get():
        raise ApiError(502, UNREACHABLE)
    at_hand.waits.check_room()
    # No retries: the caller waits, and would rather hear of a failure now than of a success in a minute.
    handle = await at_hand.client.enqueue(TASK, text, retries=0, keep=KEEP)
    job = await at_hand.waits.until_finished(handle.id, WITHIN)
    if job is None:
        await _give_up(at_hand, handle.id)
        raise ApiError(502, UNREACHABLE)
    return answer(response_of(job))


def response_of(job: Job) -> dict[str, object]:
    """The answer made of a finished job; pure.

    Raises:
        ApiError: 502 when the job has no result.
    """
    if job.state is not JobState.COMPLETED:
        reason = f"{job.error.type}: {job.error.message}" if job.error else job.state.value
        raise ApiError(502, f"Processor service failed: {reason}")
    return {
        "message": "Gateway successfully routed the job",
        "processorResponse": {
            "status": job.state.value,
            "result": job.result,
            "processedAt": moment(job.finished_at),
        },
    }


async def _payload(request: Request) -> str:
    if not (await request.body()).strip():
        raise ApiError(400, "No payload provided")
    body = await json_object(request)
    if "payload" not in body:
        raise ApiError(400, "No payload provided")
    payload = body["payload"]
    if not isinstance(payload, str):
        raise ApiError(400, f"payload must be a string, not {json_name(payload)}")
    return payload


async def _give_up(at_hand: Services, job_id: str) -> None:
    """Nobody waits for it any more: keep it from running late, as far as it can be kept."""
    with contextlib.suppress(EngineError):
        await at_hand.client.cancel(job_id, running=False)
