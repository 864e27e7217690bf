"""The rescuer: gives back jobs whose lease lapsed because their owner, or its whole host, fell silent.

A worker that dies under its keeper's eyes is settled within a quarter of a second;
what reaches the rescuer is the rest: lost hosts and killed keepers. The engine's script
also notes the time of the sweep, which workers watch: when it grows stale they sweep
themselves.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.store.calls import Rescued
from janitor.duty import Pass

LIMIT = 200
"""Jobs a pass: a rescue moves a record, so a bite is smaller than a promotion's."""

GRACE = 2.0
"""Seconds for which an owner must have been silent: two beats of its keeper."""

SLOWEST = 5.0
"""Seconds: the longest interval of this duty, whatever the config says: its passes are the sweeps
that workers watch, and they step in after ten seconds without one."""

NAMED = 5
"""Buried jobs named by id in one log line."""

_log = logging.getLogger(__name__)


class RescuingEngine(Protocol):
    """The part of `engine.clients.engine.Engine` that this duty calls."""

    def rescue(
        self, limit: int = ..., *, grace: float = ..., max_crashes: int = ..., by_queue: Mapping[str, int] | None = ...
    ) -> list[Rescued]:
        """Give back what lapsed; what it was."""
        ...


class Rescuer:
    """Duty: processing with a lapsed lease -> pending, or dead at the crash limit.

    Args:
        engine: the janitor's connection to the store.
        interval: seconds between passes, `SLOWEST` at most.
        max_crashes: processes a job may take down, for queues that `by_queue` does not name.
        by_queue: the same for the queues of the config file.
        limit: jobs a pass.
    """

    name = "rescue"

    def __init__(
        self,
        engine: RescuingEngine,
        interval: float,
        *,
        max_crashes: int,
        by_queue: Mapping[str, int],
        limit: int = LIMIT,
    ) -> None:
        self.interval = min(interval, SLOWEST)
        # The script takes a sweep that is more than two graces old for an outage, and rescues
        # nothing for one grace after it: a grace below our own pace would put it off for ever.
        self.grace = max(GRACE, self.interval)
        self._engine = engine
        self._max_crashes = max_crashes
        self._by_queue = by_queue
        self._limit = limit

    def run_once(self) -> Pass:
        """Rescue at most `limit` jobs and tell how many of which queue, never the jobs' contents."""
        rescued = self._engine.rescue(
            self._limit, grace=self.grace, max_crashes=self._max_crashes, by_queue=self._by_queue
        )
        if rescued:
            _log.warning("rescued %s", told(rescued))
        return Pass(len(rescued), 0.0 if len(rescued) >= self._limit else None)


def told(rescued: Sequence[Rescued]) -> str:
    """One line on a pass: counts by queue, and the ids of what was buried (at most `NAMED`)."""
    queues = Counter(one.queue for one in rescued)
    parts = ", ".join(f"{count} of queue {queue}" for queue, count in sorted(queues.items()))
    buried = [one.id for one in rescued if one.buried]
    if not buried:
        return parts
    named = ", ".join(buried[:NAMED]) + (", …" if len(buried) > NAMED else "")
    return f"{parts}; of these buried for crashing too often: {len(buried)} ({named})"
