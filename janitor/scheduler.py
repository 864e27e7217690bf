"""The scheduler: enqueues the jobs of the config file's schedules when their slots come.

It declares them to the store, where any client can list them, and fires what is due by the store's clock. The store
notes how far each schedule has come and gives each slot one turn, so any number of schedulers may run.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from engine import schedule as verbs
from engine.calls import Call
from engine.cron import Cron
from engine.schedule import Schedule, Sight
from janitor.complaint import Complaint
from janitor.duty import Pass
from janitor.misfire import plan

T = TypeVar("T")

DECLARED_EVERY = 60.0
"""Seconds between two declarations, so that a store that was emptied, or went back in time, learns of them again."""

SHORTEST = 0.005
"""Seconds: the shortest sleep before a slot, for a clock that has not quite reached it."""

_log = logging.getLogger(__name__)


class SchedulingEngine(Protocol):
    """The part of `engine.engine.Engine` that this duty calls."""

    def run(self, call: Call[T]) -> T:
        """One call."""
        ...


class Scheduler:
    """Duty: a slot whose time has come -> a pending job.

    Args:
        engine: the janitor's connection to the store.
        interval: the longest sleep, in seconds; the end of a job is noticed no later than this.
        schedules: those of the config file.
        origin: names the config file, the same after a restart: only who declared a schedule takes it back.
        clock: monotonic seconds.

    Raises:
        ValueError: an expression or a zone cannot be used here.
    """

    name = "schedule"

    def __init__(
        self,
        engine: SchedulingEngine,
        interval: float,
        schedules: Sequence[Schedule],
        origin: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.interval = interval
        self._engine = engine
        self._origin = origin
        self._clock = clock
        self._schedules = [(one, Cron(one.cron, one.timezone)) for one in schedules]
        self._names = [one.name for one in schedules]
        self._troubles = {name: Complaint(f"schedule {name}", _log, clock) for name in self._names}
        self._declare_at = clock()

    def run_once(self) -> Pass:
        """Fire what is due, a bounded number of slots of each schedule, and say when the next is."""
        self._declare()
        if not self._schedules:
            return Pass(0)
        now, sights = self._engine.run(verbs.look(self._names))
        fired, sleep = 0, self.interval
        for (schedule, cron), sight in zip(self._schedules, sights, strict=True):
            if sight is None:  # the store has lost it
                self._declare_at = self._clock()
                continue
            count, again_in = self._attend(schedule, cron, sight, now)
            fired += count
            sleep = min(sleep, again_in)
        return Pass(fired, sleep)

    def _declare(self) -> None:
        if self._clock() < self._declare_at:
            return
        removed = self._engine.run(verbs.declare(self._origin, [one for one, _ in self._schedules]))
        self._declare_at = self._clock() + DECLARED_EVERY
        if removed:
            _log.info("removed what no config file has any more: %s", ", ".join(removed))

    def _attend(self, schedule: Schedule, cron: Cron, sight: Sight, now: float) -> tuple[int, float]:
        """See to one schedule; how many jobs that made, and seconds until it wants to be seen to again."""
        fired = 0
        if sight.held is not None and not sight.open and not sight.paused:
            fired += self._fire(schedule, sight.held) == "fired"
        todo = plan(cron, schedule, sight.slot, now)
        missed = todo.missed
        if missed and not sight.paused:
            _log.warning("schedule %s: %d slots were missed (misfire: %s)", schedule.name, missed, schedule.misfire)
        if todo.gone is not None:
            self._engine.run(verbs.fire(schedule, todo.gone, missed=missed, go_by=True))
        for slot in todo.slots:
            outcome = self._fire(schedule, slot, missed)
            if outcome == "full":
                return fired, self.interval  # the slot is still to come; its age decides for how long
            fired += outcome == "fired"
            missed = 0
        if todo.more:
            return fired, 0.0
        return fired, self.interval if todo.due is None else max(todo.due - now, SHORTEST)

    def _fire(self, schedule: Schedule, slot: int, missed: int = 0) -> str:
        """Give a slot its turn; what came of it."""
        result = self._engine.run(verbs.fire(schedule, slot, missed=missed))
        trouble = self._troubles[schedule.name]
        if result.full is not None:
            trouble.trouble(result.full)
        elif result.outcome == "fired":
            trouble.well()
        elif result.outcome == "skipped":
            _log.info("schedule %s: skipped a slot, an earlier job has not ended", schedule.name)
        return result.outcome
