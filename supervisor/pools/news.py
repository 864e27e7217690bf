"""What a pool's zygotes tell, and what follows for its seats: forks, ends, orphans, settlements."""

import logging
import math
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from scoreboard import Board, Cause, Death
from supervisor.pools.generations import Generations
from supervisor.pools.orphans import kill_untold, watch_keeper
from supervisor.pools.roster import Roster
from supervisor.pools.seat import Seat
from supervisor.pools.settlement import settlement
from supervisor.pools.slots import Slots
from supervisor.pools.zygote import WorkerExit, Zygote
from supervisor.processes.child import Nursery, send
from supervisor.processes.children import Exit
from supervisor.processes.outputs import Outputs
from supervisor.services.states import State

log = logging.getLogger(__name__)

# A worker's start and end are told by its zygote within this time, or the zygote is stuck.
_TOLD_WITHIN_S = 5.0
_RELOOK_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all pools share."""

    board: Board
    slots: Slots
    nursery: Nursery
    outputs: Outputs
    flush: Callable[[str], None]  # end the unfinished log line of a tag
    wake: Callable[[], None]


class News:
    """Duties: lose track of no worker, whichever of it and its zygote dies first. Implements ZygoteEvents.

    died: told of each end, while the scoreboard still speaks of the dead. refuse: told of a zygote that could start its
    tasks, and must not.
    """

    def __init__(
        self,
        pool: str,
        shared: Surroundings,
        seats: Roster,
        generations: Callable[[], Generations],
        died: Callable[[Seat, Death, WorkerExit | None, float], None],
        refuse: Callable[[str], None],
    ) -> None:
        self._pool = pool
        self._shared = shared
        self._seats = seats
        self._generations = generations
        self._died = died
        self._refuse = refuse
        self._untold: dict[int, float] = {}
        self._settlements: list[dict[str, object]] = []

    def look_for_stuck(self, now: float) -> float:
        """Kill a zygote that does not report a worker's end or start; its own death brings the matter to us."""
        waiting = {seat.slot: seat for seat in self._seats if seat.is_corpse() or seat.awaits_fork()}
        if not waiting:
            self._untold.clear()
            return math.inf
        self._untold = {slot: self._untold.get(slot, now) for slot in waiting}
        for slot, since in list(self._untold.items()):
            seat = waiting[slot]
            if now < since + _TOLD_WITHIN_S or seat.zygote is None:
                continue
            if seat.zygote.pid is not None and seat.zygote.spoke_within(_TOLD_WITHIN_S, now):
                continue
            if seat.zygote.pid is not None:
                log.error("%s: no word from its zygote for %.0f s: the zygote is killed", seat.name, _TOLD_WITHIN_S)
                seat.zygote.kill_alone()
            elif seat.is_corpse():
                # The zygote reaped it and died before it could say so: how it ended nobody knows.
                del self._untold[slot]
                self._orphan_ended(seat, Exit())
        return max(min(self._untold.values(), default=math.inf) + _TOLD_WITHIN_S, now + _RELOOK_S)

    def kill_untold(self, seats: list[Seat]) -> bool:
        """Kill workers that a dead zygote forked for these seats and told nobody of; True when there was one."""
        pids = {seat.snapshot().pid for seat in seats}
        return bool(pids) and kill_untold(pids, known=self._shared.nursery.children)

    def save(self) -> dict[str, Any]:
        """Answer what is not settled yet."""
        return {"untold": list(self._untold.items()), "settlements": self._settlements}

    def restore(self, saved: Mapping[str, Any], orphaned: list[Zygote]) -> None:
        """Watch over every worker, and over the keepers of the zygotes that are dead."""
        self._untold, self._settlements = dict(saved["untold"]), saved["settlements"]
        children = self._shared.nursery.children
        for seat in self._seats:
            if seat.pid is not None:
                children.add(seat.pid, partial(self._orphan_ended, seat), leads_group=True)
        for zygote in orphaned:
            watch_keeper(zygote, children, self._shared.wake)

    def zygote_ready(self, zygote: Zygote) -> None:
        """See ZygoteEvents."""
        self._generations().ready(zygote)
        if not zygote.leaving:
            for message in self._settlements:
                zygote.settle(message)
            self._settlements.clear()
        self._shared.wake()

    def zygote_failed(self, zygote: Zygote, error: str) -> None:
        """See ZygoteEvents."""
        if zygote.refused:
            self._refuse(error)
        self._generations().failed(zygote, error, time.monotonic())
        self._shared.wake()

    def worker_forked(self, zygote: Zygote, slot: int, pid: int, pidfd: int) -> None:
        """See ZygoteEvents."""
        seat = self._seats.find(slot, zygote)
        if seat is None or seat.pid is not None:
            log.error("pool %s: a worker for slot %d that nobody asked for, pid %d: killed", self._pool, slot, pid)
            send(pidfd, signal.SIGKILL)
            os.close(pidfd)
            return
        # Should its zygote die first, the kernel gives it to us, and our reaper will find it here.
        self._shared.nursery.children.forget(pid)
        self._shared.nursery.children.add(pid, partial(self._orphan_ended, seat), leads_group=True)
        seat.forked(pid, pidfd)
        self._shared.wake()

    def worker_exited(self, zygote: Zygote, told: WorkerExit) -> None:
        """See ZygoteEvents."""
        self._shared.nursery.children.forget(told.pid)
        seat = self._seats.find(told.slot, zygote)
        if seat is not None and seat.live and seat.pid in (told.pid, None):
            self._ended(seat, seat.judge(told.end, told), told)

    def zygote_dead(self, zygote: Zygote, end: Exit) -> None:
        """See ZygoteEvents."""
        now = time.monotonic()
        self._generations().dead(zygote, end, now)
        asked = [seat for seat in self._seats if seat.zygote is zygote and seat.live and seat.pid is None]
        watch_keeper(zygote, self._shared.nursery.children, self._shared.wake)
        self.kill_untold(asked)
        for seat in asked:
            # It may have forked and not told us; a second worker in that slot would be one too many.
            seat.untold = True
            self._ended(seat, Death(Cause.BOOT_FAILED, None, None, charged=False))
        self._shared.wake()

    def _orphan_ended(self, seat: Seat, end: Exit) -> None:
        """A worker whose zygote is dead has ended: we judge, the next zygote's keeper settles."""
        death = seat.judge(end, None)
        # Read before the seat is used again: afterwards the record speaks of its successor.
        seen = seat.own_words()
        if seen is not None:
            self._settle(settlement(seat.slot, seen, death))
        self._ended(seat, death)

    def _settle(self, message: dict[str, object]) -> None:
        source = self._generations().source
        if source is not None:
            source.settle(message)
        else:
            self._settlements.append(message)

    def _ended(self, seat: Seat, death: Death, told: WorkerExit | None = None) -> None:
        pid, now = seat.pid, time.monotonic()
        self._died(seat, death, told, now)
        seat.died(death, now)
        calm = seat.state is not State.BACKOFF
        log.log(logging.INFO if calm else logging.WARNING, "%s: ended, pid %s: %s", seat.name, pid, death.text)
        if seat.over_budget:
            log.error("%s keeps dying: next start in %.0f s", seat.name, seat.due - seat.since)
        self._shared.flush(seat.name)
        self._shared.wake()
