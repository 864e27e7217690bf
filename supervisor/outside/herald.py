"""Tells those outside how the herd is: the service manager all the time, a waiting `--daemon` command once.

boot ──all workers run──> READY=1 ──reload──> RELOADING=1 ──done, or given up──> READY=1 … ──TERM──> STOPPING=1
WATCHDOG=1 at half the time, STATUS=… when it changes
"""

import logging
import math
import os
from collections.abc import Callable
from typing import Protocol

from supervisor.herd import Herd
from supervisor.outside.boot_outcome import count, outcome, rolling
from supervisor.outside.figures import queue_figures
from supervisor.outside.notify import Notifier, reloading
from supervisor.shutdown import Shutdown

log = logging.getLogger(__name__)

_STATUS_S = 1.0  # the status is looked at no more often
_EXTEND_S = 10.0  # while booting: how often more time is asked for …
_EXTEND_BY_S = 30.0  # … and how much; a loop that stands still asks for none, and is ended


class Look(Protocol):
    """What the herald looks at."""

    herd: Herd
    leaving: Shutdown | None


class Herald:
    """Duties: say each thing once, in the order that systemd knows, from the arbiter's loop and only from there.

    Args:
        notifier: the service manager's socket.
        up: told once how the boot went: `""` for well, else why it failed.
    """

    def __init__(self, notifier: Notifier, up: Callable[[str], None] | None = None) -> None:
        self._notifier = notifier
        self._up = up
        self._ready = False
        self._reloading = False
        self._stopping = False
        self._failing = False
        self._said = ""
        self._status_at = -math.inf
        self._alive_at = -math.inf
        self._extend_at = -math.inf

    def look(self, at: Look, now: float) -> float:
        """Say what is new; answer when to look again."""
        if not self._notifier.wanted and self._up is None:
            return math.inf
        self._boot(at)
        if not self._notifier.wanted:
            return math.inf  # every step of a boot wakes the loop
        self._phases(at)
        return min(self._status(at, now), self._sign_of_life(now), self._more_time(now))

    def _boot(self, at: Look) -> None:
        if at.leaving is not None or (self._ready and self._up is None):
            return
        seen = outcome(at.herd)
        self._failing = bool(seen.failure)
        if self._up is not None and (seen.up or seen.failure):
            told, self._up = self._up, None
            told(seen.failure)
        if seen.up and not self._ready:
            self._ready = self._notifier.say("READY=1", f"MAINPID={os.getpid()}") or not self._notifier.wanted

    def _phases(self, at: Look) -> None:
        if at.leaving is not None:
            self._stopping = self._stopping or self._notifier.say("STOPPING=1")
        elif self._ready:
            rolls = any(rolling(pool) for pool in at.herd.pools)
            if rolls != self._reloading and self._notifier.say(*(reloading() if rolls else ("READY=1",))):
                self._reloading = rolls

    def _status(self, at: Look, now: float) -> float:
        if now < self._status_at + _STATUS_S:
            return self._status_at + _STATUS_S
        self._status_at = now
        text = summary(at)
        if text != self._said and self._notifier.say(f"STATUS={text}"):
            self._said = text
        return now + _STATUS_S

    def _sign_of_life(self, now: float) -> float:
        every = self._notifier.watchdog_s
        if every is None:
            return math.inf
        if now >= self._alive_at + every and self._notifier.say("WATCHDOG=1"):
            self._alive_at = now
        # One that did not arrive is said again soon, long before anybody misses it.
        return self._alive_at + every if now < self._alive_at + every else now + every / 4

    def _more_time(self, now: float) -> float:
        """A store that is away is weather: the boot may take as long as it lasts. Code that fails is none."""
        if self._ready or self._stopping or self._failing:
            return math.inf
        if now >= self._extend_at + _EXTEND_S:
            self._notifier.say(f"EXTEND_TIMEOUT_USEC={int(_EXTEND_BY_S * 1e6)}")
            self._extend_at = now
        return self._extend_at + _EXTEND_S


def summary(at: Look) -> str:
    """Say how the herd is, in one line."""
    if at.leaving is not None:
        return f"stopping {at.leaving.stage}".strip()
    running, wanted = count(at.herd)
    queues = queue_figures(at.herd.board, len(at.herd.pools)).queues
    parts = [
        f"{running}/{wanted} workers",
        f"{sum(queue.get('pending') or 0 for queue in queues.values())} jobs waiting",
    ]
    parts += [f"replacing {pool.name}" for pool in at.herd.pools if rolling(pool)]
    for pool in at.herd.pools:
        if pool.generations.error:
            parts.append(f"{pool.name} cannot start: {pool.generations.error.rstrip().splitlines()[-1][:200]}")
    return ", ".join(parts)
