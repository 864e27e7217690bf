"""The zygotes of one pool: the one that forks, the one that is to follow it, and those on their way out."""

import logging
import math
import random
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Protocol

from supervisor.children import Exit
from supervisor.restart import History, Life, Policy, after_crash
from supervisor.zygote import Zygote

log = logging.getLogger(__name__)


class Make(Protocol):
    """Starts the zygote of a generation; raises OSError when it cannot."""

    def __call__(self, generation: int, now: float) -> Zygote:
        """Start it."""


class Generations:
    """Duties: have one zygote that can fork, replace it on request or after its death, see the old ones out.

    A candidate becomes `current` only when it is ready: new code that cannot be imported changes nothing for the
    workers that run the old.
    """

    def __init__(self, pool: str, make: Make, wake: Callable[[], None], policy: Policy | None = None) -> None:
        self._pool = pool
        self._make = make
        self._wake = wake
        self._policy = policy or Policy()
        self._history = History()
        self._due = 0.0
        self._wants_new = False
        self._asked_for = False  # whether the candidate was asked for, or replaces a dead zygote
        self.number = 0
        self.floor = 0  # workers of generations below it are to be replaced
        self.current: Zygote | None = None
        self.candidate: Zygote | None = None
        self.retired: list[Zygote] = []
        self.error = ""
        self.failures = 0  # generations in a row that could not start

    def roll(self) -> None:
        """Ask for a new generation."""
        self._wants_new = True
        self._due = 0.0

    @property
    def all(self) -> list[Zygote]:
        """Every zygote that lives."""
        return [zygote for zygote in (self.current, self.candidate, *self.retired) if zygote is not None]

    def reconcile(self, now: float, *, wanted: bool, populated: AbstractSet[int]) -> float:
        """Start and retire zygotes; `populated` are the generations with live workers. Answer when to look again."""
        if not wanted:
            self._retire_all()
        elif self.candidate is None and (self.current is None or self._wants_new):
            if now < self._due:
                return self._due
            self._start(now)
        times = [zygote.reconcile(now, has_workers=zygote.generation in populated) for zygote in self.all]
        return min(times, default=math.inf)

    def ready(self, zygote: Zygote) -> None:
        """A candidate can fork: it takes over."""
        if zygote is not self.candidate:
            return
        log.info("pool %s: generation %d is ready, pid %s", self._pool, zygote.generation, zygote.pid)
        self._retire(self.current)
        self.current, self.candidate = zygote, None
        if self._asked_for:
            self.floor = zygote.generation
        self.error = ""
        self.failures = 0

    def failed(self, zygote: Zygote, error: str, now: float) -> None:
        """A candidate cannot import the tasks: said once, in full, and tried again only when nothing else runs."""
        if zygote is not self.candidate:
            return
        log.error("pool %s: generation %d cannot start:\n%s", self._pool, zygote.generation, error.rstrip())
        self.error = error
        self.failures += 1
        self.candidate = None
        self._wants_new = False
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
        elif zygote is self.candidate:
            self.failed(zygote, f"the zygote died while it was importing the tasks: {end}", now)
            self.retired.remove(zygote)

    def kill(self) -> None:
        """Kill all of them, and whatever is left in their groups."""
        for zygote in self.all:
            zygote.kill()

    def _start(self, now: float) -> None:
        self.number += 1
        self._asked_for, self._wants_new = self._wants_new, False
        try:
            self.candidate = self._make(self.number, now)
        except OSError as error:
            self.error = f"the zygote cannot be started: {error}"
            log.error("pool %s: %s", self._pool, self.error)  # noqa: TRY400  the reason is in the text
            self.failures += 1
            self._due = now + self._policy.cap

    def _back_off(self, now: float, zygote: Zygote) -> None:
        chance = random.random()  # noqa: S311  spreads restarts, guards nothing
        verdict = after_crash(self._history, self._policy, Life(now, now - zygote.started), chance)
        self._history = verdict.history
        self._due = now + verdict.delay
        self._wake()

    def _retire_all(self) -> None:
        for zygote in (self.current, self.candidate):
            self._retire(zygote)
        self.current = self.candidate = None

    def _retire(self, zygote: Zygote | None) -> None:
        if zygote is not None:
            zygote.exit()
            self.retired.append(zygote)
