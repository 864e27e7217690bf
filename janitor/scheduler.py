"""The scheduler: enqueues the jobs of schedules when their slots come: those of its config file, and those put by API.

It declares its own to the store, where any client can list them, and fires what is due by the store's clock. The store
notes how far each schedule has come and gives each slot one turn, so any number of schedulers may run.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from engine.schedules import schedule as verbs
from engine.schedules.cron import Cron
from engine.schedules.schedule import Schedule, Sight
from engine.store.calls import Call
from janitor.complaint import Complaint
from janitor.duty import Pass
from janitor.misfire import plan

T = TypeVar("T")

DECLARED_EVERY = 60.0
"""Seconds between two declarations, so that a store that was emptied, or went back in time, learns of them again."""

SHORTEST = 0.005
"""Seconds: the shortest sleep before a slot, for a clock that has not quite reached it."""

_log = logging.getLogger(__name__)


class Known(NamedTuple):
    """A schedule and its times; of one that was put by API the bytes it was read from: it may have been replaced."""

    schedule: Schedule
    cron: Cron
    definition: bytes = b""


class SchedulingEngine(Protocol):
    """The part of `engine.clients.engine.Engine` that this duty calls."""

    def run(self, call: Call[T]) -> T:
        """One call."""
        ...


class Scheduler:
    """Duty: a slot whose time has come -> a pending job.

    Args:
        engine: the janitor's connection to the store.
        interval: the longest sleep, in seconds; the end of a job is noticed no later than this.
        schedules: those of the config file; what clients put is heard of from the store.
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
        self._own = [Known(one, Cron(one.cron, one.timezone)) for one in schedules]
        self._put: list[Known] = []
        self._version = 0
        self._troubles: dict[str, Complaint] = {}
        self._declare_at = clock()

    def run_once(self) -> Pass:
        """Fire what is due, a bounded number of slots of each schedule, and say when the next is."""
        self._declare()
        known = [*self._own, *self._put]
        now, sights, version = self._engine.run(verbs.look([one.schedule.name for one in known]))
        if version != self._version:
            self._hear()
            return Pass(0, 0.0)
        fired, sleep = 0, self.interval
        for one, sight in zip(known, sights, strict=True):
            if sight is None:  # the store has lost it
                self._declare_at = self._clock()
                continue
            count, again_in = self._attend(one, sight, now)
            fired += count
            sleep = min(sleep, again_in)
        return Pass(fired, sleep)

    def _hear(self) -> None:
        """Learn what clients have put; a schedule of the same name in our own file goes first."""
        said = self._engine.run(verbs.puts())
        own = {one.schedule.name for one in self._own}
        self._put = []
        for definition in said.definitions:
            one = verbs.read(definition)
            if one is None or one.name in own:
                continue
            try:
                self._put.append(Known(one, Cron(one.cron, one.timezone), definition))
            except ValueError as error:
                _log.warning("schedule %s cannot be fired by this janitor: %s", one.name, error)
        self._version = said.version
        self._troubles = {name: one for name, one in self._troubles.items() if name in own}

    def _declare(self) -> None:
        if self._clock() < self._declare_at:
            return
        removed, taken = self._engine.run(verbs.declare(self._origin, [one.schedule for one in self._own]))
        self._declare_at = self._clock() + DECLARED_EVERY
        if removed:
            _log.info("removed what no config file has any more: %s", ", ".join(removed))
        if taken:
            _log.warning("put by a client until now, the config file's from now on: %s", ", ".join(taken))

    def _attend(self, one: Known, sight: Sight, now: float) -> tuple[int, float]:
        """See to one schedule; how many jobs that made, and seconds until it wants to be seen to again."""
        schedule, cron, definition = one
        fired = 0
        if sight.held is not None and not sight.open and not sight.paused:
            fired += self._fire(one, sight.held) == "fired"
        todo = plan(cron, schedule, sight.slot, now)
        missed = todo.missed
        if missed and not sight.paused:
            _log.warning("schedule %s: %d slots were missed (misfire: %s)", schedule.name, missed, schedule.misfire)
        if todo.gone is not None:
            self._engine.run(verbs.fire(schedule, todo.gone, missed=missed, go_by=True, definition=definition))
        for slot in todo.slots:
            outcome = self._fire(one, slot, missed)
            if outcome == "changed":
                return fired, 0.0  # the next look says that there is something new
            if outcome == "full":
                return fired, self.interval  # the slot is still to come; its age decides for how long
            fired += outcome == "fired"
            missed = 0
        if todo.more:
            return fired, 0.0
        return fired, self.interval if todo.due is None else max(todo.due - now, SHORTEST)

    def _fire(self, one: Known, slot: int, missed: int = 0) -> str:
        """Give a slot its turn; what came of it."""
        schedule, _, definition = one
        result = self._engine.run(verbs.fire(schedule, slot, missed=missed, definition=definition))
        trouble = self._troubles.get(schedule.name)
        if trouble is None:
            trouble = self._troubles[schedule.name] = Complaint(f"schedule {schedule.name}", _log, self._clock)
        if result.full is not None:
            trouble.trouble(result.full)
        elif result.outcome == "fired":
            trouble.well()
        elif result.outcome == "skipped":
            _log.info("schedule %s: skipped a slot, an earlier job has not ended", schedule.name)
        return result.outcome
