"""The order of leaving: stages with deadlines, each begun when the one before is empty.

The order and its reasons:
  1. programs and workers drain: they may still enqueue, finish and acknowledge, so all else stays up;
  2. the gateway, so that the drain could be watched through it;
  3. the janitor, which has nothing left to rescue;
  4. the store, last of those that hold data, when nobody can write to it any more;
  5. the logger, which must hear the last words of all the others.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

log = logging.getLogger(__name__)

# How long a stage may overstay after its processes were killed: only a process stuck in the kernel needs it.
AFTER_KILL_S = 5.0


class Ward(Protocol):
    """Whatever can be told to leave. Each ward keeps its own deadline; a stage's is only the backstop."""

    @property
    def name(self) -> str:
        """Name for people."""

    @property
    def stop_timeout(self) -> float:
        """Seconds it is given between the request and the kill."""

    def stop(self, now: float) -> None:
        """Ask it to leave; may be called again."""

    def kill(self, now: float) -> None:
        """Make it leave now; may be called again."""

    def is_down(self) -> bool:
        """Tell whether no process of it is left."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Wards that leave together."""

    name: str
    wards: Sequence[Ward]

    def limit(self) -> float:
        """Seconds after which the whole stage is killed, should a ward have missed its own deadline."""
        return max((ward.stop_timeout for ward in self.wards), default=0.0) + AFTER_KILL_S


class Shutdown:
    """Walks the stages. Duties: begin each, kill at the limit, give up on what even a kill cannot end.

    The arbiter calls `advance` from its reconcile loop until `done`.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._stages = list(stages)
        self._index = -1
        self._kill_at = 0.0
        self._killed = False
        self._hurried = False
        self.clean = True
        self.done = False

    @property
    def stage(self) -> str:
        """Name of the stage that is leaving now, `""` before the first and after the last."""
        return self._stages[self._index].name if 0 <= self._index < len(self._stages) else ""

    def hurry(self, now: float) -> None:
        """No more drains: kill what is leaving, and each later stage as it comes."""
        if self._hurried:
            return
        self._hurried = True
        if 0 <= self._index < len(self._stages):
            self._kill(now)

    def advance(self, now: float) -> float | None:
        """Go as far as possible; answer the next time to look, or None when only an exit can move it on."""
        while not self.done:
            if self._index >= 0 and not self._is_over(now):
                return self._kill_at + (AFTER_KILL_S if self._killed else 0.0)
            self._begin_next(now)
        return None

    def _is_over(self, now: float) -> bool:
        stage = self._stages[self._index]
        late = [ward.name for ward in stage.wards if not ward.is_down()]
        if not late:
            return True
        if now < self._kill_at:
            return False
        if not self._killed:
            log.warning("%s overstayed and is killed: %s", stage.name, ", ".join(late))
            self._kill(now)
            return False
        if now < self._kill_at + AFTER_KILL_S:
            return False
        log.error("%s did not leave even when killed, going on without: %s", stage.name, ", ".join(late))
        self.clean = False
        return True

    def _begin_next(self, now: float) -> None:
        self._index += 1
        if self._index >= len(self._stages):
            self.done = True
            return
        stage = self._stages[self._index]
        log.info("stopping %s", stage.name)
        self._killed = False
        self._kill_at = now + stage.limit()
        for ward in stage.wards:
            ward.stop(now)
        if self._hurried:
            self._kill(now)

    def _kill(self, now: float) -> None:
        self._killed = True
        self._kill_at = now
        for ward in self._stages[self._index].wards:
            ward.kill(now)
