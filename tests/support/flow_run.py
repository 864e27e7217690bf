"""Runs the members of flows, each in the way its type says."""

from typing import Any

from engine.clients.engine import Engine
from engine.payloads import payload
from engine.store.claims import Claimed, Done
from tests.support.invariants import broken
from tests.support.seats import ERROR, claim


class Run:
    """Runs what is pending, each job in the way its type says."""

    def __init__(self, client: Any, seat: Engine, store: Any) -> None:
        self.client, self.seat, self.store = client, seat, store
        self.ran: list[str] = []

    def once(self, limit: int = 100) -> list[str]:
        """Claims and ends one batch; the names of those that ran."""
        jobs = claim(self.seat, limit).jobs
        for job in jobs:
            self.end(job)
        self.ran += [job.type for job in jobs]
        return sorted(job.type for job in jobs)

    def end(self, job: Claimed) -> None:
        """It ends as its type says."""
        lease = self.seat.lease(job)
        if job.type.startswith("bad"):
            assert self.seat.bury(lease, ERROR)
        elif job.type.startswith("gone"):
            assert self.seat.discard(lease, ERROR, 60)
        elif job.type.startswith("none"):
            assert self.seat.complete([Done(lease)]) == 1
        else:
            assert self.seat.complete([Done(lease, payload.encode(job.type), 60)]) == 1

    def all(self) -> "Run":
        """Until nothing is pending."""
        while self.once():
            assert broken(self.store) == []
        return self


def states(handle: Any) -> dict[str, str]:
    """Name -> state, with "waiting" and "skipped"."""
    return {member.name: member.shown_state for member in handle.members()}
