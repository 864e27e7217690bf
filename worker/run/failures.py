"""From what a task raised to what is said of it in the store."""

import asyncio
from typing import NamedTuple

from engine import JobError
from engine.payloads.payload import Options
from engine.store.claims import Claimed
from worker.run.cancelled import Cancelled
from worker.run.context import told
from worker.run.lateness import Expired, RetriesOver
from worker.run.outcome import Again, Bury, Drop, Park, decide, describe
from worker.run.packing import ResultError
from worker.run.plans import Plan, UnknownTask, UnknownVersion
from worker.run.soft_timeout import SoftTimeout
from worker.run.wishes import Discard, Retry, Snooze
from worker.tasks.binding import ArgumentsError, UnreadableError

UNKNOWN_DELAY = 30.0  # s: until then a worker with newer code may have come
KEPT_AT_LEAST = 60.0  # s: a cancelled job's reason can be read for so long, even in queues that keep no results


class Failure(NamedTuple):
    """One attempt that failed: whose lease, what of (None: as before), what next, whether it counts as an attempt."""

    lease: str
    error: JobError | None
    verdict: Again | Bury | Drop | Park
    charge: bool


def failure_of(
    job: Claimed, lease: str, plan: Plan, options: Options, error: BaseException, now_ms: int = 0
) -> Failure:
    """What follows from ``error``, raised by the attempt at ``job``; now_ms: the store's clock."""
    said = _without_fault(job, lease, plan, options, error)
    if said is not None:
        return said
    kind, message, trace = describe(error)
    if isinstance(error, UnreadableError):
        return Failure(lease, JobError(kind, message, "", error.cause), Bury(), charge=False)
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
    asked = isinstance(error, Retry)
    verdict: Again | Bury = Bury()
    if asked or plan.policy.tries_again(error):
        after = error.after if isinstance(error, Retry) else None
        verdict = decide(plan.policy, job.attempts, retries=options.r, age=(now_ms - job.ms) / 1000, after=after)
    return Failure(lease, JobError(kind, message, trace, "retry" if asked else cause), verdict, charge=True)


def outcome_of(failure: Failure) -> str:
    """What the metrics call it."""
    match failure.verdict:
        case Again():
            return "retried" if failure.charge else "released"
        case Park():
            return "released"
        case Drop():
            cause = failure.error.cause if failure.error else ""
            return cause if cause in ("discarded", "expired") else "cancelled"
    return "dead"


def _without_fault(job: Claimed, lease: str, plan: Plan, options: Options, error: BaseException) -> Failure | None:
    """What follows when nothing went wrong; None when something did."""
    if isinstance(error, asyncio.CancelledError) and job.token in told:
        error = Cancelled("the job was cancelled")
    drop, said = Drop(max(plan.ttl, options.k or 0.0, KEPT_AT_LEAST)), str(error)
    match error:
        case UnknownVersion():
            waiting = JobError("UnknownVersion", said, "", "unknown version")
            found = Failure(lease, waiting, Again(UNKNOWN_DELAY), charge=False)
        case UnknownTask():
            found = _unknown(job, lease)
        case Cancelled():
            found = Failure(lease, JobError("Cancelled", said, "", "cancelled"), drop, charge=False)
        case Discard():
            found = Failure(lease, JobError("Discard", said, "", "discarded"), drop, charge=True)
        case Expired():
            found = Failure(lease, JobError("Expired", said, "", "expired"), drop, charge=False)
        case Snooze():
            reason = JobError("Snooze", error.reason, "", "snoozed") if error.reason else None
            found = Failure(lease, reason, Again(error.after), charge=False)
        case RetriesOver():
            found = Failure(lease, None, Bury(), charge=False)
        case _:
            return None
    return found


def _unknown(job: Claimed, lease: str) -> Failure:
    message = (
        f"no task named {job.type!r} is known to the worker that claimed this job from queue {job.queue!r}: "
        "it waits for one that knows it; check `tasks:` of the pool, and the name in @task"
    )
    error = JobError("UnknownTask", message, "", "unknown task")
    return Failure(lease, error, Park(), charge=False)
