"""What a query means for one job. Pure."""

import math
import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from engine import durations
from engine.dead.fingerprint import fingerprint
from engine.jobs.job import Job, WorkerInfo
from engine.jobs.states import JobState
from engine.payloads.envelope import Sealed
from engine.search.query import FIELDS, RETRYING, Kind, Query, Term
from engine.search.values import contains, leaves, said, same, shaped

_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, ":": operator.eq,
}  # fmt: skip
_CARRIED = {"payload": "data", "result": "result"}  # field -> attribute of a job that holds bytes of any make
_OF_WORKERS = frozenset({"worker", "pool", "host"})

Known = Mapping[str, str | float]
"""Some fields of a job, before it is read: names as they are ("" = it has none), times in seconds."""


class TooLong:
    """Stands for a payload or a result that is too long to be looked through."""


TOO_LONG = TooLong()


class Verdict(StrEnum):
    """Whether a job is meant; the last two: everything else fits, but what it carries cannot be looked through."""

    YES = "yes"
    NO = "no"
    SEALED = "encrypted"
    LONG = "too long"


class Around(NamedTuple):
    """What a job's record does not say: the store's time (epoch seconds), and the workers by incarnation."""

    now: float
    workers: Mapping[str, WorkerInfo] = {}


class Matcher:
    """A query at work.

    Attributes:
        fields: that it names.
        carried: whether it must look into payloads or results. of_workers: whether it must know the workers.
    """

    def __init__(self, query: Query) -> None:
        # Payloads last: what is told by a name need not be looked for in them.
        self._terms = sorted(query.terms, key=lambda term: term.field in _CARRIED or term.field == "text")
        self.fields = frozenset(term.field for term in self._terms)
        self.carried = bool(self.fields & {"payload", "result", "text"})
        self.of_workers = bool(self.fields & _OF_WORKERS)

    def wants(self, *fields: str) -> bool:
        """Whether it says anything of one of these."""
        return bool(self.fields.intersection(fields))

    def only(self, fields: Collection[str]) -> "Matcher":
        """The part of it that is about these fields."""
        return Matcher(Query(tuple(term for term in self._terms if term.field in fields)))

    def exact(self, field: str) -> list[str] | None:
        """The only values that a name can have, in their order; None where it may have others."""
        for term in self._terms:
            if term.field == field and not term.negated and not any(value.wild for value in term.values):
                return list(dict.fromkeys(value.text for value in term.values))
        return None

    def oldest(self) -> float:
        """Seconds of age that no job that is meant has passed; infinite when any age will do."""
        bounds = [
            durations.seconds(term.values[0].text)
            for term in self._terms
            if term.field == "age" and term.op in ("<", "<=") and not term.negated
        ]
        return min(bounds, default=math.inf)

    def could_be(self, known: Known) -> bool:
        """Whether a job of which so much is known may be meant."""
        return all(_told(term, known[term.field]) for term in self._terms if term.field in known)

    def must_be(self, known: Known) -> bool:
        """Whether every job of which so much is known is meant."""
        # Which of the scheduled ones are retrying is told by their attempts alone.
        guessed = known.get("state") == JobState.SCHEDULED and any(map(_of_retries, self._terms))
        return self.fields <= known.keys() and self.could_be(known) and not guessed

    def says(self, job: Job, around: Around) -> Verdict:
        """Whether this job is meant."""
        found = Verdict.YES
        for term in self._terms:
            one = _says(term, job, around)
            if one is Verdict.NO:
                return one
            found = one if found is Verdict.YES else found
        return found


def known(job: Job, around: Around) -> dict[str, str | float]:
    """What was known of a job before it was read, as it stands now."""
    return {
        "id": job.id, "type": job.type, "queue": job.queue, "state": job.state.value, "tenant": job.tenant or "",
        "priority": job.priority, "age": around.now - job.enqueued_at,
    }  # fmt: skip


def _told(term: Term, value: str | float) -> bool:
    if isinstance(value, float):
        return _fits(term, value) is not term.negated
    hit = value != "" and any(same(one, value) for one in term.values)
    if term.field == "state" and value == JobState.SCHEDULED and not term.negated:
        return hit or _of_retries(term)
    return hit is not term.negated


def _of_retries(term: Term) -> bool:
    return term.field == "state" and any(same(one, RETRYING) for one in term.values)


