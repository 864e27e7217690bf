"""What makes a program or a pool start anew unasked: a clock on the wall, changed files."""

import logging
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from supervisor.services.wall_clock import CronClock

if TYPE_CHECKING:
    from supervisor.services.watch_link import WatchLink

log = logging.getLogger(__name__)

_LONGEST_S = 60.0  # a clock that is set is noticed so soon


class Minder:
    """Duties: ask for a restart when it is time, or when files have changed. Implements Ward for its watcher."""

    def __init__(
        self,
        name: str,
        ask: Callable[[str], None],
        tend: Callable[[float], float] = lambda _now: math.inf,
        *,
        clock: CronClock | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.name = f"{name}.minder"
        self.of = name
        self.stop_timeout = 2.0
        self.watch: WatchLink | None = None
        self._ask = ask
        self._tend = tend
        self._clock = clock
        self._wall = wall
        self._leaving = False

    def changed(self, path: str) -> None:
        """Files have changed; `path` is the first of them, quoted."""
        if not self._leaving:
            log.info("%s: %s changed", self.of, path)
            self._ask("watch")

    def reconcile(self, now: float) -> float:
        """Look at the clock, and after the watcher; answer when to look again."""
        times = [self.watch.service.reconcile(now)] if self.watch is not None else []
        if self._leaving:
            return min(times, default=math.inf)
        if self._clock is not None:
            wall = self._wall()
            if self._clock.strikes(wall):
                log.info("%s: its cron_restart is due", self.of)
                self._ask("cron")
            times.append(now + min(self._clock.wait(wall), _LONGEST_S))
        times.append(self._tend(now))
        return min(times)

    def stop(self, now: float) -> None:
        """See Ward: nothing is asked for any more."""
        self._leaving = True
        if self.watch is not None:
            self.watch.service.stop(now)

    def kill(self, now: float) -> None:
        """See Ward."""
        self.stop(now)
        if self.watch is not None:
            self.watch.service.kill(now)

    def close(self) -> None:
        """Hear of nothing any more; when the watcher is gone."""
        if self.watch is not None:
            self.watch.close()

    def is_down(self) -> bool:
        """See Ward."""
        return self.watch is None or self.watch.service.is_down()
