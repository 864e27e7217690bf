"""`why ID`: gathers what there is to know of a job that is not running; `reasons.py` says what follows from it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from engine.asking.peek import HELD
from engine.asking.questions import find, workers
from engine.asking.reasons import Facts, Why, explain
from engine.asking.standing import standing
from engine.errors import JobNotFound
from engine.jobs.states import JobState
from engine.store.calls import Call
from engine.store.question import Question

if TYPE_CHECKING:
    from engine.jobs.job import WorkerInfo

COUNTED = 10_000  # jobs before one in its lane, at most
ASKED = 100  # workers who are asked whether they know the type, at most
SILENT_AFTER = 15.0  # s without a beat after which a worker counts as lost; keepers tell of theirs every second


def why(base: str, job_id: str) -> Question[Why]:
    """Why the job is not running.

    Raises:
        JobNotFound: no such id was ever issued.
    """
    job = yield from find(base, job_id)
    if job is None:
        raise JobNotFound(f"no job {job_id!r} was ever issued in this namespace")
    seconds, micros = yield ("TIME",)
    facts = Facts(job=job, now=int(seconds) + int(micros) / 1e6)
    if job.state == JobState.SCHEDULED:
        held = yield ("ZSCORE", f"{base}:scheduled", job_id)
        facts = msgspec.structs.replace(facts, held=bool(held) and float(held) / 1000 >= HELD)
    elif job.state in (JobState.PENDING, JobState.PROCESSING):
        facts = yield from _about_workers(base, facts)
    if job.state == JobState.PENDING:
        paused_now = yield ("SISMEMBER", f"{base}:paused", job.queue)
        ahead, more = yield Call("ahead", [job_id, COUNTED], _counted)
        facts = msgspec.structs.replace(
            facts,
            paused=bool(paused_now),
            standing=(yield from standing(base, job)),
            ahead=ahead if ahead >= 0 else None,
            more=bool(more),
        )
    return explain(facts)


def _about_workers(base: str, facts: Facts) -> Question[Facts]:
    known = yield from workers(base)
    live = [one for one in known if one.beat_at > facts.now - SILENT_AFTER]
    serving = [one for one in live if not one.queues or facts.job.queue in one.queues]
    knowing: list[WorkerInfo] = []
    for one in serving[:ASKED]:
        knows = yield ("HEXISTS", f"{base}:knows:{one.incarnation}", facts.job.type)
        knowing += [one] if knows else []
    return msgspec.structs.replace(facts, live=len(live), serving=serving, knowing=knowing)


def _counted(reply: Sequence[Any]) -> tuple[int, int]:
    return int(reply[0]), int(reply[1])
