"""OpenTelemetry for a process of ours, or for a producer's own: a span of each sending, and where spans go.

Nothing imports this unless tracing is on: it needs the extra `otel`, and loading it takes time and memory. Whoever has
set up a TracerProvider keeps it; else one is made that sends OTLP over HTTP, by its own thread. So call `install` only
after the last fork.
"""

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple, TypedDict

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio, Sampler
from opentelemetry.trace import Tracer

from engine.tracing import tracing
from engine.tracing.producer import Producer

log = logging.getLogger(__name__)
with contextlib.suppress(ImportError):
    import_module("requests")  # later exporters load it when they are made: then each worker would, after its fork

PATH = "/v1/traces"
EVERY = 1000  # ms between two exports, unless OTEL_BSP_SCHEDULE_DELAY says otherwise: what a killed process takes along
FLUSH_WITHIN = 1.0  # s that a process which leaves gives its last spans
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_HEADERS = ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
_LIBRARY = "opentelemetry.exporter"


class Settings(TypedDict, total=False):
    """As `tracing:` of the config file has them; the OTEL_… variables of the environment go before them."""

    endpoint: str
    service_name: str
    sample: float
    headers: Mapping[str, str]


class Telemetry(NamedTuple):
    """What a process makes its spans with. `delivery`: of a provider of ours; None: the application has its own."""

    tracer: Tracer
    provider: Any
    delivery: "Delivery | None" = None

    def flush(self, within: float = FLUSH_WITHIN) -> bool:
        """Give the spans that are waiting `within` seconds to be sent, none when nobody takes them; whether they were.

        The library's own flush has no limit, so it is done by a thread that may be left behind.
        """
        if self.delivery and self.delivery.away:
            return False
        done = threading.Event()

        def flushed() -> None:
            with contextlib.suppress(Exception):
                self.provider.force_flush()
                done.set()

        if not hasattr(self.provider, "force_flush"):
            return True
        threading.Thread(target=flushed, name="herdsman-flush", daemon=True).start()
        return done.wait(within)


def install(settings: Settings | None = None, part: str = "") -> Telemetry:
    """From now on every client of this process makes spans of what it sends.

    Args:
        settings: how and where to; without effect where a TracerProvider is set up already.
        part: which of the processes that bear the same service name this is.
    """
    provider: Any = trace.get_tracer_provider()
    delivery = None
    if isinstance(provider, trace.ProxyTracerProvider):  # nobody has set up one
        provider, delivery = _provider(settings or {}, part)
        trace.set_tracer_provider(provider)
    telemetry = Telemetry(provider.get_tracer("herdsman"), provider, delivery)
    tracing.producer = Producer(telemetry.tracer)
    return telemetry


def _provider(settings: Settings, part: str) -> "tuple[TracerProvider, Delivery | None]":
    host = socket.gethostname()
    attributes: dict[str, Any] = {"host.name": host, "process.pid": os.getpid()}
    if part:
        attributes["service.instance.id"] = f"{host}/{part}"
    if not os.environ.get("OTEL_SERVICE_NAME") and "service.name=" not in os.environ.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    ):
        attributes[SERVICE_NAME] = settings.get("service_name", "herdsman")
    sampler: Sampler | None = None  # the library asks the environment then
    if not os.environ.get("OTEL_TRACES_SAMPLER"):
        sampler = ParentBasedTraceIdRatio(settings.get("sample", 1.0))
    provider = TracerProvider(sampler, Resource.create(attributes), shutdown_on_exit=False)
    if os.environ.get("OTEL_TRACES_EXPORTER", "otlp") == "none":
        return provider, None
    try:
        delivery = _delivery(settings)
        delay = None if os.environ.get("OTEL_BSP_SCHEDULE_DELAY") else EVERY
        provider.add_span_processor(BatchSpanProcessor(delivery, schedule_delay_millis=delay))
    except Exception:
        log.exception("spans cannot be sent; look at `tracing:` and at the OTEL_ variables of the environment")
        return provider, None
    return provider, delivery


def _delivery(settings: Settings) -> "Delivery":
    endpoint = None if _said(_ENDPOINTS) else traces_url(settings.get("endpoint", "http://127.0.0.1:4318"))
    headers = None if _said(_HEADERS) else dict(settings.get("headers", {})) or None
    return Delivery(OTLPSpanExporter(endpoint=endpoint, headers=headers), endpoint or _said(_ENDPOINTS))


def traces_url(endpoint: str) -> str:
    """Where a collector with this base takes traces; pure."""
    return endpoint if endpoint.endswith(PATH) else endpoint.rstrip("/") + PATH


def _said(names: Sequence[str]) -> str:
    return next((value for name in names if (value := os.environ.get(name))), "")


class Delivery(SpanExporter):
    """The library's exporter, but the log hears once that nobody takes the spans, and once that somebody does again."""

    def __init__(self, exporter: SpanExporter, where: str) -> None:
        self._exporter = exporter
        self._where = where
        self._lost = 0
        logging.getLogger(_LIBRARY).setLevel(logging.CRITICAL)  # it has a line or more for every attempt

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Sends them; what cannot be sent is dropped."""
        result = SpanExportResult.FAILURE
        try:
            result = self._exporter.export(spans)
        finally:
            self._note(len(spans), sent=result is SpanExportResult.SUCCESS)
        return result

    @property
    def away(self) -> bool:
        """Whether the last export failed."""
        return bool(self._lost)

    def _note(self, spans: int, *, sent: bool) -> None:
        if sent:
            if self._lost:
                log.info("%s takes traces again; %d spans were dropped meanwhile", self._where, self._lost)
            self._lost = 0
            return
        if not self._lost:
            log.warning("%s takes no traces: until it does, spans are dropped, and nothing waits for it", self._where)
        self._lost += spans

    def shutdown(self) -> None:
        """Sends nothing any more."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Nothing is kept here."""
        return self._exporter.force_flush(timeout_millis)
