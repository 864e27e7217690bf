"""The trace of a job around its run: ``middleware(traced)`` in a module of tasks; or OpenTelemetry's, when it is on."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.tracing import tracing
from worker.run.context import JobContext

if TYPE_CHECKING:
    from config import Config
    from worker.tracing.run_spans import Runs


@contextmanager
def traced(job: JobContext) -> Iterator[None]:
    """While the task runs, ``engine.tracing.tracing.current`` is a new span of the trace that the job came with.

    What the task enqueues by a client with ``propagate`` belongs to the same trace. A job without one begins one. Where
    ``tracing:`` is on, the span of the run is the current one already, and this does nothing.
    """
    if tracing.producer is not None:
        yield
        return
    came = tracing.parse(job.headers.get(tracing.PARENT), job.headers.get(tracing.STATE))
    span = came.child() if came else tracing.begin()
    before = tracing.current.set(span)
    logging.getLogger(__name__).debug("job %s (%s): trace %s, span %s", job.id, job.type, span.trace_id, span.span_id)
    try:
        yield
    finally:
        tracing.current.reset(before)


def consumer(config: "Config") -> "Runs | None":
    """What makes the spans of runs, None when ``tracing:`` is off: then nothing of OpenTelemetry is loaded.

    A zygote calls it before it forks, so that what is loaded is shared; no thread is started.
    """
    if not config.tracing.enabled:
        return None
    from worker.tracing.run_spans import Runs  # it takes a quarter of a second, and 20 MB

    return Runs()
