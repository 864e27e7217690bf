"""A verb in the table, and the stage on which it is called: seats at a store that holds something worth disturbing."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from engine import Flow, JobError, NewJob
from engine.clients.engine import Engine
from engine.jobs.job import WorkerInfo
from engine.queues.limits import QueueLimits, limits
from engine.schedules import schedule
from tests.support.seats import claim

ERROR = JobError(type="ValueError", message="no")
CLOCK = schedule.Schedule(name="clock", task="t", cron="* * * * *")
BASE = "herdsman:{default}"
URL = "https://hooks.example.com/a"


class Verb(NamedTuple):
    """`act(stage, what the stage gave)` makes the call."""

    act: Callable[..., Any]
    stage: Callable[..., Any] = lambda _: None
    answers: bool = False  # the repeated call gives the same answer
    changes: bool = True  # it changes the picture


class Stage:
    """`direct` and `hand` (incarnation 7) reach the store undisturbed, `client`, `engine` (also 7) and `keeper` through
    the proxy.
    """

    def __init__(self, store, url, direct, client):
        self.store, self.direct, self.client = store, direct, client
        self.hand, self.engine, self.keeper, self.other = (
            Engine(place, "default", incarnation=number)
            for place, number in ((store.url, 7), (url, 7), (url, 1), (store.url, 8))
        )
        # one seat, two connections: the numbers of its calls must go on
        self.engine.session.operation = 100

    def close(self):
        for engine in (self.hand, self.engine, self.keeper, self.other):
            engine.close()

    def jobs(self, count=3, **options):
        """Ids of that many pending jobs."""
        return self.direct.enqueue_many(NewJob("t", {"n": n}, **options) for n in range(count))

    def held(self, count=3, lease=30.0):
        """Leases that worker 7 holds."""
        self.jobs(count)
        return [self.hand.lease(job) for job in claim(self.hand, count, lease=lease).jobs]

    def dead(self, count=2):
        """Ids of dead letters."""
        leases = self.held(count)
        for lease in leases:
            self.hand.bury(lease, ERROR)
        return [lease.partition("/")[0] for lease in leases]

    def scheduled(self, slot=0):
        """A schedule that is known."""
        self.direct.run(schedule.declare("file", [CLOCK]))
        self.store.client.hset(f"{BASE}:schedule:clock", "slot", slot)

    def info(self, job=None, life=7):
        """A worker, as its keeper sees it."""
        return WorkerInfo(incarnation=str(life), host="h", pid=1, pool="p", slot=0, job=job)

    def limited(self):
        """Another worker has announced that of `t` two may run at a time, of each tenant's jobs one."""
        traits = {"t": json.dumps(limits("100/h", 2))}
        self.other.register(self.info(life=8), {"t": "default"}, {"default": QueueLimits(tenant_concurrency=1)}, traits)

    def full(self):
        """The queue has one job, and room for no more."""
        self.jobs(1)
        self.store.client.hset(f"{BASE}:limits", "default", "1 0 0 0")

    def diamond(self, keep=3600.0):
        """Id of a flow: a, then b and c, then d."""
        return self.direct.flows.submit(diamond(keep))


def diamond(keep=3600.0):
    """A flow of four jobs."""
    flow = Flow("diamond", keep=keep)
    first = flow.job("a")
    flow.job("d", after=[first.then("b", pass_results=True), first.then("c")], pass_results=True)
    return flow
