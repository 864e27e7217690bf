"""PRODUCER spans: one for each sending, around its way to the store; its context travels in the jobs' headers.

Many jobs that are sent together have one span for all, so a thousand cost what one does.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    TraceState,
)

from engine.jobs.headers import checked
from engine.jobs.new_job import NewJob
from engine.tracing import tracing
from engine.tracing.tracing import Trace

LONGEST_MESSAGE = 1000  # characters of an error's message in a span


class Producer:
    """Makes the spans; stands in `tracing.producer`."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def __call__(self, jobs: Sequence[NewJob], flow: str = "") -> "Sending":
        """The span of this sending, begun, and the jobs with its context."""
        here = trace.get_current_span().get_span_context()
        own = of_headers(jobs[0].headers) if len(jobs) == 1 else None
        parent = own or (None if here.is_valid else tracing.current.get())
        span = self._tracer.start_span(
            f"enqueue {_what(jobs, flow)}",
            context_of(parent) if parent else None,
            SpanKind.PRODUCER,
            _attributes(jobs, flow),
        )
        made = span.get_span_context()
        if not made.is_valid:  # nobody records, and there is no trace to be in
            return Sending(span, jobs)
        above = {here.span_id, int(parent.span_id, 16) if parent else 0}
        return Sending(span, [_carrying(job, trace_of(made), above) for job in jobs])


class Sending:
    """One span, until the store has the jobs; see `tracing.Shipment`."""

    def __init__(self, span: Span, jobs: Sequence[NewJob]) -> None:
        self._span = span
        self.jobs = jobs

    def sent(self, ids: Sequence[str]) -> None:
        """They are there."""
        if len(ids) == 1 and self._span.is_recording():
            self._span.set_attribute("messaging.message.id", ids[0])
        self._span.end()

    def failed(self, error: BaseException) -> None:
        """They are not; or whoever sent them does not wait for the answer."""
        if not isinstance(error, GeneratorExit):
            record(self._span, type(error).__name__, str(error))
        self._span.end()


def record(span: Span, kind: str, message: str) -> None:
    """Notes an error by its type and message. No traceback: it stands in the job's record."""
    if not span.is_recording():
        return
    said = message[:LONGEST_MESSAGE]
    span.set_attribute("error.type", kind)
    span.add_event("exception", {"exception.type": kind, "exception.message": said})
    span.set_status(Status(StatusCode.ERROR, f"{kind}: {said}" if said else kind))


def trace_of(context: SpanContext) -> Trace:
    """A span's context as it travels."""
    state = context.trace_state.to_header()
    kept = state if len(state) <= tracing.LONGEST_STATE else ""
    return Trace(f"{context.trace_id:032x}", f"{context.span_id:016x}", f"{context.trace_flags:02x}", kept)


def of_headers(headers: Mapping[str, str] | None) -> Trace | None:
    """The trace that these headers name, None when they name none."""
    return tracing.parse(headers.get(tracing.PARENT), headers.get(tracing.STATE)) if headers else None


def context_of(parent: Trace) -> Context:
    """A context in which that span, of another process, is the current one."""
    return trace.set_span_in_context(NonRecordingSpan(span_context(parent)))


def span_context(parent: Trace) -> SpanContext:
    """The same as OpenTelemetry says it."""
    state = TraceState.from_header([parent.state]) if parent.state else None
    flags = TraceFlags(int(parent.flags, 16))
    return SpanContext(
        int(parent.trace_id, 16), int(parent.span_id, 16), is_remote=True, trace_flags=flags, trace_state=state
    )


def _carrying(job: NewJob, made: Trace, above: set[int]) -> NewJob:
    """The job with this span in its headers; one that names another span than those above it stays under that."""
    named = of_headers(job.headers)
    if named and int(named.span_id, 16) not in above:
        return job
    kept = {name: value for name, value in (job.headers or {}).items() if name not in (tracing.PARENT, tracing.STATE)}
    headers = {**kept, **made.headers()}
    try:
        checked(headers)
    except ValueError:  # too long, or wrong anyway, which whoever sends it will be told: that is not for us to cause
        return job
    return msgspec.structs.replace(job, headers=headers)


def _what(jobs: Sequence[NewJob], flow: str) -> str:
    types = {job.type for job in jobs}
    return "flow" if flow else types.pop() if len(types) == 1 else "jobs"


def _attributes(jobs: Sequence[NewJob], flow: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "messaging.system": "herdsman",
        "messaging.operation.name": "enqueue",
        "messaging.operation.type": "send",
    }
    queues, types = {job.queue for job in jobs}, {job.type for job in jobs}
    if len(queues) == 1 and (queue := queues.pop()):
        found["messaging.destination.name"] = queue
    if len(types) == 1:
        found["herdsman.job.type"] = types.pop()
    if len(jobs) > 1 or flow:
        found["messaging.batch.message_count"] = len(jobs)
    if flow:
        found["herdsman.flow.name"] = flow
    return found
