"""Spans kept in memory, by a tracer that is not the process's own."""

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from engine.tracing import tracing
from engine.tracing.producer import Producer


class Kept:
    """What was ended so far. `tracer` makes spans that come here."""

    def __init__(self, **provider: Any) -> None:
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider(shutdown_on_exit=False, **provider)
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer = self.provider.get_tracer("test")

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())

    def named(self, name: str) -> ReadableSpan:
        """The one span of that name."""
        [found] = [span for span in self.spans if span.name == name]
        return found


def parent_of(span: ReadableSpan) -> str:
    """The id of its parent, "" for a root."""
    return f"{span.parent.span_id:016x}" if span.parent else ""


def id_of(span: ReadableSpan) -> str:
    """Its own id."""
    return f"{span.context.span_id:016x}"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """Spans of this process's clients."""
    made = Kept()
    monkeypatch.setattr(tracing, "producer", Producer(made.tracer))
    yield made
    made.provider.shutdown()
