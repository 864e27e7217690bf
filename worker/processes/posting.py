"""To which pool, generation and slot a process was posted: known before the fork, never changed."""

from dataclasses import dataclass

from config import namespace, store_url
from config.pools import Pool
from config.schema import Config
from scoreboard import Board


@dataclass(frozen=True, slots=True)
class Posting:
    """What zygote, keeper and workers of one pool generation share.

    lifeline: read end of the pipe whose end of file says that the supervisor is gone; None = nobody to lose.
    supervised: a supervisor sees to successors.
    """

    config: Config
    pool: Pool
    pool_number: int
    generation: int
    board: Board
    lifeline: int | None
    supervised: bool = False

    @property
    def url(self) -> str:
        """The store's address."""
        return store_url(self.config)

    @property
    def namespace(self) -> str:
        """The namespace all keys live under."""
        return namespace(self.config)

    @property
    def lease(self) -> float:
        """Seconds a claim lasts unless extended: one claim covers all queues of the pool, so the longest counts."""
        return max(self.config.queue(name).lease for name in self.pool.queues)

    @property
    def max_crashes(self) -> int:
        """How many processes a job may take down: the most patient queue of the pool counts."""
        return max(self.config.queue(name).max_crashes for name in self.pool.queues)

    def rank(self, slot: int) -> int:
        """Which worker of the pool a slot is, from 0: its place among the pool's slots of this generation."""
        mine = [
            other
            for other in range(self.board.slots)
            if (seat := self.board.seat(other)).pool == self.pool_number
            and seat.generation == self.generation
            and (seat.pid or seat.state)
        ]
        return mine.index(slot) if slot in mine else len([other for other in mine if other < slot])
