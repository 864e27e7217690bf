"""The pruner: removes what was kept long enough: finished jobs' records, dead letters past
their age, the traces of workers and callers that are long gone.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from engine.calls import Depths
from janitor.duty import Pass

LIMIT = 1000
"""Records of each kind a pass."""

INTERVALS = 5
"""The pruner's pace in janitor intervals: nobody waits for a pruning."""


class PruningEngine(Protocol):
    """The part of `engine.engine.Engine` that this duty calls."""

    def prune(self, limit: int = ..., *, dead_after: Mapping[str, float] | None = ...) -> int:
        """Remove what has had its time; how many records went."""
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
        limit: records of each kind a pass.
    """

    name = "prune"

    def __init__(
        self,
        engine: PruningEngine,
        interval: float,
        dead_for: Callable[[str], float] = lambda _: 0.0,
        limit: int = LIMIT,
    ) -> None:
        self.interval = interval * INTERVALS
        self._engine = engine
        self._dead_for = dead_for
        self._limit = limit

    def run_once(self) -> Pass:
        """Remove at most `limit` records of each kind."""
        queues = self._engine.figures().queues
        ages = {name: self._dead_for(name) for name, depth in queues.items() if depth.dead}
        removed = self._engine.prune(self._limit, dead_after={name: age for name, age in ages.items() if age > 0})
        return Pass(removed, 0.0 if removed >= self._limit else None)
