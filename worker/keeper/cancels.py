"""A keeper's memory of which running jobs were asked to stop: whom to tell now, and whose time is over. Pure."""

from collections.abc import Iterable

from engine.store.keys import job_id
from scoreboard import EntryState, WorkerSnapshot

GRACE_NS = 5_000_000_000  # between the first telling and the kill

KILL = -1


class Cancels:
    """``ask`` is called by the clerk's thread, ``turn`` by the keeper's."""

    def __init__(self) -> None:
        self.asked: frozenset[str] = frozenset()  # ids, on whatever host
        self._told: dict[int, tuple[int, int]] = {}  # token -> when first, when last (monotonic ns)

    def ask(self, ids: Iterable[str]) -> None:
        """The store's newest word; it replaces the one before."""
        self.asked = frozenset(ids)

    def turn(self, snapshot: WorkerSnapshot, now_ns: int) -> int:
        """The token of the job to tell its worker of, KILL, or 0 when there is nothing to do.

        One at a time, the longest untold first, and again until it has ended: a telling may fall between two jobs.
        """
        running = [
            entry.token
            for entry in snapshot.entries
            if entry.state is EntryState.STARTED and job_id(entry.lane, entry.ms, entry.seq) in self.asked
        ]
        if not running:
            return 0
        if any(token in self._told and now_ns - self._told[token][0] > GRACE_NS for token in running):
            return KILL
        token = min(running, key=lambda one: self._told.get(one, (0, 0))[1])
        first, _ = self._told.get(token, (now_ns, 0))
        self._told[token] = (first, now_ns)
        return token

    def forget(self, snapshots: Iterable[WorkerSnapshot]) -> None:
        """Forget what runs no more."""
        if self._told:
            held = {entry.token for snapshot in snapshots for entry in snapshot.entries}
            self._told = {token: times for token, times in self._told.items() if token in held}
