"""Which seats of a pool come and go: scale, and replacement first, from one budget whatever the cause.

place is due ──budget──> extra seat of the same index ──its worker runs, budget──> the old one drains ──> gone
"""

import math
from collections.abc import Callable

from config import Pool as PoolConfig
from scoreboard import WorkerState
from supervisor.pools.budget import Budget
from supervisor.pools.generations import Generations
from supervisor.pools.roster import Roster
from supervisor.pools.seat import SCALE, Seat
from supervisor.services.states import LIVE, State

RELOAD, KEEPER_LOST = "reload", "keeper lost"
_UNHURRIED = frozenset({State.STARTING, State.RUNNING})
# Who goes first when there are too many: those that have nothing in their hands.
_BUSY = {WorkerState.EMPTY: 0, WorkerState.BOOTING: 0, WorkerState.IDLE: 1, WorkerState.QUIET: 1}


class Turnover:
    """Duties: make seats up to the target, dismiss those over it, idle ones first, and replace those that are due."""

    def __init__(self, roster: Roster, generations: Generations, config: Callable[[], PoolConfig]) -> None:
        self._roster = roster
        self._generations = generations
        self._config = config

    def turn(self, now: float, target: int, *, canary: bool) -> None:
        """Take the next steps; `canary`: a rollout wants one worker of its trial and no more."""
        budget = Budget.of(self._config().reload, target)
        self._settle(now)
        self._size(now, budget, canary=canary)
        if canary and self._roster.trial is None:
            self._begin_trial(now, budget)
        self._hand_over(now, budget)
        self._replace(now, budget)

    def may_launch(self, target: int) -> bool:
        """Whether one process more may be started for a seat that is there."""
        live = sum(seat.live for seat in self._roster)
        return Budget.of(self._config().reload, target).may_add(live)

    def _settle(self, now: float) -> None:
        """See to extras whose partner is gone, or which are not wanted any more."""
        for extra in self._roster.extras:
            partner = self._roster.at(extra.replaces)
            if extra.zygote is not None and self._generations.outdated(extra.generation):
                self._dismiss(extra, now, SCALE)
            elif partner is None or not partner.wanted:
                extra.replaces = None
            elif not extra.trial and not partner.live:
                self._dismiss(partner, now, self._why(partner) or RELOAD)
                extra.replaces = None

    def _size(self, now: float, budget: Budget, *, canary: bool) -> None:
        places = self._roster.places
        while len(places) > budget.target:
            victim = min(places, key=lambda seat: (_load(seat), -seat.index))
            for extra in self._roster.extras:
                if extra.replaces == victim.slot:
                    self._dismiss(extra, now, SCALE)
            self._dismiss(victim, now, SCALE)
            places.remove(victim)
        for _ in range(budget.target - len(places)):
            if not (budget.may_add(len(self._roster)) and self._roster.has_slot):
                break
            self._roster.add(trial=canary and budget.surge == 0 and self._roster.trial is None)

    def _begin_trial(self, now: float, budget: Budget) -> None:
        places = [seat for seat in self._roster.places if seat.state in _UNHURRIED] or self._roster.places
        if not places:
            return
        partner = min(places, key=lambda seat: (_load(seat), seat.index))
        if budget.surge == 0:
            self._take(partner, now, budget, RELOAD)
        elif budget.may_add(len(self._roster)) and self._roster.has_slot:
            self._roster.add(replaces=partner, trial=True)

    def _hand_over(self, now: float, budget: Budget) -> None:
        """Let those go whose replacement runs."""
        for extra in self._roster.extras:
            if extra.trial or extra.state is not State.RUNNING:
                continue
            partner = self._roster.at(extra.replaces)
            if partner is not None and self._take(partner, now, budget, self._why(partner) or RELOAD):
                extra.replaces = None

    def _replace(self, now: float, budget: Budget) -> None:
        replaced = {extra.replaces for extra in self._roster.extras}
        due = [seat for seat in self._roster.places if seat.slot not in replaced and seat.state in _UNHURRIED]
        due = [seat for seat in due if not seat.trial and self._why(seat)]
        for seat in sorted(due, key=lambda seat: (not seat.keeper_lost, _load(seat), seat.index)):
            if budget.may_add(len(self._roster)) and self._roster.has_slot:
                if self._generations.source is None:
                    return  # nobody could take its place
                self._roster.add(replaces=seat)
            elif not self._take(seat, now, budget, self._why(seat)):
                return

    def _take(self, seat: Seat, now: float, budget: Budget, reason: str) -> bool:
        if self._generations.source is None:
            return False
        serving = sum(one.state is State.RUNNING and not one.trial for one in self._roster)
        if seat.state is State.RUNNING and not budget.may_take(serving):
            return False
        self._dismiss(seat, now, reason)
        return True

    def _why(self, seat: Seat) -> str:
        """Answer why a seat's worker is to be replaced, "" when it is not."""
        if seat.keeper_lost:
            return KEEPER_LOST
        if seat.zygote is not None and self._generations.outdated(seat.generation):
            return RELOAD
        return seat.wish

    def _dismiss(self, seat: Seat, now: float, reason: str) -> None:
        config = self._config()
        if reason == RELOAD:
            timeout = config.reload_drain_timeout
        else:
            # A worker that is only too old, too large or without its keeper finishes its job, however long that takes.
            timeout = config.drain_timeout if reason == SCALE else math.inf
        seat.dismiss(now, timeout, reason)


def _load(seat: Seat) -> int:
    return _BUSY.get(seat.activity, 2) if seat.state in LIVE else -1
