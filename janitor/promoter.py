"""The promoter: moves jobs whose time has come back into their queues, on time.

The store tells when the next job is due, and the promoter sleeps just that long, at most
its interval, so a delayed job or a retry starts within milliseconds of its time.
"""

from typing import Protocol

from engine.store.calls import Promoted
from janitor.duty import Pass

LIMIT = 1000
"""Jobs a pass; what is left over is taken by the next pass, at once."""

SHORTEST = 0.005
"""Seconds: the shortest sleep after a pass that found nothing it could move."""


class PromotingEngine(Protocol):
    """The part of `engine.clients.engine.Engine` that this duty calls."""

    def promote(self, limit: int = ...) -> Promoted:
        """Move due jobs to their queues; how many, and when the next is due."""
        ...


class Promoter:
    """Duty: scheduled and due -> pending.

    Args:
        engine: the janitor's connection to the store.
        interval: the longest sleep, in seconds.
        limit: jobs a pass.
    """

    name = "promote"

    def __init__(self, engine: PromotingEngine, interval: float, limit: int = LIMIT) -> None:
        self.interval = interval
        self._engine = engine
        self._limit = limit
        self._fruitless = 0

    def run_once(self) -> Pass:
        """Promote at most `limit` jobs and say when the next one is due."""
        moved, due = self._engine.promote(self._limit)
        if moved >= self._limit:
            self._fruitless = 0
            return Pass(moved, 0.0)
        self._fruitless = self._fruitless + 1 if moved == 0 and due is not None and due <= 0 else 0
        return Pass(moved, sleep_before(due, self.interval, self._fruitless))


def sleep_before(due: float | None, interval: float, fruitless: int) -> float:
    """Seconds to sleep before the next pass.

    Args:
        due: seconds until the next job is due, zero or less when it is overdue, or None.
        interval: the longest sleep; a job scheduled meanwhile waits no longer than this.
        fruitless: passes in a row that moved nothing although something was overdue.
            One is a job that fell due just now; many are a record that does not move,
            which must not turn the janitor into a busy loop.
    """
    if due is None:
        return interval
    if due > 0:
        return min(due, interval)
    return float(min(interval, SHORTEST * 2 ** min(max(fruitless - 1, 0), 20)))
