"""One pool: so many workers wanted, of the present generation; one reconcile pass brings it nearer to that.

   reload, restart ──> Rolling ──trial, floor──> Generations ──source──┐
scale, stop, start ──> desired ──reconcile──> Turnover ──seats──> launch, drain, kill (Seat, one a worker)
                                    News <── what zygotes tell ────────┘
"""

import logging
import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from config import Pool as PoolConfig
from scoreboard import Cause, Death, Intent
from supervisor.deaths.worker_death import certificate
from supervisor.pools.generations import Generations
from supervisor.pools.news import News, Surroundings
from supervisor.pools.rolling import Change, Rolling
from supervisor.pools.roster import Roster
from supervisor.pools.seat import Seat
from supervisor.pools.turnover import Turnover
from supervisor.pools.zygote import Origin, WorkerExit, Zygote
from supervisor.services.dependencies import RELOOK_S, Gate
from supervisor.services.states import State
from supervisor.upgrading.handover import Handover

__all__ = ["Pool", "Surroundings"]

log = logging.getLogger(__name__)

_KILL_GRACE_S = 2.0
_UNTOLD_PAUSE_S = 0.1


class Pool:
    """Duties: as many live workers as desired, all of the current generation in the end, none lost track of.

    Commands (`scale`, `stop`, `start`, `restart`, `reload`, `reconfigure`) change goals and return. Implements Ward.
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
        self.recycles: Counter[str] = Counter()  # those that followed a worker told to leave, by reason
        self._shared = shared
        self._origin = origin(config.name, number)
        self.generations = Generations(config.name, self._make_zygote, shared.wake)
        self.rolling = Rolling(config.name, self.generations, self.seats, lambda: self.config, self._adopt)
        self._turnover = Turnover(self.seats, self.generations, lambda: self.config)
        self._news = News(config.name, shared, self.seats, lambda: self.generations, self._died, self._refuse)
        self._record = shared.board.pool(number)
        self._record.name = config.name
        self._killed_at: float | None = None
        self.gate = Gate()

    # goals ---------------------------------------------------------------------------------------------------

    @property
    def room(self) -> int:
        """How many workers it can have, with a slot left for those that come before others go."""
        most, surge = self.seats.room, self.config.reload.surge
        return next((count for count in range(most, 0, -1) if count + surge(count) <= most), 0)

    def scale(self, count: int) -> int:
        """Want so many workers; answer how many there can be."""
        self.desired = max(0, min(count, self.room))
        self._shared.wake()
        return self.desired

    def start(self) -> None:
        """Want the workers again after `stop`."""
        self.stopped, self.refused = False, ""
        self._killed_at = None
        self._shared.wake()

    def restart(self) -> int:
        """Want every worker to be of a new generation: the tasks imported anew, no canary; answer the rollout's id."""
        self.start()
        return self._roll(canary=False)

    def reload(self) -> int:
        """Want the same, and a canary first; answer the rollout's id. A stopped pool stays so, see `stopped`."""
        return self._roll(canary=True)

    def reconfigure(self, config: PoolConfig, origin: Origin | None = None) -> int | None:
        """Want another config; answer the rollout's id, None when it takes none: only `instances` is different.

        The config counts from the beginning of the rollout; when that is rolled back the old one does again. `origin`:
        how its zygotes are started, where that has changed, too. The new zygote reads the file by itself.
        """
        change = Change(config, origin or self._origin)
        same = config == self.config.model_copy(update={"instances": config.instances})
        if same and change.origin == self._origin and self.rolling.active is None:
            self._adopt(change)
            return None
        return self._roll(canary=True, change=change)

    def follow(self, config: PoolConfig, origin: Origin | None = None) -> None:
        """Go by another config and replace nobody; the number of workers stays. `origin`: for the next zygote."""
        self.config, self._origin = config, origin or self._origin
        self.stop_timeout = config.drain_timeout

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

    def save(self, handover: Handover) -> dict[str, Any]:
        """Answer all there is to know for the supervisor that follows in this process; see handover.py."""
        # Seats may sit under a zygote that is dead and in no list any more: their workers and its keeper live on.
        known = {zygote.generation for zygote in self.generations.all}
        dead = {seat.zygote.generation: seat.zygote for seat in self.seats if seat.zygote is not None}
        return {
            "number": self.number,
            "passed": self.gate.passed,
            "refused": self.refused,
            "desired": self.desired,
            "stopped": self.stopped,
            "restarts": {cause.name: count for cause, count in self.restarts.items()},
            "recycles": dict(self.recycles),
            "generations": self.generations.save(handover),
            "dead": [zygote.save(handover) for number, zygote in dead.items() if number not in known],
            "seats": self.seats.save(handover),
            "news": self._news.save(),
            "rolling": self.rolling.save(),
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Be what was saved, with the processes that live on."""

        def made(words: Mapping[str, Any]) -> Zygote:
            return Zygote(self._shared.nursery, words["generation"], self._news).restore(words)

        self.desired, self.stopped, self.refused = saved["desired"], saved["stopped"], saved["refused"]
        self.gate.passed = saved["passed"]
        self.restarts = Counter({Cause[name]: count for name, count in saved["restarts"].items()})
        self.recycles = Counter(saved["recycles"])
        self.generations.restore(saved["generations"], made)
        dead = [made(words) for words in saved["dead"]]
        zygotes = {zygote.generation: zygote for zygote in (*self.generations.all, *dead)}
        self.seats.restore(saved["seats"], zygotes)
        self._news.restore(saved["news"], [zygote for zygote in zygotes.values() if zygote.pid is None])
        self.rolling.restore(saved["rolling"])

    @property
    def unrest(self) -> str:
        """What is half done, "" when nothing is: no moment for an upgrade."""
        if self.rolling.active is not None or self.rolling.pending is not None:
            return f"pool {self.name} is being rolled"
        if any(zygote.behind for zygote in self.generations.all):
            return f"a zygote of pool {self.name} does not read"
        return ""

    # what people ask -----------------------------------------------------------------------------------------

    @property
    def origin(self) -> Origin:
        """How its next zygote is started."""
        return self._origin

    @property
    def target(self) -> int:
        """How many workers are wanted now."""
        return 0 if self.stopped else self.desired

    @property
    def settled(self) -> bool:
        """Whether all wanted workers run, of the current generation, and nobody else."""
        steady = self.rolling.active is None and self.generations.candidate is None
        return (
            steady and (self.generations.current is not None or self.target == 0) and self.seats.all_well(self.target)
        )

    def is_down(self) -> bool:
        """Tell whether neither worker nor zygote is left."""
        return not self.seats.live and not self.generations.all

    # the pass ------------------------------------------------------------------------------------------------

    def reconcile(self, now: float) -> float:
        """Bring what is nearer to what is wanted; answer when to look again."""
        self._record.desired = self.target
        if not self.stopped and self.gate.never_passed():
            return now + RELOOK_S
        wanted = not self.stopped
        times = [self.rolling.advance(now, self.target, wanted=wanted)]
        self._turnover.turn(now, self.target, canary=self.rolling.wants_canary)
        times += [self._tend(seat, now) for seat in self.seats]
        populated = {seat.generation for seat in self.seats if seat.live}
        times.append(self.generations.reconcile(now, wanted=wanted, populated=populated))
        if self.generations.current is not None:
            self._record.generation = self.generations.current.generation
        times.append(self._news.look_for_stuck(now))
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
            self._see_out(seat, now)
        elif seat.state in (State.STOPPED, State.EXITED) or (seat.state is State.BACKOFF and now >= seat.due):
            return self._launch(seat, now)
        elif seat.look(now):
            log.info("%s: running, pid %s", seat.name, seat.pid)
            self._shared.wake()  # whom it replaces may go
        return seat.due

    def _see_out(self, seat: Seat, now: float) -> None:
        seat.stop(now)
        if seat.state is not State.STOPPED:
            return
        heir = self.seats.vacate(seat)
        if heir is not None and heir.zygote is not None:
            self._count(heir)
        self._shared.wake()

    def _launch(self, seat: Seat, now: float) -> float:
        zygote = self.generations.trial if seat.trial else self.generations.source
        if zygote is None or not zygote.ready or not self._turnover.may_launch(self.target):
            return math.inf  # its arrival wakes us, or the end of one that leaves
        if seat.untold and self._news.kill_untold([seat]):
            return now + _UNTOLD_PAUSE_S
        seat.untold = False
        if seat.last_death is not None:
            seat.count_restart()
            self._count(seat)
        seat.launch(zygote, self.seats.output(seat), now)
        return math.inf

    def _count(self, seat: Seat) -> None:
        """Count a worker that follows another in its place."""
        if seat.last_death is not None:
            self.restarts[seat.last_death.cause] += 1
        if seat.last_reason:
            self.recycles[seat.last_reason] += 1

    def _roll(self, *, canary: bool, change: Change | None = None) -> int:
        number = self.rolling.request(canary=canary, change=change)
        self._shared.wake()
        return number

    def _adopt(self, change: Change) -> Change:
        """Go by another config from now on; answer what was before."""
        before = Change(self.config, self._origin)
        self.config, self._origin = change
        self.stop_timeout = self.config.drain_timeout
        if self.config.instances != before.config.instances:
            self.scale(self.config.instances)
        return before

    def _died(self, seat: Seat, death: Death, told: WorkerExit | None, now: float) -> None:
        """Keep what is known of a worker that has just ended."""
        self._shared.nursery.certificates.write(certificate(self, seat, death, told, self._shared.board))
        self.rolling.died(seat, death, now)

    def _refuse(self, error: str) -> None:
        """Another try would end alike; what runs already goes on."""
        if self.generations.current is None and self.rolling.active is None:
            self.refused, self.stopped = error, True

    def _make_zygote(self, generation: int, now: float) -> Zygote:
        return Zygote(self._shared.nursery, generation, self._news).start(self._origin, now)
