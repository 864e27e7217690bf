"""Traces from the producer to the task, as W3C Trace Context says: a `traceparent` header on each job.

`propagate` is an enqueue middleware; `worker.tracing.traced` is its other half around the run. Neither needs a tracing
library: whoever has one reads and sets `current` with it. `engine.tracing.spans` does so for OpenTelemetry: it puts a
maker of spans into `producer`, and every client of the process then asks it about what it sends.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

import msgspec

from engine.jobs.new_job import NewJob

PARENT, STATE = "traceparent", "tracestate"
_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.{0,200})?", re.ASCII)
LONGEST_STATE = 512  # characters


class Trace(msgspec.Struct, frozen=True):
    """Where one is in a trace. Ids are lower-case hex; `state` is what other tracers passed along."""

    trace_id: str
    span_id: str
    flags: str = "01"
    state: str = ""

    @property
    def traceparent(self) -> str:
        """As it travels."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    def child(self) -> "Trace":
        """A new span of the same trace."""
        return Trace(self.trace_id, os.urandom(8).hex(), self.flags, self.state)

    def headers(self) -> dict[str, str]:
        """As headers of a job or a request."""
        return {PARENT: self.traceparent, **({STATE: self.state} if self.state else {})}


current: ContextVar[Trace | None] = ContextVar("herdsman_trace", default=None)
"""The trace that this thread or coroutine is in, if any."""


class Shipment(Protocol):
    """New jobs on their way to the store; `jobs` are the ones to be sent, with the trace in their headers."""

    jobs: Sequence[NewJob]

    def sent(self, ids: Sequence[str]) -> None:
        """They are there, under these ids."""

    def failed(self, error: BaseException) -> None:
        """They are not, or nobody knows."""


producer: Callable[[Sequence[NewJob], str], Shipment] | None = None
"""What makes a span of each sending, for jobs and the name of their flow (""); None: nobody traces, nothing is paid."""


@contextmanager
def shipping(jobs: Sequence[NewJob], flow: str = "") -> Iterator[Shipment]:
    """Around the sending of jobs. Whoever sends says so by `sent`; what it raises is noted.

    No context variable is touched, so it may stand in a generator that others drive.
    """
    shipment = producer(jobs, flow) if producer else _Untraced(jobs)
    try:
        yield shipment
    except BaseException as error:
        shipment.failed(error)
        raise


class _Untraced:
    def __init__(self, jobs: Sequence[NewJob]) -> None:
        self.jobs = jobs

    def sent(self, ids: Sequence[str]) -> None:
        pass

    def failed(self, error: BaseException) -> None:
        pass


def begin() -> Trace:
    """A new trace with its first span."""
    return Trace(os.urandom(16).hex(), os.urandom(8).hex())


def parse(parent: str | None, state: str | None = None) -> Trace | None:
    """The trace in these headers; None when there is none, or it is malformed (which the standard says to ignore)."""
    found = _FORM.fullmatch(parent.strip()) if parent else None
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or not trace_id.strip("0") or not span_id.strip("0"):
        return None
    kept = state.strip() if state and state.isascii() and state.isprintable() else ""
    return Trace(trace_id, span_id, flags, kept if len(kept) <= LONGEST_STATE else "")


def propagate(job: NewJob) -> NewJob:
    """For `Client(middleware=[propagate])`: the job carries on the trace that its producer is in, or begins one.

    A job that has a `traceparent` already keeps it.
    """
    if job.headers and PARENT in job.headers:
        return job
    trace = current.get() or begin()
    return msgspec.structs.replace(job, headers={**(job.headers or {}), **trace.headers()})
