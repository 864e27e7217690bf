"""The outermost layer of the app: who may come in, what every answer bears, the access log and the audit log."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.errors import EngineError
from gateway.access import access_log, browser_headers
from gateway.access import decisions as decide
from gateway.access.audit_log import act_of
from gateway.access.cookies import same
from gateway.access.doorkeeper import Access
from gateway.access.heard import Heard, heard
from gateway.access.matching import Found
from gateway.access.refusals import refuse
from gateway.access.rules import Scope as Right
from gateway.access.visitors import ANYBODY, Visitor
from gateway.errors import ApiError, of_engine, problem


class Guard:
    """ASGI middleware: lets in, or answers. Leaves `visitor` and `found` in `scope["state"]`."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or websocket."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        came = heard(scope)
        answer = _Answer(send)
        began = time.perf_counter()
        by_access = False
        try:
            await self._admit(came, scope)
            await self._app(scope, receive, answer)
        except (ApiError, EngineError) as error:
            if answer.status:  # it is too late for another answer
                raise
            by_access = isinstance(error, ApiError)
            await refuse(error if isinstance(error, ApiError) else of_engine(error), scope, receive, answer)
        except Exception:
            # The framework would answer from outside of us, without our headers. It still logs what it was.
            if scope["type"] == "http" and not answer.status:
                await problem(500, "an error inside the gateway; its log has the details")(scope, receive, answer)
            raise
        finally:
            if self._access.settings.access_log:
                seconds = time.perf_counter() - began
                access_log.write(came, scope["query_string"], answer.status, seconds, answer.size)
            kept = act_of(scope, came, answer.status, by_access=by_access)
            if kept is not None:
                await self._access.audit.keep(*kept, self._access.record)

    async def _admit(self, came: Heard, scope: Scope) -> None:
        """Let in whoever may come in.

        Raises:
            ApiError: they do not. EngineError: that cannot be said now.
        """
        access = self._access
        found = access.matcher.find(came.method, came.path)
        state = scope.setdefault("state", {})
        state["found"] = found
        is_open_route = found is not None and found.rule.scope is Right.OPEN
        if access.checks_host and not is_open_route:
            decide.check_host(came, access.allowed_hosts)
        if came.is_act:
            decide.check_origin(came, access.allowed_hosts)
        visitor = ANYBODY if access.is_open else await self._known(came, found)
        if visitor is None and not is_open_route:
            raise decide.unauthorized(came, scope["query_string"].decode("latin-1"))
        visitor = state["visitor"] = visitor or _STRANGER
        came.who = visitor.id
        if found is None:
            if came.method == "WS":
                raise decide.unknown(came, ())
            is_websocket = access.matcher.find("WS", came.path) is not None
            raise decide.unknown(came, access.matcher.allowed(came.path), is_websocket=is_websocket)
        decide.check_scope(visitor, found.rule)
        if decide.needs_csrf(visitor, came, found.rule) and not same(came.csrf, await access.csrf(visitor)):
            raise ApiError(403, "X-CSRF-Token is missing or wrong: GET /session says it as csrf")
        if not is_open_route:
            access.check_rate(visitor)
        decide.check_limits(visitor, found, scope["query_string"])

    async def _known(self, came: Heard, found: Found | None) -> Visitor | None:
        """By token or cookie. Probes are answered whatever else is broken: who asks does not matter there."""
        if found is not None and found.rule.scope is Right.OPEN and found.rule.path != "/session":
            return None
        return await self._access.who(came)


_STRANGER = Visitor()


class _Answer:
    """A `send` that puts our headers on, and counts."""

    __slots__ = ("_send", "size", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.size = 0

    async def __call__(self, message: Message) -> None:
        match message["type"]:
            case "http.response.start" | "websocket.http.response.start":
                self.status = message["status"]
                browser_headers.add(message)
            case "http.response.body":
                self.size += len(message.get("body", b""))
            case "websocket.accept":
                self.status = 101
            case "websocket.close":
                self.status = message.get("code", 1000)
        await self._send(message)
