"""When the janitor has not swept for long, workers do the least of its work themselves: due jobs and lapsed leases."""

import logging
import random
import time
from collections.abc import Callable

from engine import StoreDown
from engine.clients.engine import Engine
from engine.store.claims import Grant

log = logging.getLogger(__name__)
STALE_MS = 10_000  # of the store's clock since the janitor's last sweep
_PAUSE = 5.0  # s between two sweeps of one worker
_PROMOTE, _RESCUE = 1000, 100


class StandIn:
    """One bounded sweep now and then while the janitor is away."""

    def __init__(self, engine: Engine, max_crashes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._max_crashes = max_crashes
        self._clock = clock
        # Spread from the start: the workers of a host all see the same stale janitor at once.
        self._next = clock() + random.uniform(0, 1)  # noqa: S311 - no secret
        self.warned = False

    def look(self, grant: Grant) -> bool:
        """Sweep when the janitor's last sweep was long ago; True when it was done.

        The store being away is not this one's trouble: the next claim will meet it.
        """
        if grant.now_ms - grant.swept_ms <= STALE_MS:
            self.warned = False
            return False
        now = self._clock()
        if now < self._next:
            return False
        self._next = now + _PAUSE * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        if not self.warned:
            log.warning("no janitor has swept %s; sweeping in its stead", _age(grant))
            self.warned = True
        try:
            self._engine.promote(_PROMOTE)
            # As long as the gaps between these sweeps: a gap of more than two graces counts as an outage.
            self._engine.rescue(_RESCUE, grace=STALE_MS / 1000, max_crashes=self._max_crashes)
        except StoreDown as error:
            log.debug("no sweep: %s", error)
            return False
        return True


def _age(grant: Grant) -> str:
    return f"for {(grant.now_ms - grant.swept_ms) // 1000} s" if grant.swept_ms else "here yet"
