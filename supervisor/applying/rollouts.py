"""What an apply asks of a pool: take this config and replace the workers; and how that went.

The only place where `apply` leans on how pools replace their workers.
"""

from enum import Enum
from typing import Protocol

from config import Pool as PoolConfig
from supervisor.pools.pool import Pool
from supervisor.pools.rollout import Phase
from supervisor.pools.zygote import Origin
from supervisor.services.service import Service
from supervisor.services.states import State


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


class Replacement:
    """A pool that was told to replace its workers by ones with another config."""

    def __init__(self, pool: Pool, config: PoolConfig, origin: Origin) -> None:
        """Begin it. A stopped pool has nobody to replace: it starts with the new config when it is started."""
        self.name = pool.name
        self.why = "its workers are being replaced"
        self.pool = pool
        self._origin = origin
        # The count is not the rollout's matter: rolled back, it would undo what somebody has set meanwhile.
        self._config = config.model_copy(update={"instances": pool.config.instances})
        self._before = (pool.config, pool.origin)
        self._id: int | None = None
        if pool.stopped:
            pool.follow(self._config, origin)
        else:
            number = pool.reconfigure(self._config, origin)
            self._id = pool.reload() if number is None else number

    def outcome(self) -> Outcome:
        """See Watched."""
        if self._id is None:
            return Outcome.DONE
        if self.pool.stopped:
            self._id = None
            self.pool.follow(self._config, self._origin)
            return Outcome.DONE
        found = self.pool.rolling.find(self._id)
        if found is None or found.phase is Phase.DONE:
            return Outcome.DONE
        self.why = found.reason.strip() or f"its workers are being replaced: {found.phase}"
        return Outcome.FAILED if found.ended else Outcome.UNDER_WAY

    def undo(self) -> "Replacement | None":
        """Go back to the config of before; answer the replacement that does it, None when nothing is to be waited for.

        A rollout that was rolled back has done it already.
        """
        found = None if self._id is None else self.pool.rolling.find(self._id)
        if found is not None and found.phase is Phase.ROLLED_BACK:
            return None
        return Replacement(self.pool, *self._before)


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


class FirstStart(Settling):
    """A pool that was added: besides, its tasks may not import."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.why = "its workers are being started"

    def outcome(self) -> Outcome:
        """See Watched."""
        found = super().outcome()
        if found is not Outcome.DONE and self._pool.generations.error:
            self.why = self._pool.generations.error.strip()
            return Outcome.FAILED
        return found


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
