"""A small OpenTelemetry collector: takes OTLP over HTTP, and keeps the spans where a test can look at them."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

KINDS = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}


class Seen(NamedTuple):
    """One span as it arrived; ids in hex, `parent` "" for a root, times in ns."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    start: int
    end: int
    attributes: dict[str, Any]
    events: list[tuple[str, dict[str, Any]]]
    links: list[str]
    failed: bool
    resource: dict[str, Any]


class Collector:
    """Listens on a free port until it is closed."""

    def __init__(self) -> None:
        self.spans: list[Seen] = []
        self.headers: list[dict[str, str]] = []
        self.paths: set[str] = set()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.paths.add(self.path)
                collector.headers.append({name.lower(): value for name, value in self.headers.items()})
                collector.spans += spans_of(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def endpoint(self) -> str:
        """What goes into `tracing.endpoint`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def having(self, name: str, where: Callable[[Seen], bool] = lambda _: True) -> list[Seen]:
        """The spans of that name, as they began."""
        return sorted((one for one in self.spans if one.name == name and where(one)), key=lambda one: one.start)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def told(self) -> str:
        """All there is, for a test that fails."""
        return "\n".join(f"{s.trace[:6]} {s.parent[:6] or '-':6} > {s.id[:6]} {s.kind} {s.name}" for s in self.spans)


def spans_of(body: bytes) -> list[Seen]:
    """The spans of one request."""
    request = ExportTraceServiceRequest.FromString(body)
    return [
        Seen(
            span.name,
            KINDS[span.kind],
            span.trace_id.hex(),
            span.span_id.hex(),
            span.parent_span_id.hex(),
            span.start_time_unix_nano,
            span.end_time_unix_nano,
            _plain(span.attributes),
            [(event.name, _plain(event.attributes)) for event in span.events],
            [link.span_id.hex() for link in span.links],
            span.status.code == span.status.STATUS_CODE_ERROR,
            _plain(resource.resource.attributes),
        )
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def _plain(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}
