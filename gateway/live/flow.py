"""What of a socket is under way: counted, acknowledged, bounded. Pure: time comes in by argument."""

from collections import deque
from typing import NamedTuple

ACK_WITHIN = 15.0
"""Seconds in which something that was sent must be acknowledged."""

MOST_UNDER_WAY = 256 * 1024
"""Characters that may be unacknowledged; more wait."""

FRAMES_A_SECOND = 20.0
FRAMES_AT_ONCE = 40.0


class _Sent(NamedTuple):
    n: int
    at: float
    size: int


class Flow:
    """Duties: number the frames of a socket, know what of them was not acknowledged, and since when."""

    def __init__(self) -> None:
        self.n = 0
        self.acknowledged = 0
        self._under_way: deque[_Sent] = deque()
        self._size = 0

    def sent(self, size: int, now: float) -> None:
        """A frame of that size, with the number `n` + 1, goes out."""
        self.n += 1
        self._under_way.append(_Sent(self.n, now, size))
        self._size += size

    def ack(self, n: int) -> None:
        """All frames up to this number have arrived; numbers that were not sent yet count for nothing."""
        self.acknowledged = max(self.acknowledged, min(n, self.n))
        while self._under_way and self._under_way[0].n <= self.acknowledged:
            self._size -= self._under_way.popleft().size

    @property
    def is_full(self) -> bool:
        """Whether more must wait."""
        return self._size > MOST_UNDER_WAY

    def is_late(self, now: float) -> bool:
        """Whether the oldest frame under way has been so for too long."""
        return bool(self._under_way) and now - self._under_way[0].at > ACK_WITHIN

    def forgive(self, now: float) -> None:
        """Time begins anew: a hidden tab draws nothing, and acknowledges nothing."""
        self._under_way = deque(one._replace(at=now) for one in self._under_way)


class Allowance:
    """How many frames a client may still send: 20 a second, 40 at once."""

    def __init__(self, now: float) -> None:
        self._left = FRAMES_AT_ONCE
        self._at = now

    def take(self, now: float) -> bool:
        """One more; whether it was allowed."""
        self._left = min(FRAMES_AT_ONCE, self._left + (now - self._at) * FRAMES_A_SECOND) - 1
        self._at = now
        return self._left >= 0
