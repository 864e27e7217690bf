"""The trace of a job around its run: ``middleware(traced)`` in a module of tasks."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from engine import tracing
from worker.context import JobContext


@contextmanager
def traced(job: JobContext) -> Iterator[None]:
    """While the task runs, ``engine.tracing.current`` is a new span of the trace that the job came with.

    What the task enqueues by a client with ``propagate`` belongs to the same trace. A job without one begins one.
    """
    came = tracing.parse(job.headers.get(tracing.PARENT), job.headers.get(tracing.STATE))
    span = came.child() if came else tracing.begin()
    before = tracing.current.set(span)
    logging.getLogger(__name__).debug("job %s (%s): trace %s, span %s", job.id, job.type, span.trace_id, span.span_id)
    try:
        yield
    finally:
        tracing.current.reset(before)
