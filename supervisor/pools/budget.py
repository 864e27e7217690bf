"""How many workers may be missing, and how many there may be too many, while some are replaced. Pure.

Every cause of replacement draws from the one budget of its pool: reload, restart, jobs, age, memory, a lost keeper.
"""

from typing import NamedTuple, Self

from config.reload import Reload


class Budget(NamedTuple):
    """What is allowed around `target` workers."""

    target: int
    surge: int
    unavailable: int

    @classmethod
    def of(cls, rules: Reload, target: int) -> Self:
        """The budget of a pool that wants so many workers."""
        return cls(target, rules.surge(target), rules.unavailable(target))

    def may_add(self, seats: int) -> bool:
        """Whether one process more may be started; `seats`: those that live, leaving ones too, or are to come back."""
        return seats < self.target + self.surge

    def may_take(self, serving: int) -> bool:
        """Whether one of the serving workers may be told to leave."""
        return serving > self.target - self.unavailable
