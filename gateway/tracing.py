"""A SERVER span for each request, around the whole app. Imported only when `tracing:` is on."""

from collections.abc import Callable

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config import Config
from engine.tracing import spans, tracing
from engine.tracing.producer import context_of, record, trace_of

PROBES = frozenset({"/health", "/ready", "/metrics"})
"""Asked every few seconds by machines: traced only for who sends a trace along."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FAULTS = 500
"""Statuses from here on are the gateway's own failures."""


def begin(settings: Config) -> tuple[Callable[[ASGIApp], ASGIApp], Callable[[], object]]:
    """What is to be put around the app, and what sends the last spans at the end, within a second."""
    telemetry = spans.install(settings.tracing.settings(), "gateway")
    return (lambda app: Traced(app, telemetry.tracer)), telemetry.flush


class Traced:
    """ASGI around an app: within a request our span is the current one, for OpenTelemetry and for `engine.tracing`."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        came = _came_with(scope) if scope["type"] == "http" else None
        if scope["type"] != "http" or (came is None and scope["path"] in PROBES):
            await self._app(scope, receive, send)
            return
        span = self._start(scope, came)
        status, fault = 0, ""

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        here = span.get_span_context()
        outer = context.attach(trace.set_span_in_context(span, Context()))
        before = tracing.current.set(trace_of(here) if here.is_valid else came)
        try:
            await self._app(scope, receive, noting)
        except BaseException as error:
            fault = type(error).__name__
            record(span, fault, str(error))
            raise
        finally:
            tracing.current.reset(before)
            context.detach(outer)
            _finish(span, scope, status, fault)

    def _start(self, scope: Scope, came: tracing.Trace | None) -> Span:
        method = _method(scope)
        attributes = {
            "http.request.method": method or "_OTHER",
            "url.scheme": scope.get("scheme", "http"),
            "url.path": scope["path"],  # without the query, which may hold anything
            "network.protocol.version": scope.get("http_version", "1.1"),
        }
        for what in ("server", "client"):
            if address := scope.get(what):
                attributes[f"{what}.address"], attributes[f"{what}.port"] = address[0], address[1] or 0
        parent = context_of(came) if came else Context()
        return self._tracer.start_span(method or "HTTP", parent, SpanKind.SERVER, attributes)


def _finish(span: Span, scope: Scope, status: int, fault: str) -> None:
    """What is known only after the request. fault: the error that was noted already, if any."""
    template = getattr(scope.get("route"), "path", "")
    if template:
        span.set_attribute("http.route", template)
        span.update_name(f"{_method(scope) or 'HTTP'} {template}")
    if status:
        span.set_attribute("http.response.status_code", status)
    if status >= FAULTS and not fault:
        span.set_attribute("error.type", str(status))
        span.set_status(Status(StatusCode.ERROR))
    span.end()


def _came_with(scope: Scope) -> tracing.Trace | None:
    headers = Headers(scope=scope)
    return tracing.parse(headers.get(tracing.PARENT), headers.get(tracing.STATE))


def _method(scope: Scope) -> str:
    """The request's method, "" for one that nobody knows: names of spans must be few."""
    return scope["method"] if scope["method"] in METHODS else ""
