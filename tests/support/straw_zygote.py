"""A zygote without a process: its workers are numbers, and it does what the test says."""

import math
from typing import Any, ClassVar

from supervisor.processes.children import Exit

PID = 1 << 23  # above any real one


class Straw:
    """A zygote that does what the test says."""

    made: ClassVar[list["Straw"]] = []

    def __init__(self, _nursery: object, generation: int, events: Any) -> None:
        self.generation, self._events = generation, events
        self.ready = self.leaving = self.keeper_lost = False
        self.refused = False
        self.keeper: int | None = None
        self.tasks: tuple[str, ...] = ()
        self.started = 0.0
        self.pid: int | None = PID - generation
        self.asked: list[int] = []
        self.workers: dict[int, int] = {}  # pid -> slot
        Straw.made.append(self)

    def start(self, _origin: object, now: float) -> "Straw":
        self.started = now
        return self

    def fork(self, slot: int, _index: int, _output: int) -> None:
        assert self.ready
        self.asked.append(slot)

    def spoke_within(self, _seconds: float, _now: float) -> bool:
        return False

    def settle(self, _message: object) -> None:
        assert self.ready

    def exit(self) -> None:
        self.leaving = True

    def reconcile(self, _now: float, *, has_workers: bool) -> float:
        if self.leaving and not has_workers and not self.asked:
            self.die()
        return math.inf

    def die(self) -> None:
        if self.pid is not None:
            self.pid, self.ready = None, False
            self._events.zygote_dead(self, Exit(signal=9))

    kill = kill_alone = die
