"""A pool and its queue, simulated: jobs come, workers start after a while, run one job at a time and leave idle."""

import itertools
from collections import deque
from dataclasses import dataclass, field, replace

from config.autoscale import Autoscale
from supervisor.pools.autoscale import Signals, State, decide

TICK = 0.1
BOOT_S = 0.5


@dataclass
class Pool:
    """What happens in it; times in seconds, `log` has (time, workers wanted) of every decision."""

    rule: Autoscale
    service_s: float
    target: float = 5.0
    most_by_memory: float = 1e9
    now: float = 0.0
    desired: int = 1
    waiting: deque[float] = field(default_factory=deque)  # when each came
    running: list[float] = field(default_factory=list)  # what each busy worker still has to do
    idle: int = 1
    booting: list[float] = field(default_factory=list)
    done: int = 0
    lost: float = 0.0
    worst_wait: float = 0.0
    state: State = field(default_factory=State)
    log: list[tuple[float, int]] = field(default_factory=list)
    _figures: tuple[int, float] = (0, 0.0)
    _ticks: int = 0
    _owed: float = 0.0

    def run(self, seconds: float, rate: float = 0.0) -> None:
        """Let time pass while so many jobs come a second."""
        for _ in range(round(seconds / TICK)):
            self._owed += rate * TICK
            while self._owed >= 1:
                self._owed -= 1
                self.waiting.append(self.now)
            self._work()
            if self._ticks % round(1 / TICK) == 0:
                self._look()
            self._ticks += 1
            self.now = round(self.now + TICK, 6)

    @property
    def workers(self) -> int:
        """Those that are there, booting ones included."""
        return len(self.running) + self.idle + len(self.booting)

    @property
    def turns(self) -> int:
        """How often the direction changed."""
        ways = [after > before for (_, before), (_, after) in itertools.pairwise(self.log) if after != before]
        return sum(one is not other for one, other in itertools.pairwise(ways))

    def _work(self) -> None:
        self.idle += sum(up <= self.now for up in self.booting)
        self.booting = [up for up in self.booting if up > self.now]
        left = [rest - TICK for rest in self.running]
        self.done += sum(rest <= 1e-9 for rest in left)
        self.idle += sum(rest <= 1e-9 for rest in left)
        self.running = [rest for rest in left if rest > 1e-9]
        gone = min(self.idle, max(0, self.workers - self.desired))
        self.idle -= gone  # a busy one that has to go goes after its job
        self.booting += [self.now + BOOT_S] * max(0, self.desired - self.workers)
        while self.idle and self.waiting:
            self.worst_wait = max(self.worst_wait, self.now - self.waiting.popleft())
            self.idle -= 1
            self.running.append(self.service_s)

    def _look(self) -> None:
        waiting, oldest = self._figures  # a second old
        self._figures = (len(self.waiting), self.now - self.waiting[0] if self.waiting else 0.0)
        signals = Signals(
            now=self.now,
            desired=self.desired,
            running=min(self.desired, len(self.running) + self.idle),
            busy=float(min(self.desired, len(self.running))),
            done=self.done,
            waiting=waiting,
            oldest=oldest,
            told_at=self.now - 1,
            most_by_memory=self.most_by_memory,
        )
        self.done = 0
        decision = decide(signals, self.state, self.rule, self.target)
        self.state, self.desired = replace(decision.state), decision.desired
        self.log.append((self.now, self.desired))
