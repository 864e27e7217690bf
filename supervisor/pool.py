"""One pool: so many workers wanted, of the present generation; one reconcile pass brings it nearer to that.

             restart ──> Generations ──ready──> current zygote ──fork──> Seat (one a worker)
scale, stop, start ──> desired ──reconcile──────────────────────launch, drain, kill──^
"""

import logging
import math
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from config import Pool as PoolConfig
from scoreboard import Board, Cause, Death, Intent
from supervisor.child import Nursery, send
from supervisor.children import Exit
from supervisor.generations import Generations
from supervisor.orphans import kill_untold, watch_keeper
from supervisor.outputs import Outputs
from supervisor.roster import Roster
from supervisor.seat import Seat
from supervisor.settlement import settlement
from supervisor.slots import Slots
from supervisor.states import State
from supervisor.worker_death import certificate
from supervisor.zygote import Origin, WorkerExit, Zygote

log = logging.getLogger(__name__)

# A worker's start and end are told by its zygote within this time, or the zygote is stuck.
_TOLD_WITHIN_S = 5.0
_KILL_GRACE_S = 2.0
_UNTOLD_PAUSE_S = 0.1
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


class Pool:
    """Duties: as many live workers as desired, all of the current generation in the end, none lost track of.

    Commands (`scale`, `stop`, `start`, `restart`) change goals and return. Implements ZygoteEvents and Ward.
    """

    def __init__(
        self, config: PoolConfig, number: int, shared: Surroundings, origin: Callable[[str, int], Origin]
    ) -> None:
        self.config = config
        self.name = config.name
        self.number = number
        self.stop_timeout = config.drain_timeout
        self.desired = config.instances
        self.stopped = False
        self.refused = ""  # why its first generation must not start: a human has to change the file
        self.seats = Roster(config.name, number, shared.board, shared.slots, shared.outputs)
        self.restarts: Counter[Cause] = Counter()
        self._shared = shared
        self._origin = origin(config.name, number)
        self.generations = Generations(config.name, self._make_zygote, shared.wake)
        self._record = shared.board.pool(number)
        self._record.name = config.name
        self._untold: dict[int, float] = {}
        self._settlements: list[dict[str, object]] = []
        self._killed_at: float | None = None

    # goals ---------------------------------------------------------------------------------------------------

    def scale(self, count: int) -> int:
        """Want so many workers; answer how many there can be."""
        self.desired = max(0, min(count, self.seats.room))
        self._shared.wake()
        return self.desired

    def start(self) -> None:
        """Want the workers again after `stop`."""
        self.stopped, self.refused = False, ""
        self._killed_at = None
        self._shared.wake()

    def restart(self) -> None:
        """Want every worker to be of a new generation: the tasks imported anew."""
        self.start()
        self.generations.roll()

    def stop(self, now: float) -> None:
        """Want no workers: drain."""
        del now  # the drain begins in the next pass, which has its own
        self.stopped = True
        self._shared.wake()

    def kill(self, now: float) -> None:
        """Kill all workers; their jobs go back uncharged."""
        self.stop(now)
        if self._killed_at is None:
            self._killed_at = now
            for seat in self.seats:
                if seat.live:
                    seat.kill(now, Intent.KILL_NOW)
        self.reconcile(now)

    # what people ask -----------------------------------------------------------------------------------------

    @property
    def target(self) -> int:
        """How many workers are wanted now."""
        return 0 if self.stopped else self.desired

    @property
    def settled(self) -> bool:
        """Whether all wanted workers run, of the current generation, and nobody else."""
        current = self.generations.current
        steady = self.generations.candidate is None and (current is not None or self.target == 0)
        return steady and self.seats.all_well(self.generations.floor, self.target)

    def is_down(self) -> bool:
        """Tell whether neither worker nor zygote is left."""
        return not self.seats.live and not self.generations.all

    # the pass ------------------------------------------------------------------------------------------------

    def reconcile(self, now: float) -> float:
        """Bring what is nearer to what is wanted; answer when to look again."""
        self._record.desired = self.target
        self.seats.fill(self.target)
        times = [self._tend(seat, now) for seat in self.seats]
        self._roll_one(now)
        populated = {seat.generation for seat in self.seats if seat.live}
        wanted = not self.stopped
        times.append(self.generations.reconcile(now, wanted=wanted, populated=populated))
        times.append(self._look_for_stuck(now))
        if self._killed_at is not None and self.generations.all:
            # The keeper has this long to give the killed workers' jobs back.
            if now >= self._killed_at + _KILL_GRACE_S:
                self.generations.kill()
            else:
                times.append(self._killed_at + _KILL_GRACE_S)
        return min(times)

    def _tend(self, seat: Seat, now: float) -> float:
        if seat.state is State.DRAINING and now >= seat.due and not seat.ask_for_stacks(now):
            log.warning("%s: did not finish within its drain time: killed, its job goes back", seat.name)
            seat.kill(now, Intent.KILL_AFTER_DRAIN)
        elif not seat.wanted:
            seat.drain(now, self.config.drain_timeout, Intent.DRAIN)
            seat.stop(now)
            if seat.state is State.STOPPED:
                self.seats.vacate(seat)
                self._shared.wake()
        elif seat.state in (State.STOPPED, State.EXITED) or (seat.state is State.BACKOFF and now >= seat.due):
            return self._launch(seat, now)
        elif seat.look(now):
            log.info("%s: running, pid %s", seat.name, seat.pid)
        return seat.due

    def _launch(self, seat: Seat, now: float) -> float:
        zygote = self.generations.current
        if zygote is None or not zygote.ready:
            return math.inf  # its arrival wakes us
        if seat.untold and self._kill_untold([seat]):
            return now + _UNTOLD_PAUSE_S
        seat.untold = False
        if seat.last_death is not None:
            seat.count_restart()
            self.restarts[seat.last_death.cause] += 1
        seat.launch(zygote, self.seats.output(seat), now)
        return math.inf

    def _roll_one(self, now: float) -> None:
        """Replace one worker of an older generation, when all others are well."""
        current = self.generations.current
        if current is None or any(seat.wanted and seat.state is not State.RUNNING for seat in self.seats):
            return
        floor = self.generations.floor
        for seat in self.seats:
            if seat.wanted and seat.stale(floor):
                # Where only the keeper was lost, nobody asked for anything: no job is cut short for that.
                timeout = self.config.drain_timeout if seat.generation < floor else math.inf
                seat.drain(now, timeout, Intent.RECYCLE)
                return

    def _look_for_stuck(self, now: float) -> float:
        """Kill a zygote that does not report a worker's end or start; its own death brings the matter to us."""
        waiting = {seat.slot: seat for seat in self.seats if seat.is_corpse() or seat.awaits_fork()}
        if not waiting:
            self._untold.clear()
            return math.inf
        self._untold = {slot: self._untold.get(slot, now) for slot in waiting}
        for slot, since in list(self._untold.items()):
            seat = waiting[slot]
            if now < since + _TOLD_WITHIN_S or seat.zygote is None:
                continue
            if seat.zygote.pid is not None:
                log.error("%s: no word from its zygote for %.0f s: the zygote is killed", seat.name, _TOLD_WITHIN_S)
                seat.zygote.kill_alone()
            elif seat.is_corpse():
                # The zygote reaped it and died before it could say so: how it ended nobody knows.
                del self._untold[slot]
                self._orphan_ended(seat, Exit())
        return max(min(self._untold.values(), default=math.inf) + _TOLD_WITHIN_S, now + _RELOOK_S)

    # news ----------------------------------------------------------------------------------------------------

    def zygote_ready(self, zygote: Zygote) -> None:
        """See ZygoteEvents."""
        self.generations.ready(zygote)
        if self.generations.current is zygote:
            self._record.generation = zygote.generation
            for message in self._settlements:
                zygote.settle(message)
            self._settlements.clear()
        self._shared.wake()

    def zygote_failed(self, zygote: Zygote, error: str) -> None:
        """See ZygoteEvents."""
        if zygote.refused and self.generations.current is None:
            self.refused, self.stopped = error, True  # another try would end alike
        self.generations.failed(zygote, error, time.monotonic())
        self._shared.wake()

    def worker_forked(self, zygote: Zygote, slot: int, pid: int, pidfd: int) -> None:
        """See ZygoteEvents."""
        seat = self.seats.find(slot, zygote)
        if seat is None or seat.pid is not None:
            log.error("pool %s: a worker for slot %d that nobody asked for, pid %d: killed", self.name, slot, pid)
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
        seat = self.seats.find(told.slot, zygote)
        if seat is not None and seat.live and seat.pid in (told.pid, None):
            self._ended(seat, seat.judge(told.end, told), told)

    def zygote_dead(self, zygote: Zygote, end: Exit) -> None:
        """See ZygoteEvents."""
        now = time.monotonic()
        self.generations.dead(zygote, end, now)
        asked = [seat for seat in self.seats if seat.zygote is zygote and seat.live and seat.pid is None]
        watch_keeper(zygote, self._shared.nursery.children, self._shared.wake)
        self._kill_untold(asked)
        for seat in asked:
            # It may have forked and not told us; a second worker in that slot would be one too many.
            seat.untold = True
            self._ended(seat, Death(Cause.BOOT_FAILED, None, None, charged=False))
        self._shared.wake()

    def _kill_untold(self, seats: list[Seat]) -> bool:
        pids = {seat.snapshot().pid for seat in seats}
        return bool(pids) and kill_untold(pids, known=self._shared.nursery.children)

    def _orphan_ended(self, seat: Seat, end: Exit) -> None:
        """A worker whose zygote is dead has ended: we judge, the next zygote's keeper settles."""
        death = seat.judge(end, None)
        # Read before the seat is used again: afterwards the record speaks of its successor.
        seen = seat.own_words()
        if seen is not None:
            self._settle(settlement(seat.slot, seen, death))
        self._ended(seat, death)

    def _settle(self, message: dict[str, object]) -> None:
        current = self.generations.current
        if current is not None and current.ready:
            current.settle(message)
        else:
            self._settlements.append(message)

    def _ended(self, seat: Seat, death: Death, told: WorkerExit | None = None) -> None:
        pid = seat.pid
        self._shared.nursery.certificates.write(certificate(self, seat, death, told, self._shared.board))
        seat.died(death, time.monotonic())
        calm = seat.state is not State.BACKOFF
        log.log(logging.INFO if calm else logging.WARNING, "%s: ended, pid %s: %s", seat.name, pid, death.text)
        if seat.over_budget:
            log.error("%s keeps dying: next start in %.0f s", seat.name, seat.due - seat.since)
        self._shared.flush(seat.name)
        self._shared.wake()

    def _make_zygote(self, generation: int, now: float) -> Zygote:
        return Zygote(self._shared.nursery, generation, self).start(self._origin, now)
