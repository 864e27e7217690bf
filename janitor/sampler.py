"""The sampler: how deep the queues are goes into the charts, every ten seconds; any number of janitors sample once."""

from typing import Protocol, TypeVar

from engine.charts.counting import Depths, Keep, sample
from engine.charts.vector import Counts
from engine.jobs.job import QueueFigures
from engine.store import calls
from engine.store.calls import Call
from janitor.duty import Pass

T = TypeVar("T")

INTERVAL = 10.0
"""Seconds between two samples."""

LEAST = 0.9 * INTERVAL
"""Seconds: what comes sooner after the last sample, by whatever janitor, is none."""

QUEUES = 200
"""Queues in a sample: those with most pending jobs."""


class SampledEngine(Protocol):
    """The part of `engine.clients.engine.Engine` that this duty calls."""

    def figures(self) -> calls.Depths:
        """How deep all queues are."""
        ...

    def run(self, call: Call[T]) -> T:
        """One call."""
        ...


class Sampler:
    """Duty: depth, busy and oldest of each queue -> the charts; forgets charts of queues and types long gone.

    Args:
        engine: the janitor's connection to the store.
        keep: for how long charts are kept.
    """

    name = "sample"
    interval = INTERVAL

    def __init__(self, engine: SampledEngine, keep: Keep) -> None:
        self._engine = engine
        self._keep = keep

    def run_once(self) -> Pass:
        """Take one sample."""
        busy = sampled(self._engine.figures().queues)
        self._engine.run(sample(busy, LEAST, self._keep))
        return Pass(len(busy))


def sampled(queues: dict[str, QueueFigures]) -> dict[str, Counts]:
    """The queues that have jobs waiting or running, as counts of a sample; at most `QUEUES`, the deepest."""
    busy = [name for name, seen in queues.items() if seen.pending or seen.processing]
    deepest = sorted(busy, key=lambda name: -queues[name].pending)[:QUEUES]
    return {name: _counts(queues[name]) for name in deepest}


def _counts(seen: QueueFigures) -> Counts:
    oldest = round(seen.oldest * 1000)
    return {
        Depths.DEPTH: seen.pending,
        Depths.BUSY: seen.processing,
        Depths.OLDEST_MS: oldest,
        Depths.DEPTH_MOST: seen.pending,
        Depths.OLDEST_MS_MOST: oldest,
    }
