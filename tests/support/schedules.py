"""A schedule whose last turn lies an hour back, and a worker for its jobs, as the engine's tests use them."""

import time

from engine import Schedule, schedule
from engine.claims import Done

STATE = "herdsman:{default}:schedule:"


def plain(**keys):
    return Schedule(**{"name": "nightly", "task": "report", "cron": "* * * * *", **keys})


class House:
    """A declared schedule whose last turn lies an hour back, and a worker for its jobs."""

    def __init__(self, store, client, seats):
        self.store, self.client = store, client
        self.worker = seats(7)
        self.begin = int(time.time()) - 3600

    def declare(self, *schedules, origin="a"):
        removed = self.client.run(schedule.declare(origin, schedules))
        for one in schedules:
            self.store.client.hset(STATE + one.name, "slot", self.begin)
        return removed.removed

    def fire(self, one, after, **keys):
        return self.client.run(schedule.fire(one, self.begin + after, **keys))

    def look(self, one):
        return self.client.run(schedule.look([one.name])).sights[0]

    def claim(self):
        self.worker.post([], 10, ["default"], 30)
        return [self.worker.lease(job) for job in self.worker.collect().jobs]

    def finish(self, lease):
        assert self.worker.complete([Done(lease, b"\xc0", 60)]) == 1

    def pending(self):
        found = self.client.queues().get("default")
        return found.pending if found else 0
