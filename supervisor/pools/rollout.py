"""One replacement of a pool's generation: its phases, and what moves it from one to the next. Pure: times come in.

queued ──> booting ──> canary ──> rolling ──> done
│           │          │
└───────────┴──────────┴──────> rolled back (reason)
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from config.reload import Reload


class Phase(StrEnum):
    """How far a rollout has come."""

    QUEUED = "queued"  # another one is under way
    BOOTING = "booting"  # the new zygote imports the tasks
    CANARY = "canary"  # one new worker has to show that it works
    ROLLING = "rolling"  # workers are replaced within the budget
    DONE = "done"
    ROLLED_BACK = "rolled back"


ENDED = frozenset({Phase.DONE, Phase.ROLLED_BACK})
LOOK_S = 0.1  # how often a canary is looked at


class Canary(NamedTuple):
    """What the canary shows: whether it has come up, whether it runs a job, how many it has ended."""

    up: bool
    busy: bool
    jobs: int


@dataclass(slots=True)
class Rollout:
    """Plain state: it can be written down and read back."""

    id: int
    wants_canary: bool
    phase: Phase = Phase.QUEUED
    since: float = 0.0  # monotonic, of the phase
    generation: int = 0  # the new one, 0 before it boots
    reason: str = ""  # why it was rolled back
    canary_jobs: int = 0
    quiet_since: float = math.inf  # since when the canary has had no work

    @property
    def ended(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.phase in ENDED

    def begin(self, now: float, generation: int) -> None:
        """Its zygote was started."""
        self.generation = generation
        self._enter(Phase.BOOTING, now)

    def booted(self, now: float, *, comparable: bool) -> None:
        """Its zygote can fork; `comparable`: there are workers of an older generation, so that a canary makes sense."""
        self._enter(Phase.CANARY if self.wants_canary and comparable else Phase.ROLLING, now)

    def watch_boot(self, now: float, rules: Reload) -> float:
        """Give up when the import takes too long; answer when to look again."""
        due = self.since + rules.boot_timeout
        if now >= due:
            self.fail(now, f"the tasks were not imported within {rules.boot_timeout:g} s (boot_timeout)")
        return due

    def watch_canary(self, now: float, rules: Reload, seen: Canary) -> float:
        """Judge the canary; answer when to look again."""
        if not seen.up:
            self.quiet_since = math.inf
            if now >= self.since + rules.boot_timeout:
                self.fail(now, f"the canary was not ready within {rules.boot_timeout:g} s (boot_timeout)")
        else:
            if seen.busy or seen.jobs != self.canary_jobs or math.isinf(self.quiet_since):
                self.quiet_since = now
            self.canary_jobs = seen.jobs
            if seen.jobs >= rules.canary_jobs or (not seen.busy and now - self.quiet_since >= rules.canary_time):
                self._enter(Phase.ROLLING, now)
        return now + LOOK_S

    def met(self, now: float, kinds: Iterable[str]) -> None:
        """New workers fail as no old one did."""
        if kinds := sorted(kinds):
            who = "the canary" if self.phase is Phase.CANARY else "new workers"
            self.fail(now, f"{who} failed in a way that is new: {', '.join(kinds)}")

    def rolled(self, now: float) -> None:
        """All workers are of the new generation."""
        self._enter(Phase.DONE, now)

    def fail(self, now: float, reason: str) -> None:
        """Back to what there was."""
        if not self.ended:
            self.reason = reason
            self._enter(Phase.ROLLED_BACK, now)

    def _enter(self, phase: Phase, now: float) -> None:
        self.phase, self.since = phase, now