def _says(term: Term, job: Job, around: Around) -> Verdict:
    if term.field == "text":
        found = _somewhere(term, job)
    elif term.field in _CARRIED:
        found = _within(term, getattr(job, _CARRIED[term.field]))
    else:
        found = Verdict.YES if _plainly(term, job, around) else Verdict.NO
    if not term.negated:
        return found
    return {Verdict.YES: Verdict.NO, Verdict.NO: Verdict.YES}.get(found, found)


def _plainly(term: Term, job: Job, around: Around) -> bool:
    kind = FIELDS[term.field]
    if term.field == "header":
        return any(same(value, leaf) for leaf in leaves(job.headers, term.path) for value in term.values)
    if kind in (Kind.NUMBER, Kind.TIME):
        return _fits(term, _number(term.field, job, around.now))
    texts = _names(term.field, job, around)
    if kind is Kind.TEXT:
        return any(contains(value, text) for text in texts for value in term.values)
    return any(same(value, text) for text in texts for value in term.values)


def _fits(term: Term, number: float | None) -> bool:
    if number is None:
        return False
    read = durations.seconds if FIELDS[term.field] is Kind.TIME else float
    return any(_COMPARED[term.op](number, read(value.text)) for value in term.values)


def _number(field: str, job: Job, now: float) -> float | None:
    """Attempts and the like, or seconds; None where a job has no such time."""
    began, ended = job.started_at, job.finished_at
    match field:
        case "age":
            return now - job.enqueued_at
        case "run" if began is not None:
            until = now if job.state is JobState.PROCESSING else ended
            return None if until is None else until - began
        case "ended":
            return None if ended is None else now - ended
        case "due":
            return None if job.due_at is None else job.due_at - now
        case "attempts" | "crashes" | "releases":
            return float(getattr(job, field))
    return None


def _names(field: str, job: Job, around: Around) -> Iterable[str]:
    """What a job has for a field of names or texts: nothing, one, or several."""
    match field:
        case "state":
            retries = job.state is JobState.SCHEDULED and job.attempts > 0
            return (job.state.value, RETRYING) if retries else (job.state.value,)
        case "worker" | "pool" | "host":
            return _of_worker(field, job.worker, around)
        case "error":
            return (f"{job.error.type}: {job.error.message}",) if job.error else ()
        case "cause":
            return (job.error.cause,) if job.error else ()
        case "group":
            return (fingerprint(job.queue, job.type, job.error),) if job.state is JobState.DEAD else ()
    attribute = {"workflow": "flow", "key": "limit_key"}.get(field, field)
    value = getattr(job, attribute)
    return (value,) if value else ()


def _of_worker(field: str, incarnation: str | None, around: Around) -> Iterable[str]:
    if incarnation is None:
        return ()
    info = around.workers.get(incarnation)
    if field == "worker":
        return (incarnation, f"{info.pool}.{info.slot}") if info else (incarnation,)
    return (info.pool if field == "pool" else info.host,) if info else ()


def _within(term: Term, carried: Any) -> Verdict:
    """Whether a payload or a result has it."""
    if (cannot := _shut(carried)) is not None:
        return cannot
    if not term.path and term.op == ":":
        text = None if carried is None else said(carried)
        hit = text is not None and any(contains(value, text) for value in term.values)
    elif term.op == ":":
        hit = any(shaped(value, leaf) for leaf in leaves(carried, term.path) for value in term.values)
    else:
        found = (leaf for leaf in leaves(carried, term.path) if isinstance(leaf, int | float))
        hit = any(not isinstance(leaf, bool) and _fits(term, leaf) for leaf in found)
    return Verdict.YES if hit else Verdict.NO


def _somewhere(term: Term, job: Job) -> Verdict:
    """Whether a text is in the type, the error, the payload or the result."""
    texts = [job.type, *_names("error", job, Around(0.0))]
    if any(contains(value, text) for text in texts for value in term.values):
        return Verdict.YES
    inside = [_within(Term(field="payload", values=term.values), one) for one in (job.data, job.result)]
    return next((one for one in (Verdict.YES, Verdict.SEALED, Verdict.LONG) if one in inside), Verdict.NO)


def _shut(carried: Any) -> Verdict | None:
    if isinstance(carried, Sealed):
        return Verdict.SEALED
    return Verdict.LONG if isinstance(carried, TooLong) else None
