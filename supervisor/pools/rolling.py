"""The rollouts of one pool: one at a time, at most one waiting, which takes in all later requests."""

import logging
import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from config import Pool as PoolConfig
from scoreboard import Death, WorkerState
from supervisor.pools.generations import Generations
from supervisor.pools.kinds import Kinds, kind_of_death
from supervisor.pools.rollout import Canary, Phase, Rollout
from supervisor.pools.roster import Roster
from supervisor.pools.seat import Seat
from supervisor.pools.zygote import Origin
from supervisor.services.states import State

log = logging.getLogger(__name__)
_KEPT = 32  # ended rollouts that can still be asked for


class Change(NamedTuple):
    """What a rollout brings beside the code: another config, and how zygotes are started with it."""

    config: PoolConfig
    origin: Origin


class Rolling:
    """Duties: begin, watch and end rollouts. It forks nobody: the turnover does, by what stands in `generations`.

    adopt: called with a change when a rollout that brings one begins, and when that is rolled back with what it
    answered at the beginning.
    """

    def __init__(
        self,
        pool: str,
        generations: Generations,
        roster: Roster,
        config: Callable[[], PoolConfig],
        adopt: Callable[[Change], Change],
    ) -> None:
        self.active: Rollout | None = None
        self.pending: Rollout | None = None
        self.ended: deque[Rollout] = deque(maxlen=_KEPT)
        self.kinds = Kinds()
        self._pool = pool
        self._generations = generations
        self._roster = roster
        self._config = config
        self._adopt = adopt
        self._number = 0
        self._change: Change | None = None  # of the one that waits
        self._before: Change | None = None
        self._floor = 0
        self._crashes: set[str] = set()  # kinds of ends of new workers

    def request(self, *, canary: bool, change: Change | None = None) -> int:
        """Want a new generation; answer the id of the rollout that brings it."""
        if self.pending is None:
            self._number += 1
            self.pending = Rollout(self._number, wants_canary=canary)
        # Whoever asked for a canary gets one.
        self.pending.wants_canary = self.pending.wants_canary or canary
        if change is not None:
            self._change = change
        return self.pending.id

    def find(self, number: int) -> Rollout | None:
        """Answer a rollout by its id; None when it was too long ago."""
        known = (self.active, self.pending, *self.ended)
        return next((one for one in known if one is not None and one.id == number), None)

    @property
    def last(self) -> Rollout | None:
        """The one under way, or the one that ended last."""
        return self.active or (self.ended[-1] if self.ended else None)

    @property
    def wants_canary(self) -> bool:
        """Whether one worker of the trial is wanted, and no more."""
        return self.active is not None and self.active.phase is Phase.CANARY

    def save(self) -> dict[str, Any]:
        """Answer what is remembered; there is nothing under way."""
        return {"number": self._number, "ended": [asdict(one) for one in self.ended], "kinds": self.kinds.save()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Remember what was saved."""
        self._number = saved["number"]
        self.kinds.restore(saved["kinds"])
        self.ended.extend(Rollout(**{**one, "phase": Phase(one["phase"])}) for one in saved["ended"])

    def advance(self, now: float, target: int, *, wanted: bool) -> float:
        """Bring the rollout on; answer when to look again."""
        if not wanted:
            self._abandon(now)
            return math.inf
        if self.active is None and self.pending is not None and self._generations.candidate is None:
            self._begin(now)
        rollout = self.active
        if rollout is None:
            return math.inf
        due = self._step(rollout, now, target)
        if rollout.ended:
            self._end(rollout)
            return now
        return due

    def died(self, seat: Seat, death: Death, now: float) -> None:
        """Keep what a worker that has ended had met, its end among it."""
        seen = seat.own_words()
        kinds = set(seat.kinds())
        running = seen.task if seen and seen.state is WorkerState.BUSY else ""
        if (kind := kind_of_death(running, death)) is not None:
            kinds.add(kind)
        if self.active is not None and seat.generation == self.active.generation:
            self._crashes |= kinds
        elif seat.generation not in self._generations.rejected:
            self.kinds.remember(kinds, now)

    # phases --------------------------------------------------------------------------------------------------

    def _begin(self, now: float) -> None:
        rollout, self.pending = self.pending, None
        if rollout is None:
            return
        self.active, self._crashes, self._floor = rollout, set(), self._generations.floor
        change, self._change = self._change, None
        self._before = self._adopt(change) if change is not None else None
        if self._config().reload.canary_jobs == 0:
            rollout.wants_canary = False
        self._generations.try_another(now)
        rollout.begin(now, self._generations.number)
        log.info("pool %s: rollout %d begins: generation %d boots", self._pool, rollout.id, rollout.generation)

    def _step(self, rollout: Rollout, now: float, target: int) -> float:
        trial = self._generations.trial
        if trial is None:
            rollout.fail(now, self._generations.trial_error or "its zygote is gone")
            return now
        rules = self._config().reload
        if rollout.phase is Phase.BOOTING:
            if not trial.ready:
                due = rollout.watch_boot(now, rules)
                if rollout.ended:
                    trial.kill_alone()  # in the middle of an import it would not hear us
                return due
            self._booted(rollout, now, target)
            return now
        rollout.met(now, self._new_kinds(rollout, now))
        if rollout.phase is Phase.CANARY:
            return self._watch_canary(rollout, now)
        if rollout.phase is Phase.ROLLING and self._all_new(target):
            rollout.rolled(now)
        return math.inf

    def _booted(self, rollout: Rollout, now: float, target: int) -> None:
        """The zygote has booted: on with the canary, or with all."""
        comparable = target > 0 and self._generations.current is not None
        rollout.booted(now, comparable=comparable)
        log.info("pool %s: rollout %d: %s", self._pool, rollout.id, rollout.phase)
        if rollout.phase is Phase.ROLLING:
            self._roll(now)

    def _watch_canary(self, rollout: Rollout, now: float) -> float:
        seat = self._roster.trial
        seen = seat.own_words() if seat is not None else None
        up = seat is not None and seat.state is State.RUNNING and seen is not None
        busy, jobs = (seen.state is WorkerState.BUSY, seen.jobs_done) if up and seen else (False, 0)
        due = rollout.watch_canary(now, self._config().reload, Canary(up=up, busy=busy, jobs=jobs))
        if rollout.phase is Phase.ROLLING:
            log.info("pool %s: rollout %d: the canary ended %d jobs: rolling", self._pool, rollout.id, jobs)
            self._roll(now)
            return now
        return due

    def _roll(self, now: float) -> None:
        self._generations.roll()
        timeout = self._config().reload_drain_timeout
        for seat in self._roster:
            seat.trial = False
            if not seat.wanted:
                # It may be on its way out without a deadline, and take up what the budget allows.
                seat.hasten(now + timeout)

    def _new_kinds(self, rollout: Rollout, now: float) -> frozenset[str]:
        met, serving = set(self._crashes), set[str]()
        for seat in self._roster:
            if seat.generation == rollout.generation:
                met |= seat.kinds()
            elif seat.generation not in self._generations.rejected:
                serving |= seat.kinds()
        return self.kinds.new(met, serving, now) if met else frozenset()

    def _all_new(self, target: int) -> bool:
        wanted = [seat for seat in self._roster if seat.wanted]
        old = any(seat.zygote and self._generations.outdated(seat.generation) for seat in self._roster)
        return not old and len(wanted) == target and all(seat.state is State.RUNNING for seat in wanted)

    def _end(self, rollout: Rollout) -> None:
        for seat in self._roster:
            seat.trial = False
        if rollout.phase is Phase.DONE:
            self._generations.accept()
            log.info("pool %s: rollout %d is done: generation %d", self._pool, rollout.id, rollout.generation)
        else:
            self._generations.reject(rollout.generation, self._floor, rollout.reason)
            log.error(
                "pool %s: rollout %d (generation %d) was rolled back: %s",
                self._pool,
                rollout.id,
                rollout.generation,
                rollout.reason.rstrip(),
            )
            if self._before is not None:
                self._adopt(self._before)
        self._before = None
        self.active = None
        self.ended.append(rollout)

    def _abandon(self, now: float) -> None:
        for rollout in (self.active, self.pending):
            if rollout is not None:
                rollout.fail(now, "the pool was stopped")
        if self.active is not None:
            self._end(self.active)
            self._generations.error = ""  # nothing is wrong with the code
        if self.pending is not None:
            self.ended.append(self.pending)
            self.pending, self._change = None, None
