"""In which order a claim looks at the queues, always the same or by weights; and what it passes over."""

import random
from collections.abc import Callable, Mapping, Sequence


class QueueOrder:
    """Strict: the listed order, every time. Weighted: drawn anew for each claim, heavier queues oftener first.

    ageing: seconds after which a job goes before those of higher priority in every eighth claim; 0 = never.
    skip: types that this worker was found not to know.
    """

    def __init__(
        self,
        queues: Sequence[str],
        weights: Mapping[str, float] | None = None,
        chance: Callable[[], float] = random.random,
        *,
        ageing: float = 0.0,
    ) -> None:
        self.queues = list(queues)
        self.ageing = ageing
        self.skip: set[str] = set()
        self._weights = dict(weights or {})
        self._chance = chance

    def next(self) -> list[str]:
        """The queues for one claim, the first one first."""
        if not self._weights or len(self.queues) < 2:  # noqa: PLR2004 - one queue has one order
            return self.queues
        # Each draws u ** (1/weight); the largest draw goes first: an exact weighted draw without replacement.
        drawn = {name: self._chance() ** (1.0 / max(1e-9, self._weights.get(name, 1))) for name in self.queues}
        return sorted(self.queues, key=drawn.__getitem__, reverse=True)
