"""When a job that failed is tried again. Pure: chance comes in by argument.

Exponential with jitter, capped, as Sidekiq and Celery taught; the jitter spreads what failed together.
"""

import random
from collections.abc import Callable

import msgspec


class Backoff(msgspec.Struct, frozen=True):
    """Delays in seconds: base * factor^(attempt-1), at most `max`, spread by ± `jitter` (a share of the delay)."""

    base: float = 1.0
    factor: float = 2.0
    max: float = 3600.0
    jitter: float = 0.1

    def delay(self, attempt: int, chance: Callable[[], float] = random.random) -> float:
        """Seconds to wait after the attempt of this number (1 = the first) failed."""
        exponent = min(max(attempt, 1) - 1, 1000)
        try:
            plain = min(self.base * self.factor**exponent, self.max)
        except OverflowError:
            plain = self.max
        return min(plain * (1 + self.jitter * (2 * chance() - 1)), self.max)


class QueuePolicy(msgspec.Struct, frozen=True):
    """What a queue says of its jobs; each job or type may say otherwise.

    Attributes:
        retries: further attempts after the first failed one.
        lease: seconds after which a silent host's jobs are taken back.
        max_crashes: so many dead processes make a job poison.
        max_pending: 0 = no limit.
        result_ttl: seconds for which results are kept.
    """

    retries: int = 3
    backoff: Backoff = Backoff()
    lease: float = 30.0
    max_crashes: int = 3
    max_pending: int = 0
    result_ttl: float = 3600.0
