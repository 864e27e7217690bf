"""How new jobs get in: plain ones by `enqueue`, many in a script; those on which something hangs, or that may stand
already, by `submit`, or with others by `submit_many`. Which types are of the second kind the store says (traits `cache`
and `unique`).
"""

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from engine.entrance.again import like
from engine.entrance.carrier import Carrier
from engine.entrance.durable import durably
from engine.entrance.enqueue import CHUNK, Detour, enqueue, enqueue_pairs
from engine.entrance.submit import Accepted, is_special, offer
from engine.entrance.submit_many import Mixed, Taken, digest_of, submit_many
from engine.errors import EngineError, StoreDown
from engine.jobs.new_job import Durable, NewJob
from engine.store.question import Question
from engine.tracing import tracing

REMEMBERED = 60.0  # seconds for which what the store said of a type counts


Outcome = Accepted | Exception  # of one job among several: what it raised, had it come alone


class _Known(NamedTuple):
    unique: Any
    until: float


class Entrance:
    """One for each client; knows the types that the store wants submitted. Safe in threads: each change is one write.

    Args:
        base: of the namespace's keys. carrier: what the client does to each job on its way out.
        clock: monotonic seconds.
    """

    def __init__(self, base: str, carrier: Carrier, clock: Callable[[], float] = time.monotonic) -> None:
        self._base = base
        self._carrier = carrier
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def accept(self, job: NewJob, *, durable: bool | Durable) -> Question[Accepted]:
        """One job -> its id, and whether it is new; `durable`: once it is safe."""
        job = self._carrier.outgoing(job)
        work = self.one(job) if tracing.producer is None else self._traced(job)
        return (yield from (durably(self._base, work, durable, lambda accepted: [accepted.id]) if durable else work))

    def accept_all(
        self, jobs: Iterable[NewJob | tuple[str, Any]], queue: str | None, *, durable: bool | Durable
    ) -> Question[list[str]]:
        """Many jobs, `CHUNK` at a time -> their ids in order; `queue` for those that name none."""
        ids: list[str] = []
        rest = iter(jobs)
        while chunk := list(islice(rest, CHUNK)):
            work = self._chunk(chunk, queue, len(ids))
            ids += yield from (durably(self._base, work, durable, list) if durable else work)
        return ids

    def accept_batch(
        self, jobs: Sequence[NewJob], *, durable: bool | Durable = False, key: str | None = None
    ) -> Question[Taken]:
        """All of these in one script, whole or not at all; those that are not plain behind the others.

        Args:
            key: the same one within a day gives the same answer, and adds nothing.

        Raises:
            UniqueConflict, IdempotencyConflict: one of them (`at`) is refused, or the key was used for others.
            ValueError, and as `accept`: nothing was enqueued, or as NotDurable says.
        """
        out = [self._carrier.outgoing(job) for job in jobs]
        about = digest_of(out) if key is not None else ""
        with tracing.shipping(out) as shipment:
            work = self._together(shipment.jobs, 0, key, about)
            taken = yield from (durably(self._base, work, durable, lambda taken: taken.ids) if durable else work)
            shipment.sent(taken.ids)
        return taken

    def check(self, job: NewJob) -> None:
        """Whether such a job could be sent at all, as far as is known here; nothing is asked.

        Raises:
            PayloadError, ValueError: it could not.
        """
        job = self._carrier.outgoing(job)
        if self._goes_apart(job):
            offer(self._as_its_type_says(job))
        else:
            enqueue([job])

    def accept_each(self, jobs: Sequence[NewJob]) -> Question[list[Outcome]]:
        """Jobs of as many callers, each with an outcome of its own; the plain ones share a script."""
        found: list[Outcome | NewJob] = [self._outgoing(job) for job in jobs]
        plain = [n for n, job in enumerate(found) if isinstance(job, NewJob) and not self._goes_apart(job)]
        try:
            reply = (yield enqueue([found[n] for n in plain])) if len(plain) > 1 else None  # type: ignore[misc]
        except StoreDown as error:
            return [job if isinstance(job, Exception) else error for job in found]
        except (EngineError, ValueError):
            reply = None  # one of them is to blame; each shall hear of its own
        if isinstance(reply, Detour):
            self._learn(reply)
        elif reply:
            for n, job_id in zip(plain, reply, strict=True):
                found[n] = Accepted(job_id, new=True)
        return (yield from self._one_by_one(found))

    def _one_by_one(self, found: Sequence[Outcome | NewJob]) -> Question[list[Outcome]]:
        """Those that are jobs still, each by itself; the store is not asked again once it was away."""
        outcomes: list[Outcome] = []
        away: StoreDown | None = None
        for job in found:
            if not isinstance(job, NewJob):
                outcomes.append(job)
                continue
            try:
                outcomes.append(away or (yield from self.one(job)))
            except (EngineError, ValueError) as error:
                away = error if isinstance(error, StoreDown) else away
                outcomes.append(error)
        return outcomes

    def _outgoing(self, job: NewJob) -> NewJob | Exception:
        try:
            return self._carrier.outgoing(job)
        except (EngineError, ValueError) as error:
            return error

    def _goes_apart(self, job: NewJob) -> bool:
        return is_special(job) or self._knows(job.type)

    def _chunk(self, jobs: Sequence[NewJob | tuple[str, Any]], queue: str | None, before: int) -> Question[list[str]]:
        if not self._known and not self._carrier.changes and tracing.producer is None:
            pairs = [job for job in jobs if not isinstance(job, NewJob) and len(job) == 2]  # noqa: PLR2004 - type, data
            if len(pairs) == len(jobs):
                reply = yield enqueue_pairs(pairs, queue)
                if not isinstance(reply, Detour):
                    return list(reply)
                self._learn(reply)
        with tracing.shipping(self._carrier.all_outgoing([as_new(job, queue) for job in jobs])) as shipment:
            ids = (yield from self._together(shipment.jobs, before)).ids
            shipment.sent(ids)
        return ids

    def _traced(self, job: NewJob) -> Question[Accepted]:
        with tracing.shipping([job]) as shipment:
            accepted = yield from self.one(shipment.jobs[0])
            shipment.sent([accepted.id])
        return accepted

    def again(self, job_id: str) -> Question[Accepted]:
        """A new job just like that one (engine/entrance/again.py). Raises JobNotFound, PayloadGone, and as `accept`."""
        return (yield from self.one((yield from like(job_id))))

    def one(self, job: NewJob) -> Question[Accepted]:
        """One job -> its id, and whether it is new."""
        if not is_special(job) and not self._knows(job.type):
            reply = yield enqueue([job])
            if not isinstance(reply, Detour):
                return Accepted(reply[0], new=True)
            self._learn(reply)
        return (yield from self._apart(job))

    def _together(
        self, jobs: Sequence[NewJob], before: int, key: str | None = None, about: str = ""
    ) -> Question[Taken]:
        """All of these or none; `before`: how many jobs of the call went before them; key, about: see `submit_many`."""
        while True:
            apart = self._apart_of(jobs)
            if not apart and key is None:
                reply = yield enqueue(jobs)
                if not isinstance(reply, Detour):
                    return Taken(reply, len(reply))
            else:
                reply = yield submit_many(self._mixed(jobs, apart or [False] * len(jobs)), before, key, about)
                if not isinstance(reply, Detour):
                    taken: Taken = reply
                    return taken
            self._learn(reply)

    def _mixed(self, jobs: Sequence[NewJob], apart: Sequence[bool]) -> Mixed:
        places = [n for n, alone in enumerate(apart) if alone]
        return Mixed(
            plain=[job for job, alone in zip(jobs, apart, strict=True) if not alone],
            apart=[self._as_its_type_says(jobs[n]) for n in places],
            places=places,
            ask=[not self._knows(jobs[n].type) for n in places],
        )

    def _apart_of(self, jobs: Sequence[NewJob]) -> list[bool]:
        """Which of these are not plain; [] = none is."""
        if self._known:
            apart = [self._goes_apart(job) for job in jobs]
            return apart if any(apart) else []
        return [is_special(job) for job in jobs] if any(map(is_special, jobs)) else []

    def _apart(self, job: NewJob) -> Question[Accepted]:
        answer = yield offer(self._as_its_type_says(job), ask=not self._knows(job.type))
        if isinstance(answer, Detour):
            self._learn(answer)
            answer = yield offer(self._as_its_type_says(job))
        accepted: Accepted = answer
        return accepted

    def _knows(self, type: str) -> bool:
        known = self._known.get(type) if self._known else None
        return known is not None and known.until > self._clock()

    def _learn(self, told: Detour) -> None:
        until = self._clock() + REMEMBERED
        for name, traits in told.traits.items():
            self._known[name] = _Known(msgspec.json.decode(traits).get("unique"), until)

    def _as_its_type_says(self, job: NewJob) -> NewJob:
        known = self._known.get(job.type)
        if known is None or known.unique is None or job.unique is not None or not self._knows(job.type):
            return job
        return msgspec.structs.replace(job, unique=known.unique)


def as_new(job: NewJob | tuple[str, Any], queue: str | None) -> NewJob:
    """The job as a record, in `queue` when it names none itself."""
    if not isinstance(job, NewJob):
        return NewJob(*job, queue) if len(job) == 2 else NewJob(*job)  # noqa: PLR2004 - type and data
    if queue is None or job.queue is not None:
        return job
    return msgspec.structs.replace(job, queue=queue)
