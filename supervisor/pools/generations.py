"""The zygotes of one pool: the one that forks, the one that may follow it, and those on their way out."""

import logging
import math
import random
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Protocol

from supervisor.pools.zygote import Zygote
from supervisor.processes.children import Exit
from supervisor.services.restart import History, Life, Policy, after_crash
from supervisor.upgrading.handover import Handover

log = logging.getLogger(__name__)


class Make(Protocol):
    """Starts the zygote of a generation; raises OSError when it cannot."""

    def __call__(self, generation: int, now: float) -> Zygote:
        """Start it."""


class Generations:
    """Duties: have one zygote that can fork, follow it after its death, try another on request, see the old ones out.

    A `candidate` becomes `current` when it is ready: there is nothing else. A `trial` stands beside `current` until its
    rollout is over: `accept` makes it current, `reject` sends it away, and until then nothing of the old one is lost.
    """

    def __init__(self, pool: str, make: Make, wake: Callable[[], None], policy: Policy | None = None) -> None:
        self._pool = pool
        self._make = make
        self._wake = wake
        self._policy = policy or Policy()
        self._history = History()
        self._due = 0.0
        self.number = 0
        self.floor = 0  # workers of generations below it are to be replaced
        self.rejected: set[int] = set()  # … and those of these
        self.current: Zygote | None = None
        self.candidate: Zygote | None = None
        self.trial: Zygote | None = None
        self.rolling = False  # whether workers are forked from the trial
        self.retired: list[Zygote] = []
        self.error = ""
        self.trial_error = ""  # why the last trial is gone
        self.failures = 0  # generations in a row that could not start

    @property
    def all(self) -> list[Zygote]:
        """Every zygote that lives."""
        known = (self.current, self.candidate, self.trial, *self.retired)
        return [zygote for zygote in known if zygote is not None]

    @property
    def source(self) -> Zygote | None:
        """The zygote to fork workers from; None when there is none that can."""
        zygote = self.trial if self.rolling else self.current
        return zygote if zygote is not None and zygote.ready else None

    def outdated(self, generation: int) -> bool:
        """Whether workers of a generation are to be replaced."""
        return generation < self.floor or generation in self.rejected

    def reconcile(self, now: float, *, wanted: bool, populated: AbstractSet[int]) -> float:
        """Start and retire zygotes; `populated` are the generations with live workers. Answer when to look again."""
        if not wanted:
            self._retire_all()
        elif self.candidate is None and self.current is None and self.trial is None:
            if now < self._due:
                return self._due
            self.candidate = self._start(now)
        times = [zygote.reconcile(now, has_workers=zygote.generation in populated) for zygote in self.all]
        return min(times, default=math.inf)

    def try_another(self, now: float) -> bool:
        """Start a trial; False when it could not be started (`trial_error` says why)."""
        self.trial_error = ""
        self._due = 0.0
        self.trial = self._start(now)
        if self.trial is None:
            self.trial_error = self.error
        return self.trial is not None

    def roll(self) -> None:
        """Fork from the trial from now on, and have older workers replaced."""
        if self.trial is not None:
            self.rolling = True
            self.floor = self.trial.generation

    def accept(self) -> None:
        """The trial is the current one."""
        self._retire(self.current)
        self.current, self.trial, self.rolling = self.trial, None, False
        self.error = ""
        self.failures = 0

    def reject(self, generation: int, floor: int, error: str) -> None:
        """The trial of that generation leaves, and its workers are to be replaced; the floor is what it was."""
        self.rejected.add(generation)
        self.floor, self.rolling, self.error = floor, False, error
        self._retire(self.trial)
        self.trial = None

    def ready(self, zygote: Zygote) -> None:
        """A zygote can fork; a candidate takes over."""
        if zygote not in (self.candidate, self.trial):
            return
        log.info("pool %s: generation %d is ready, pid %s", self._pool, zygote.generation, zygote.pid)
        if zygote is self.candidate:
            self._retire(self.current)
            self.current, self.candidate = zygote, None
            self.error = ""
            self.failures = 0

    def failed(self, zygote: Zygote, error: str, now: float) -> None:
        """It cannot import the tasks: said once, in full; a candidate is tried again after a while."""
        if zygote is self.trial:
            self.trial_error, self.trial = error, None
        elif zygote is self.candidate:
            log.error("pool %s: generation %d cannot start:\n%s", self._pool, zygote.generation, error.rstrip())
            self.error, self.candidate = error, None
            self.failures += 1
        else:
            return
        self.retired.append(zygote)
        self._back_off(now, zygote)

    def dead(self, zygote: Zygote, end: Exit, now: float) -> None:
        """A zygote has ended."""
        if zygote in self.retired:
            self.retired.remove(zygote)
        elif zygote is self.current:
            log.warning("pool %s: the zygote of generation %d died: %s", self._pool, zygote.generation, end)
            self.current = None
            self._back_off(now, zygote)
        elif zygote in (self.candidate, self.trial):
            what = "its zygote died" if self.rolling else "the zygote died while it was importing the tasks"
            self.failed(zygote, f"{what}: {end}", now)
            self.retired.remove(zygote)

    def save(self, handover: Handover) -> dict[str, Any]:
        """Answer all there is to know for the supervisor that follows in this process; never during a rollout."""
        return {
            "number": self.number,
            "floor": self.floor,
            "rejected": sorted(self.rejected),
            "error": self.error,
            "failures": self.failures,
            "due": self._due,
            "history": self._history.save(),
            "current": self.current and self.current.save(handover),
            "candidate": self.candidate and self.candidate.save(handover),
            "retired": [zygote.save(handover) for zygote in self.retired],
        }

    def restore(self, saved: Mapping[str, Any], made: Callable[[Mapping[str, Any]], Zygote]) -> None:
        """Have the zygotes that live on; `made` makes one of what was saved of it."""
        self.number, self.floor, self.rejected = saved["number"], saved["floor"], set(saved["rejected"])
        self.error, self.failures, self._due = saved["error"], saved["failures"], saved["due"]
        self._history = History.restored(saved["history"])
        self.current = made(saved["current"]) if saved["current"] else None
        self.candidate = made(saved["candidate"]) if saved["candidate"] else None
        self.retired = [made(one) for one in saved["retired"]]

    def kill(self) -> None:
        """Kill all of them, and whatever is left in their groups."""
        for zygote in self.all:
            zygote.kill()

    def _start(self, now: float) -> Zygote | None:
        self.number += 1
        try:
            return self._make(self.number, now)
        except OSError as error:
            self.error = f"the zygote cannot be started: {error}"
            log.error("pool %s: %s", self._pool, self.error)  # noqa: TRY400  the reason is in the text
            self.failures += 1
            self._due = now + self._policy.cap
            return None

    def _back_off(self, now: float, zygote: Zygote) -> None:
        chance = random.random()  # noqa: S311  spreads restarts, guards nothing
        verdict = after_crash(self._history, self._policy, Life(now, now - zygote.started), chance)
        self._history = verdict.history
        self._due = now + verdict.delay
        self._wake()

    def _retire_all(self) -> None:
        for zygote in (self.current, self.candidate, self.trial):
            self._retire(zygote)
        self.current = self.candidate = self.trial = None
        self.rolling = False

    def _retire(self, zygote: Zygote | None) -> None:
        if zygote is not None:
            zygote.exit()
            self.retired.append(zygote)
