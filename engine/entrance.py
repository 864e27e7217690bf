"""How new jobs get in: plain ones by `enqueue`, many in a script; those on which something hangs, or that may stand
already, one by one by `submit`. Which types are of the second kind the store says (traits `cache` and `unique`).
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from engine.enqueue import Detour, enqueue
from engine.new_job import NewJob
from engine.questions import Question
from engine.submit import Accepted, is_special, offer

REMEMBERED = 60.0  # seconds for which what the store said of a type counts


class _Known(NamedTuple):
    unique: Any
    until: float


class Entrance:
    """One for each client; knows the types that the store wants submitted. Safe in threads: each change is one write.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def one(self, job: NewJob) -> Question[Accepted]:
        """One job -> its id, and whether it is new."""
        if not self._is_apart(job):
            reply = yield enqueue([job])
            if not isinstance(reply, Detour):
                return Accepted(reply[0], new=True)
            self._learn(reply)
        accepted: Accepted = yield offer(self._as_its_type_says(job))
        return accepted

    def many(self, jobs: Sequence[NewJob]) -> Question[list[str]]:
        """Many jobs -> their ids in order; the plain ones in one script, whole or not at all, and first."""
        while True:
            plain = [job for job in jobs if not self._is_apart(job)]
            reply = (yield enqueue(plain)) if plain else []
            if not isinstance(reply, Detour):
                break
            self._learn(reply)
        if len(plain) == len(jobs):
            return list(reply)
        ids, places = iter(reply), {id(job) for job in plain}
        answer = []
        for job in jobs:
            if id(job) in places:
                answer.append(next(ids))
            else:
                answer.append((yield offer(self._as_its_type_says(job))).id)
        return answer

    def _is_apart(self, job: NewJob) -> bool:
        if is_special(job):
            return True
        known = self._known.get(job.type) if self._known else None
        return known is not None and known.until > self._clock()

    def _learn(self, detour: Detour) -> None:
        until = self._clock() + REMEMBERED
        for name, traits in detour.traits.items():
            self._known[name] = _Known(msgspec.json.decode(traits).get("unique"), until)

    def _as_its_type_says(self, job: NewJob) -> NewJob:
        known = self._known.get(job.type)
        if known is None or known.unique is None or job.unique is not None:
            return job
        return msgspec.structs.replace(job, unique=known.unique)
