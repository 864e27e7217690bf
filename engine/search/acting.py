"""Acting on all that a query means, chunk by chunk: cancel what has not started, retry or delete what is dead. Each job
is moved by the script that moves one by hand, so that what has gone on meanwhile is left alone. Pure.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from engine.dead.deaths import drop, requeue
from engine.jobs.job import Job
from engine.jobs.states import JobState
from engine.search.query import Query, QueryError, Term, Value
from engine.store import calls
from engine.store.calls import Call

CHUNK = 500
"""Jobs that one chunk acts on, at most."""

KEPT = 3600.0  # seconds for which a cancelled job's record stays


class Act(StrEnum):
    """What is to be done."""

    CANCEL = "cancel"
    RETRY = "retry"
    DELETE = "delete"


_STATES = {
    Act.CANCEL: (JobState.PENDING, JobState.SCHEDULED),
    Act.RETRY: (JobState.DEAD,),
    Act.DELETE: (JobState.DEAD,),
}


def meant(act: Act, query: Query) -> Query:
    """The query, and that a job stands where the act can be done to it.

    Raises:
        QueryError: it says nothing: all there are must be meant in so many words, like `state:dead`.
    """
    if not query.terms:
        raise QueryError("", 0, f"say which jobs, or state:{_STATES[act][0].value} for all of them")
    states = tuple(Value(state.value) for state in _STATES[act])
    return Query((*query.terms, Term(field="state", values=states)))


def until(jobs: Sequence[Job], moment: float) -> list[str]:
    """Those that were there at that time (epoch seconds, the store's): a walk that acts must not meet its own jobs."""
    return [job.id for job in jobs if (job.finished_at or job.enqueued_at) <= moment]


def moves(act: Act, ids: Sequence[str]) -> list[Call[Any]]:
    """The calls that do it, none of them long; what `moved` makes of their answers is how many jobs that were."""
    if not ids:
        return []
    match act:
        case Act.CANCEL:
            return [calls.cancel(one, KEPT, running=False) for one in ids]
        case Act.RETRY:
            return [requeue(ids)]
    return [drop(ids)]


def moved(answer: Any) -> int:
    """How many jobs an answer to one of `moves` says were moved."""
    return int(answer == "cancelled") if isinstance(answer, str) else sum(answer)
