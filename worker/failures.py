"""From what a task raised to what is said of it in the store."""

import asyncio
from typing import NamedTuple

from engine import JobError
from engine.claims import Claimed
from engine.payload import Options
from worker.binding import ArgumentsError
from worker.executor import ResultError
from worker.outcome import Bury, Retry, decide, describe
from worker.plans import Plan, UnknownTask
from worker.soft_timeout import SoftTimeout

UNKNOWN_DELAY = 30.0  # s: until then a worker that knows the task may have come


class Failure(NamedTuple):
    """One attempt that failed: whose lease, what of, what next, and whether it counts as an attempt."""

    lease: str
    error: JobError
    verdict: Retry | Bury
    charge: bool


def failure_of(job: Claimed, lease: str, plan: Plan, options: Options, error: BaseException) -> Failure:
    """What follows from ``error``, raised by the attempt at ``job``."""
    if isinstance(error, UnknownTask):
        return _unknown(job, lease)
    kind, message, trace = describe(error)
    if isinstance(error, ArgumentsError):
        return Failure(lease, JobError(kind, message, "", "undecodable"), Bury(), charge=True)
    if isinstance(error, ResultError):
        return Failure(lease, JobError(kind, message, "", "unstorable result"), Bury(), charge=True)
    cause = "exception"
    if isinstance(error, SoftTimeout):
        cause = "timeout"
    elif isinstance(error, SystemExit):
        message = f"the task called exit({error.code!r}); it ends the attempt, not the worker"
    elif isinstance(error, asyncio.CancelledError):
        message = message or "the task's coroutine was cancelled from inside"
    verdict = decide(plan.policy, job.attempts, retries=options.r)
    return Failure(lease, JobError(kind, message, trace, cause), verdict, charge=True)


def _unknown(job: Claimed, lease: str) -> Failure:
    message = (
        f"no task named {job.type!r} is known to the worker that claimed this job from queue {job.queue!r}: "
        "it waits for one that knows it; check `tasks:` of the pool, and the name in @task"
    )
    error = JobError("UnknownTask", message, "", "unknown task")
    return Failure(lease, error, Retry(UNKNOWN_DELAY), charge=False)
