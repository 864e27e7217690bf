"""How much counts have grown in the last minutes. Pure: time comes in by argument."""

from collections import deque
from collections.abc import Mapping


class Growth:
    """Duties: remember counts by name for a while.

    Args:
        window: seconds for which they are remembered.
        every: seconds between two that are.
    """

    def __init__(self, window: float = 600.0, every: float = 20.0) -> None:
        self._window = window
        self._every = every
        self._seen: deque[tuple[float, dict[str, int]]] = deque()

    def before(self, now: float, counts: Mapping[str, int]) -> dict[str, int]:
        """Note the counts of now; the oldest that are remembered, of each name its first."""
        if not self._seen or now - self._seen[-1][0] >= self._every:
            self._seen.append((now, dict(counts)))
        while now - self._seen[0][0] > self._window and len(self._seen) > 1:
            self._seen.popleft()
        found: dict[str, int] = {}
        for _, seen in reversed(self._seen):
            found.update(seen)
        return found
