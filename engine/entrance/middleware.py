"""Middleware around enqueueing: functions that see each new job of a client, and may change or refuse it."""

from collections.abc import Callable, Sequence
from typing import Any

from engine.jobs.new_job import NewJob

EnqueueMiddleware = Callable[[NewJob], NewJob]
"""Gives the job that is to be enqueued in place of the one it gets (see `msgspec.structs.replace`), or raises.

It runs once for each job, before anything is sent, in the caller's thread or on its event loop: it must not block.
"""


def through(chain: Sequence[EnqueueMiddleware], job: NewJob) -> NewJob:
    """The job as the last of the chain leaves it.

    Raises:
        TypeError: one of them gave back no job.
    """
    for step in chain:
        left: Any = step(job)
        if not isinstance(left, NewJob):
            name = getattr(step, "__qualname__", repr(step))
            raise TypeError(f"the middleware {name} returned {type(left).__name__}: it must return the job")
        job = left
    return job
