"""The janitor's loop: run the duties that are due, sleep until the next one is.

    due duties --> run_once each --> sleep until the first is due again
        |                               ^
        '-- the store is away: back off '

One failing duty stops no other. The store being away is weather: it is said once,
tried again with a capped backoff, and said again when it is over.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from engine.errors import EngineError, StoreDown
from janitor.complaint import Complaint
from janitor.duty import Duty

FIRST_BACKOFF = 0.1
LONGEST_BACKOFF = 1.0
"""Seconds between tries while the store is away; the longest bounds how late we notice its return."""

_log = logging.getLogger(__name__)


class Stop(Protocol):
    """The part of `janitor.stop.StopRequest` that the loop needs."""

    @property
    def asked(self) -> bool:
        """Whether to leave after this pass."""
        ...

    def wait(self, seconds: float) -> bool:
        """Sleep, at most so long; True when a stop was asked for."""
        ...


class Runner:
    """Runs the duties until a stop is asked for; called by `janitor.sweeping`.

    Args:
        duties: in the order in which they run within a pass.
        stop: where stop requests show and on which the loop sleeps.
        clock: monotonic seconds.
        nap: sleeps at most so many seconds, or until a stop is asked for; True: the first duty is due at once.
    """

    def __init__(
        self,
        duties: Sequence[Duty],
        stop: Stop,
        clock: Callable[[], float] = time.monotonic,
        nap: Callable[[float], bool] | None = None,
    ) -> None:
        self._duties = duties
        self._stop = stop
        self._clock = clock
        self._nap = nap or (lambda seconds: stop.wait(seconds) and False)
        self._due = {duty.name: clock() for duty in duties}
        self._store = Complaint("store", _log, clock)
        self._troubles = {duty.name: Complaint(f"duty {duty.name}", _log, clock) for duty in duties}

    def run(self) -> None:
        """Sweep until a stop is asked for; the pass under way is ended first."""
        while not self._stop.asked:
            if self._nap(self.sweep()):
                self._due[self._duties[0].name] = self._clock()

    def sweep(self) -> float:
        """Make one pass over the duties that are due.

        Returns:
            Seconds to sleep before the next pass; zero when a duty has more to do.
        """
        try:
            for duty in self._duties:
                if self._due[duty.name] <= self._clock():
                    self._perform(duty)
        except StoreDown as error:
            self._store.trouble(error)
            return backoff(self._store.failures)
        self._store.well()
        return max(0.0, min(self._due.values()) - self._clock())

    def _perform(self, duty: Duty) -> None:
        """Run one duty and note when it wants to run again."""
        trouble = self._troubles[duty.name]
        # Set first: whatever happens below, a duty that fails waits for its interval like any other.
        self._due[duty.name] = self._clock() + duty.interval
        try:
            outcome = duty.run_once()
        except StoreDown:
            self._due[duty.name] = self._clock()  # it is owed its turn when the store is back
            raise
        except Exception as error:  # noqa: BLE001 - a duty's failure must not stop the others
            # What the engine raises by name explains itself; anything else needs its stack.
            trouble.trouble(error, trace=not isinstance(error, EngineError))
            return
        trouble.well()
        if outcome.again_in is not None:
            self._due[duty.name] = self._clock() + min(outcome.again_in, duty.interval)


def backoff(failures: int) -> float:
    """Seconds to wait after so many failed tries in a row: doubling, capped."""
    return float(min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(max(failures - 1, 0), 10)))
