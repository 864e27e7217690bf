"""Inside the body limit: what a limited token may do by the job or body it names; and the body, for the audit log."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine import Job
from gateway.access import decisions as decide
from gateway.access.matching import Found
from gateway.access.rules import Limited
from gateway.access.visitors import Visitor
from gateway.bodies import parse_object
from gateway.errors import ApiError
from gateway.nearest import quoted

Find = Callable[[str], Awaitable[Job | None]]


class Fence:
    """ASGI middleware; costs a request that is neither limited nor audited two look-ups.

    Args:
        find: looks a job up by its id.
    """

    def __init__(self, app: ASGIApp, find: Find) -> None:
        self._app = app
        self._find = find

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        state = scope.get("state", {})
        found: Found | None = state.get("found")
        if scope["type"] != "http" or found is None:
            await self._app(scope, receive, send)
            return
        visitor: Visitor = state["visitor"]
        if not visitor.is_limited and not found.rule.audited:
            await self._app(scope, receive, send)
            return
        body, receive = await _read(receive)
        if found.rule.audited:
            state["audited_body"] = body
        if visitor.is_limited:
            await self._check(visitor, found, scope["method"], body)
        await self._app(scope, receive, send)

    async def _check(self, visitor: Visitor, found: Found, method: str, body: bytes) -> None:
        match found.rule.limited:
            case Limited.JOB:
                job_id = found.parameters["id"]
                job = await self._find(job_id)
                if job is None or not visitor.sees(job.queue, job.tenant):
                    raise ApiError(404, f"there is no task {quoted(job_id)} for this token")
                if method != "DELETE" and body.strip():
                    decide.check_not_moved(visitor, read_once(body))
            case Limited.NEW:
                decide.check_job(visitor, read_once(body), "")
            case Limited.JOBS:
                check_jobs(visitor, read_once(body))
            case Limited.BODY:
                queue = read_once(body).get("queue")
                decide.check_queue(visitor, [queue] if isinstance(queue, str) else [], '"queue" in the body')


def read_once(body: bytes) -> dict[str, Any]:
    """A body in which no field stands twice: who checks it and who obeys it must not read two different things; pure.

    Raises:
        ApiError: 400.
    """

    def pairs(fields: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(fields)
        if len(found) < len(fields):
            raise ApiError(400, "a field of the body stands twice in it")
        return found

    parse_object(body)  # its findings are the better ones, and it bounds the depth
    try:
        found: dict[str, Any] = json.loads(body, object_pairs_hook=pairs)
    except ValueError:
        raise ApiError(400, "the body is no valid JSON") from None
    return found


def check_jobs(visitor: Visitor, body: Mapping[str, Any]) -> None:
    """The jobs in the lists of a body, whatever the lists are called; pure.

    Raises:
        ApiError: 403: some job does not name a queue and tenant of the visitor's.
    """
    decide.check_not_moved(visitor, body)
    for name, jobs in body.items():
        for index, job in enumerate(jobs if isinstance(jobs, list) else ()):
            decide.check_job(visitor, job, f"{name}[{index}]: ")


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """The whole body, which the limit in front has bounded, and a `receive` that gives it once more."""
    chunks, more = [], True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    body, given = b"".join(chunks), False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return body, again
