"""The pruner: removes what was kept long enough: finished jobs' records, dead letters past
their age, the traces of workers and callers that are long gone.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from engine.store.calls import Depths, Pruned
from janitor.duty import Pass

LIMIT = 1000
"""Records of each kind a pass."""

INTERVALS = 5
"""The pruner's pace in janitor intervals: nobody waits for a pruning."""


_log = logging.getLogger(__name__)


class PruningEngine(Protocol):
    """The part of `engine.clients.engine.Engine` that this duty calls."""

    def prune(
        self,
        limit: int = ...,
        *,
        dead_after: Mapping[str, float] | None = ...,
        dead_most: Mapping[str, int] | None = ...,
    ) -> Pruned:
        """Remove what has had its time; how much went."""
        ...

    def figures(self) -> Depths:
        """How deep all queues are."""
        ...


class Pruner:
    """Duty: finished and past its time to live -> gone.

    Args:
        engine: the janitor's connection to the store.
        interval: the janitor's interval in seconds; the pruner runs every `INTERVALS` of them.
        dead_for: seconds for which a queue's dead letters are kept, 0 = for ever; asked for
            every queue that holds some, named in the config file or not.
        dead_most: how many of a queue's dead letters are kept, 0 = all; asked likewise.
        limit: records of each kind a pass.
    """

    name = "prune"

    def __init__(
        self,
        engine: PruningEngine,
        interval: float,
        dead_for: Callable[[str], float] = lambda _: 0.0,
        limit: int = LIMIT,
        dead_most: Callable[[str], int] = lambda _: 0,
    ) -> None:
        self.interval = interval * INTERVALS
        self._engine = engine
        self._dead_for = dead_for
        self._limit = limit
        self._dead_most = dead_most

    def run_once(self) -> Pass:
        """Remove at most `limit` records of each kind."""
        dead = {name: depth.dead for name, depth in self._engine.figures().queues.items() if depth.dead}
        ages = {name: age for name in dead if (age := self._dead_for(name)) > 0}
        most = {name: few for name, count in dead.items() if 0 < (few := self._dead_most(name)) < count}
        removed, over = self._engine.prune(self._limit, dead_after=ages, dead_most=most)
        for name, count in over.items():
            _log.warning("queue %s: the %d oldest dead letters were dropped (dlq_max: %d)", name, count, most[name])
        return Pass(removed, 0.0 if removed >= self._limit else None)
