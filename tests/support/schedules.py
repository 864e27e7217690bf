"""A schedule whose last turn lies an hour back, and a worker for its jobs, as the engine's tests use them."""

import time
from typing import Any

from engine import Schedule
from engine.schedules import schedule
from engine.store.claims import Done

STATE = "herdsman:{default}:schedule:"


def plain(**keys: Any) -> Schedule:
    """A schedule of every minute, but for these keys."""
    return Schedule(**{"name": "nightly", "task": "report", "cron": "* * * * *", **keys})


class House:
    """A declared schedule whose last turn lies an hour back, and a worker for its jobs."""

    def __init__(self, store: Any, client: Any, seats: Any) -> None:
        self.store, self.client = store, client
        self.worker = seats(7)
        self.begin = int(time.time()) - 3600

    def declare(self, *schedules: Schedule, origin: str = "a") -> list[str]:
        removed = self.client.run(schedule.declare(origin, schedules))
        for one in schedules:
            self.store.client.hset(STATE + one.name, "slot", self.begin)
        names: list[str] = removed.removed
        return names

    def fire(self, one: Schedule, after: int, **keys: Any) -> Any:
        return self.client.run(schedule.fire(one, self.begin + after, **keys))

    def look(self, one: Schedule) -> Any:
        return self.client.run(schedule.look([one.name])).sights[0]

    def claim(self) -> list[str]:
        self.worker.post([], 10, ["default"], 30)
        return [self.worker.lease(job) for job in self.worker.collect().jobs]

    def finish(self, lease: str) -> None:
        assert self.worker.complete([Done(lease, b"\xc0", 60)]) == 1

    def pending(self) -> int:
        found = self.client.queues().get("default")
        return found.pending if found else 0
