"""One apply: from a plan to a herd that follows it, or back to what was.

waiting ─> rolling ──all workers replaced──> finishing ─> done
              │                                  └─────> failed (a program or part does not come up)
              └─ a pool cannot ─> rolling back ─────────> failed (everything is as it was)

First comes what can fail and be undone: pools replace their workers, new pools start. Only when all of them work,
the rest follows: counts, programs, janitor, gateway, logger, removals.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from config import Pool as PoolConfig
from supervisor.applying.carry_out import Grounds, carry_out
from supervisor.applying.changeover import Leaving, PoolLeaves
from supervisor.applying.diff import Plan
from supervisor.applying.in_force import InForce
from supervisor.applying.needs import Need
from supervisor.applying.rollouts import FirstStart, Outcome, Replacement, Watched
from supervisor.applying.run_time import restore_pool

log = logging.getLogger(__name__)

_SPARE_S = 120.0  # beyond what drains may take


class Stage(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    ROLLING = "rolling"
    ROLLING_BACK = "rolling back"
    FINISHING = "finishing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for."""

    asked_by: str  # for the log
    expect: str = ""  # only if the file still has this hash
    roll: bool = False  # replace all workers, whatever differs
    reset: bool = False  # drop all overrides


class ApplyJob:
    """Duties: walk the picture above. `advance` is called until it is over; it never waits."""

    def __init__(self, number: int, wish: Wish) -> None:
        self.number = number
        self.wish = wish
        self.stage = Stage.WAITING
        self.error = ""
        self._watched: list[Watched] = []
        self._leaving: list[Leaving] = []
        self._replacements: list[Replacement] = []
        self._until = 0.0
        self._patience = 0.0

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.stage in (Stage.DONE, Stage.FAILED)

    @property
    def waits_for(self) -> list[str]:
        """For people."""
        return [f"{one.name}: {one.why}" for one in self._watched] + [f"{one.name}: it leaves" for one in self._leaving]

    def fail(self, why: str) -> None:
        """End it."""
        self.stage, self.error = Stage.FAILED, why
        log.error("%s: %s", self.wish.asked_by, why)

    def nothing_to_do(self) -> None:
        """End it before it began."""
        self.stage = Stage.DONE
        log.info("%s: nothing to do", self.wish.asked_by)

    def begin(self, now: float, on: Grounds, plan: Plan, to: InForce) -> None:
        """Start with what can be undone."""
        self._on, self._plan, self._to, self._from = on, plan, to, on.herd.builder.in_force
        if plan.has(Need.MOVE):
            try:
                on.metrics.move(to.config.metrics)
            except OSError as error:
                place = f"{to.config.metrics.host}:{to.config.metrics.port}"
                self.fail(f"nothing was changed: the metrics cannot be served at {place}: {error.strerror}")
                return
        self.stage = Stage.ROLLING
        wanted = {pool.name: pool for pool in to.config.pools}
        reloads, builder = set(plan.names(Need.RELOAD)), on.herd.builder
        for pool in on.herd.pools:
            if pool.name in reloads or (self.wish.roll and pool.name in wanted):
                config = wanted[pool.name]
                self._replacements.append(Replacement(pool, config, builder.origin(pool, config, to)))
        self._watched += self._replacements
        for name in plan.names(Need.ADD):
            if name in wanted:
                pool = builder.pool(wanted[name], to)
                restore_pool(pool, to.config, on.overrides)
                on.herd.pools.append(pool)
                self._watched.append(FirstStart(pool))
        self._wait(now, _longest([*to.config.pools, *self._from.config.pools]))

    def advance(self, now: float) -> None:
        """Go as far as possible."""
        self._leaving = [one for one in self._leaving if not one.gone(now)]
        seen = [(one, one.outcome()) for one in self._watched]
        why = "; ".join(f"{one.name}: {one.why}" for one, outcome in seen if outcome is Outcome.FAILED)
        self._watched = [one for one, outcome in seen if outcome is Outcome.UNDER_WAY]
        busy = bool(self._watched or self._leaving)
        if busy and not why and now >= self._until:
            why = f"not within {self._patience:.0f} s: {'; '.join(self.waits_for)}"
        match self.stage:
            case Stage.ROLLING if why:
                self._roll_back(now, why)
            case Stage.ROLLING if not busy:
                self._finish(now)
            case Stage.FINISHING if why:
                self.fail(f"the config is applied, but not all of it works: {why}")
            case Stage.FINISHING if not busy:
                self.stage = Stage.DONE
                log.info("%s: done", self.wish.asked_by)
            case Stage.ROLLING_BACK if why or not busy:
                self.fail(self.error + (f"; the way back failed too: {why}" if why else ""))

    def _finish(self, now: float) -> None:
        self.stage = Stage.FINISHING
        self._watched, self._leaving = carry_out(self._on, self._plan, self._to, now=now, reset=self.wish.reset)
        old, new = self._from.config, self._to.config
        stops = [program.stop_timeout for program in (*old.programs, *new.programs)]
        self._wait(now, max([_longest([*old.pools, *new.pools]), *stops]))

    def _roll_back(self, now: float, why: str) -> None:
        herd, before = self._on.herd, {pool.name for pool in self._from.config.pools}
        self.stage, self.error = Stage.ROLLING_BACK, f"rolled back: {why}"
        log.error("%s: %s: going back to what ran", self.wish.asked_by, why)
        changed = self._plan.names(Need.RELOAD)
        # New code stays where it works: only the config goes back.
        backwards = [one.undo() for one in self._replacements if one.name in changed]
        self._watched = [one for one in backwards if one is not None]
        self._leaving += [PoolLeaves(herd, pool) for pool in herd.pools if pool.name not in before]
        with suppress(OSError):
            self._on.metrics.move(self._from.config.metrics)
        self._wait(now, _longest([*self._from.config.pools, *self._to.config.pools]))

    def _wait(self, now: float, longest: float) -> None:
        self._patience = longest + _SPARE_S
        self._until = now + self._patience


def _longest(pools: Iterable[PoolConfig]) -> float:
    """Answer how long it takes to drain the workers of a pool one after the other, s; pools do it side by side."""
    return max((pool.drain_timeout * max(1, pool.instances) for pool in pools), default=0.0)
