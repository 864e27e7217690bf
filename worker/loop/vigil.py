"""What a worker looks at between jobs, at most once a second: its lifeline, its size, how much it has done."""

import time
from collections.abc import Callable

from scoreboard import ExitReason, WorkerRecord
from worker.loop.idle import Idle
from worker.loop.recycle import Scales, verdict
from worker.loop.signals import Requests

_SECOND = 1_000_000_000


class Vigil:
    """Decides at job boundaries whether to go on.

    max_memory in bytes or None; limit in jobs and max_age_s, 0 = none; patience_s: how long a leaving worker waits for
    the store. supervised: one that has served long enough says so on the scoreboard, and goes on until it is told to
    leave, for its successor comes first; without a supervisor it leaves.
    """

    def __init__(
        self,
        record: WorkerRecord,
        requests: Requests,
        idle: Idle,
        *,
        limit: int = 0,
        max_memory: int | None = None,
        max_age_s: float = 0.0,
        supervised: bool = False,
        patience_s: float = 30.0,
        rss: Callable[[], int] | None = None,
    ) -> None:
        self._record = record
        self._requests = requests
        self._idle = idle
        self._limit = limit
        self._max_memory = max_memory
        self._old_ns = time.monotonic_ns() + int(max_age_s * _SECOND) if max_age_s else 0
        self._supervised = supervised
        self._wished = False
        self._patience_ns = int(patience_s * _SECOND)
        self._rss = rss or Scales(max_memory)
        self._looked_ns = 0
        self._leaving_ns = 0
        self._large: ExitReason | None = None
        self.jobs_done = 0
        self.holds_work = False  # whether there is something done that the store does not know yet

    def count(self, jobs: int) -> None:
        """So many more jobs were run."""
        self.jobs_done += jobs
        self._record.count_jobs(jobs)

    def left(self) -> int | None:
        """How many more jobs may be claimed before the worker is to be recycled; None = any number."""
        return max(1, self._limit - self.jobs_done) if self._limit and not self._supervised else None

    def reason(self) -> ExitReason | None:
        """Why to leave at this job boundary; None = go on."""
        now = time.monotonic_ns()
        if now - self._looked_ns >= _SECOND:
            self._looked_ns = now
            self._record.beat(now)
            self._idle.look_up()
            self._large = verdict(0, 0, self._rss() if self._max_memory else 0, self._max_memory)
            if self._old_ns and now >= self._old_ns:
                self._large = self._large or ExitReason.RECYCLE_AGE
        if self._requests.stop:
            return ExitReason.ORPHANED if self._requests.orphaned else ExitReason.DRAINED
        served = verdict(self.jobs_done, self._limit, 0, None) or self._large
        if served is None or not self._supervised:
            return served
        if not self._wished:
            self._wished = True
            self._record.wish(served)
        return None

    def wait(self, seconds: float) -> bool:
        """The store is away: wait, note that we live, and say whether waiting for it still makes sense.

        False: we are to leave, and hold nothing that was done or have waited long enough.
        """
        if not self._worth_waiting():
            return False
        self._idle.wait(listen=False, timeout=seconds)
        return self._worth_waiting()

    def _worth_waiting(self) -> bool:
        now = time.monotonic_ns()
        self._record.beat(now)
        self._idle.look_up()
        if not self._requests.stop:
            return True
        self._leaving_ns = self._leaving_ns or now
        return self.holds_work and now - self._leaving_ns <= self._patience_ns
