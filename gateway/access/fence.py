"""Inside the body limit: what a limited token may do by the job or body it names, and the audit log of admins' acts."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine import Job
from engine.clients.audit import Act
from engine.errors import EngineError
from gateway.access import decisions as decide
from gateway.access.access_log import clean
from gateway.access.doorkeeper import Access
from gateway.access.matching import Found
from gateway.access.rules import Limited
from gateway.access.visitors import Visitor
from gateway.bodies import parse_object
from gateway.errors import ApiError
from gateway.nearest import quoted

SAID = ("queue", "type", "fingerprint", "limit", "all", "to", "do", "q")
"""Fields of a body that the audit log keeps: which things were meant, never what jobs are given."""

LONGEST_BODY = 10_000
"""Bytes of a body that the audit log looks into."""

Find = Callable[[str], Awaitable[Job | None]]

_log = logging.getLogger("gateway.audit")


class Fence:
    """ASGI middleware; costs a request that is neither limited nor audited two look-ups.

    Args:
        find: looks a job up by its id.
    """

    def __init__(self, app: ASGIApp, access: Access, find: Find) -> None:
        self._app = app
        self._access = access
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
        if visitor.is_limited:
            await self._check(visitor, found, scope["method"], body)
        if not found.rule.audited:
            await self._app(scope, receive, send)
            return
        answer = _Status(send)
        try:
            await self._app(scope, receive, answer)
        finally:
            await self._keep(act_of(visitor, found, scope, body, answer.status))

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

    async def _keep(self, act: Act) -> None:
        """Write the line to the log of this process, and to the store. The act is done: nothing can fail it now."""
        on = " ".join(f"{name}={clean(value)}" for name, value in act.on.items())
        who = act.who or "anybody"
        _log.info("audit: %s (%s) from %s: %s %s: %d", who, act.via, act.address or "-", act.act, on, act.outcome)
        if self._access.record is None:
            return
        try:
            await self._access.record(act)
        except EngineError as error:
            _log.warning("the store did not take this line of the audit log: %s", error)


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


def act_of(visitor: Visitor, found: Found, scope: Scope, body: bytes, status: int) -> Act:
    """The line of the audit log; pure."""
    on = dict(found.parameters)
    try:
        on |= {
            name: value
            for name, value in parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=20)
            if name in SAID
        }
        fields = msgspec.json.decode(body) if body and len(body) <= LONGEST_BODY else {}
    except (ValueError, RecursionError):
        fields = {}
    if isinstance(fields, dict):
        on |= {name: str(fields[name]) for name in SAID if isinstance(fields.get(name), str | int)}
    shown = {name: clean(value) for name, value in on.items()}
    address = scope["client"][0] if scope.get("client") else ""
    act = f"{found.rule.method} {found.rule.path}"
    return Act(who=visitor.id, via=visitor.via, act=act, on=shown, outcome=status, address=address)


class _Status:
    """A `send` that notes the status; 500 when there is no answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


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
