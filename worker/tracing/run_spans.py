"""CONSUMER spans: one for each run of a job, and one for the wait before it. Imported only when ``tracing:`` is on.

    enqueue TYPE (producer, whose context is in the job's headers)
    |- wait QUEUE
    |- process TYPE     an attempt that failed
    |- wait QUEUE
    '- process TYPE     the next, linked to the one before, whose context the retry has put into the job's options

A run's span is begun by ``layer`` around the task, and ended by the ledger, which knows what became of the attempt.
Nothing here may fail a job: what goes wrong is logged, once, and the job runs untraced.
"""

import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, Tracer

from engine import JobError
from engine.clients.engine import Engine
from engine.payloads.payload import NO_OPTIONS, decode_options
from engine.store.claims import Claimed
from engine.tracing import spans, tracing
from engine.tracing.producer import context_of, of_headers, record, span_context, trace_of
from worker.processes.posting import Posting
from worker.run.cancelled import Cancelled
from worker.run.context import JobContext, running
from worker.run.ledger import Ledger
from worker.run.patience import Patience
from worker.run.plans import Plans
from worker.run.soft_timeout import SoftTimeout
from worker.tracing.traced_ledger import TracedLedger

log = logging.getLogger(__name__)
_MS = 1_000_000  # ns
_FAILED = frozenset({"retried", "dead"})


class _Open:
    """A run's span that was begun; ``ended_ns``: wall clock, 0 while the task runs."""

    __slots__ = ("ended_ns", "span")

    def __init__(self, span: Span) -> None:
        self.span = span
        self.ended_ns = 0


class Runs:
    """The spans of one worker's runs. Made before the fork; ``begin`` is called after it."""

    def __init__(self) -> None:
        self._open: dict[int, _Open] = {}  # by token
        self._tracer: Tracer = trace.NoOpTracer()
        self._telemetry: spans.Telemetry | None = None
        self._plans: Plans | None = None
        self._complained = False
        self._patience = spans.FLUSH_WITHIN

    def begin(self, posting: Posting, rank: int) -> None:
        """Start the exporter, unless the tasks have set up a TracerProvider of their own; after ``on_start``."""
        self._patience = min(spans.FLUSH_WITHIN, posting.pool.drain_timeout / 4)
        self._telemetry = spans.install(posting.config.tracing.settings(), f"{posting.pool.name}.{rank}")
        self._tracer = self._telemetry.tracer

    def flush(self) -> None:
        """Send the last spans, for at most a second: a collector that does not answer holds no worker up."""
        if self._telemetry:
            self._telemetry.flush(self._patience)

    def ledger(
        self, engine: Engine, plans: Plans, patience: Patience, skip: set[str], note: Callable[[str], None]
    ) -> Ledger:
        """A ledger that ends the spans; arguments as for ``Ledger``."""
        self._plans = plans
        return TracedLedger(self.ended, engine, plans, patience, skip, note)

    def layer(self, job: JobContext) -> "_Around":
        """Middleware, the outermost: around the task its span is the current one."""
        return _Around(self, job)

    def entered(self) -> tuple[Any, Any] | None:
        """Begin the span of the job that runs here and make it the current one; what ``left`` wants to know."""
        try:
            found = running.get()
            job: Any = found[0] if found else None
            span = self._start(job, time.time_ns())
            self._open[job.token] = _Open(span)
            made = span.get_span_context()
            here = trace_of(made) if made.is_valid else None
            return context.attach(trace.set_span_in_context(span, Context())), tracing.current.set(here)
        except (SoftTimeout, Cancelled):
            raise  # the task's time was up before it began
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is no fault of the job's
            self._complain(problem)
            return None

    def left(self, token: int, before: tuple[Any, Any] | None) -> None:
        """The task has returned or raised; whatever is current then, is so no more."""
        if before is None:
            return
        found = self._open.get(token)
        if found:
            found.ended_ns = time.time_ns()
        tracing.current.reset(before[1])
        context.detach(before[0])

    def ended(self, job: Claimed, outcome: str, error: JobError | None = None) -> str:
        """The attempt is over; the traceparent of its span, "" when there is none."""
        try:
            found = self._open.pop(job.token, None)
            span = found.span if found else self._start(job, time.time_ns())  # it did not get as far as the task
            if span.is_recording():
                _conclude(span, outcome, error)
            span.end(found.ended_ns or None if found else None)
            made = span.get_span_context()
            return trace_of(made).traceparent if made.is_valid else ""
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is no fault of the job's
            self._complain(problem)
            return ""

    def _start(self, job: Claimed, at_ns: int) -> Span:
        options = decode_options(job.options) if job.options else NO_OPTIONS
        before = tracing.parse(options.tp)
        came = of_headers(options.h)
        above = came or before
        parent = context_of(above) if above else Context()
        since = self._waited_since(job, at_ns, again=before is not None)
        span = self._tracer.start_span(
            f"process {job.type}",
            parent,
            SpanKind.CONSUMER,
            {**_about(job), "herdsman.job.wait_ms": (at_ns - since) // _MS},
            links=[Link(span_context(before))] if before else None,
            start_time=at_ns,
        )
        if above and span.is_recording():
            self._wait(job, parent, since, at_ns)
        return span

    def _wait(self, job: Claimed, parent: Context, since: int, until: int) -> None:
        about = {
            "messaging.system": "herdsman",
            "messaging.destination.name": job.queue,
            "messaging.message.id": job.id,
        }
        span = self._tracer.start_span(f"wait {job.queue}", parent, SpanKind.INTERNAL, about, start_time=since)
        ready = since + (job.ready_ms - job.ms) * _MS
        if since < ready < until and not job.attempts and not job.crashes:
            span.add_event("ready", timestamp=ready)  # its delay was over, or those that it waited for had ended
        span.end(until)

    def _waited_since(self, job: Claimed, at_ns: int, *, again: bool) -> int:
        """From when the job waited, by this host's clock: since it was enqueued, or was to run again."""
        if self._plans is None:
            return at_ns
        then = job.ready_ms if again or job.attempts or job.crashes else job.ms
        return min(at_ns, at_ns - (self._plans.store_ms(time.monotonic_ns()) - then) * _MS)

    def _complain(self, problem: Exception) -> None:
        if not self._complained:
            log.error("tracing failed; jobs run on, and this is said once", exc_info=problem)
        self._complained = True


class _Around:
    """One run, from before the task to after it."""

    __slots__ = ("_before", "_runs", "_token")

    def __init__(self, runs: Runs, job: JobContext) -> None:
        self._runs = runs
        self._token = job.token
        self._before: tuple[Any, Any] | None = None

    def __enter__(self) -> None:
        self._before = self._runs.entered()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._runs.left(self._token, self._before)


def _about(job: Claimed) -> dict[str, Any]:
    return {
        "messaging.system": "herdsman",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": job.queue,
        "messaging.message.id": job.id,
        "herdsman.job.type": job.type,
        "herdsman.job.attempt": job.attempts + 1,
        "herdsman.job.crashes": job.crashes,
    }


def _conclude(span: Span, outcome: str, error: JobError | None) -> None:
    span.set_attribute("herdsman.job.outcome", outcome)
    if outcome not in _FAILED:
        if error:
            span.set_attribute("herdsman.job.reason", error.type)  # put off, cancelled, not for this worker
    elif error:
        record(span, error.type, error.message)
    else:
        span.set_status(Status(StatusCode.ERROR, "no retry is left"))
