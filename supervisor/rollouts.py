"""What an apply asks of a pool: take this config and replace the workers; and how that went.

The only place where `apply` leans on how pools replace their workers.
"""

from enum import Enum
from typing import Protocol

from config import Pool as PoolConfig
from supervisor.pool import Pool
from supervisor.service import Service
from supervisor.states import State


class Outcome(Enum):
    """How far it is."""

    UNDER_WAY = "under way"
    DONE = "done"
    FAILED = "failed"


class Watched(Protocol):
    """Something an apply waits for."""

    @property
    def name(self) -> str:
        """Of the pool, program or part."""

    @property
    def why(self) -> str:
        """Why it failed, or what it waits for."""

    def outcome(self) -> Outcome:
        """Look how far it is."""


class Rollout:
    """A pool that was told to replace its workers."""

    def __init__(self, pool: Pool, config: PoolConfig) -> None:
        """Begin it. A stopped pool has nobody to replace: it starts with the new config when it is started."""
        self.name = pool.name
        self.why = "its workers are being replaced"
        self.pool = pool
        reconfigure(pool, config)
        self._before = pool.generations.number
        if not pool.stopped:
            pool.restart()

    @property
    def moved(self) -> bool:
        """Whether any worker runs, or will, with what this asked for."""
        generations = self.pool.generations
        return generations.floor > self._before or generations.candidate is not None

    def outcome(self) -> Outcome:
        """See Watched."""
        pool, generations = self.pool, self.pool.generations
        if pool.stopped or (generations.floor > self._before and pool.settled):
            return Outcome.DONE
        if generations.number > self._before and generations.candidate is None and generations.error:
            self.why = generations.error.strip()
            return Outcome.FAILED
        if any(seat.over_budget and seat.generation > self._before for seat in pool.seats):
            self.why = "its new workers keep dying"
            return Outcome.FAILED
        return Outcome.UNDER_WAY


class FirstStart:
    """A pool that was added."""

    def __init__(self, pool: Pool) -> None:
        self.name = pool.name
        self.why = "its workers are being started"
        self._pool = pool

    def outcome(self) -> Outcome:
        """See Watched."""
        if self._pool.stopped or self._pool.settled:
            return Outcome.DONE
        if self._pool.generations.error:
            self.why = self._pool.generations.error.strip()
            return Outcome.FAILED
        if any(seat.over_budget for seat in self._pool.seats):
            self.why = "its workers keep dying"
            return Outcome.FAILED
        return Outcome.UNDER_WAY


class Settling:
    """A pool whose count was changed."""

    def __init__(self, pool: Pool) -> None:
        self.name = pool.name
        self.why = "its workers are being started or drained"
        self._pool = pool

    def outcome(self) -> Outcome:
        """See Watched."""
        if self._pool.settled or self._pool.stopped:
            return Outcome.DONE
        if any(seat.over_budget for seat in self._pool.seats):
            self.why = "its workers keep dying"
            return Outcome.FAILED
        return Outcome.UNDER_WAY


class Startup:
    """A process that was started, or told to start again."""

    def __init__(self, service: Service) -> None:
        self.name = service.name
        self.why = "it is being started"
        self._service = service
        self._restarts = service.restarts

    def outcome(self) -> Outcome:
        """See Watched."""
        service = self._service
        if not service.wanted or service.state in (State.RUNNING, State.EXITED):
            return Outcome.DONE
        if service.state is State.FATAL or service.restarts > self._restarts:
            self.why = service.error or f"it ends at once ({service.last_exit})"
            return Outcome.FAILED
        return Outcome.UNDER_WAY


def reconfigure(pool: Pool, config: PoolConfig) -> None:
    """Have a pool follow a config; the number of its workers stays, and so do the workers."""
    pool.config = config
    pool.stop_timeout = config.drain_timeout
