"""The table: every script of the engine, on what stage it is called, and how. A new verb needs one entry here.

`stage` prepares and returns what the call needs. `act` makes the call through the proxy. What must hold afterwards is
the same for all: the invariants, and the picture that the undisturbed call leaves. `answers`: a call whose fate was
unknown gives the same answer when it is repeated, for the script remembers it or changes nothing.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from engine import JobError, NewJob, calls, schedule
from engine.claims import Done
from engine.deaths import deaths, drop, requeue
from engine.engine import Engine
from engine.job import WorkerInfo
from engine.peek import peek
from engine.purge import purge
from engine.submit import submit
from tests.support.seats import claim

ERROR = JobError(type="ValueError", message="no")
CLOCK = schedule.Schedule(name="clock", task="t", cron="* * * * *")
BASE = "herdsman:{default}"


class Verb(NamedTuple):
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

    def info(self, job=None):
        """A worker, as its keeper sees it."""
        return WorkerInfo(incarnation="7", host="h", pid=1, pool="p", slot=0, job=job)


def _claim(stage, leases):
    stage.jobs(4)
    stage.engine.post([Done(leases[0]), Done(leases[1], b"\x01", 60)], 3, ("default",), 30)
    return len(stage.engine.collect().jobs)


def _ended_and_not(stage):
    done, *_ = stage.held(2)
    stage.hand.complete([Done(done, b"\x01", 60)])
    return [done.partition("/")[0], *stage.jobs(1)]


def _expired(stage):
    [lease] = stage.held(1)
    stage.hand.complete([Done(lease, b"\x01", 60)])
    job = lease.partition("/")[0]
    stage.store.client.delete(f"{BASE}:job:{job}")
    stage.store.client.zadd(f"{BASE}:finished", {job: 0})


def _lapsed(stage):
    leases = stage.held(2, lease=0)
    stage.hand.extend([stage.info(leases[0].partition("/")[0])], [], 30)


def _hello(stage, _):
    stage.client.ping()


VERBS = {
    "bury": Verb(lambda s, on: s.engine.bury(on[0], ERROR), Stage.held),
    "cancel": Verb(lambda s, on: s.client.cancel(on[0]), Stage.jobs),
    "claim": Verb(_claim, Stage.held, answers=True),
    "deaths": Verb(lambda s, on: len(s.client.run(deaths(on))), Stage.dead, answers=True, changes=False),
    "declare": Verb(lambda s, _: s.client.run(schedule.declare("file", [CLOCK])), answers=True),
    "discard": Verb(lambda s, on: s.engine.discard(on[0], ERROR, 60), Stage.held),
    "drop": Verb(lambda s, on: s.client.run(drop([*on, "1-1-1"])), Stage.dead, answers=True),
    "enqueue": Verb(lambda s, _: len(s.client.enqueue_many(("t", n) for n in range(5))), answers=True),
    "extend": Verb(lambda s, on: s.keeper.extend([s.info(on[0].partition("/")[0])], on, 60).cancels, Stage.held),
    "figures": Verb(lambda s, _: s.client.queues()["default"].pending, Stage.jobs, answers=True, changes=False),
    "fire": Verb(lambda s, _: s.client.run(schedule.fire(CLOCK, 60)), Stage.scheduled),
    "give_back": Verb(lambda s, on: s.keeper.give_back(7, 10**6, on[:1]), Stage.held),
    "halt": Verb(lambda s, _: s.client.run(schedule.halt("clock", paused=True)), Stage.scheduled),
    "hello": Verb(_hello, lambda s: s.client.close(), changes=False),
    "look": Verb(
        lambda s, _: s.client.run(schedule.look(["clock"])).sights, Stage.scheduled, answers=True, changes=False
    ),
    "pause": Verb(lambda s, _: s.client.pause("default"), Stage.jobs),
    "peek": Verb(lambda s, on: len(s.client.run(peek(on))), Stage.jobs, answers=True, changes=False),
    "promote": Verb(lambda s, _: s.keeper.promote(), lambda s: s.jobs(run_at=0)),
    "prune": Verb(lambda s, _: s.keeper.prune(), _expired),
    "purge": Verb(lambda s, _: s.client.ask(purge("default")), Stage.jobs, answers=True),
    "register": Verb(lambda s, _: s.engine.register(s.info(), {"t": "low"}, {"low": 9}), answers=True),
    "release": Verb(lambda s, on: s.engine.release(on[1:]), Stage.held),
    "requeue": Verb(lambda s, on: s.client.run(requeue([*on, "1-1-1"], {"n": 9})), Stage.dead, answers=True),
    "rescue": Verb(lambda s, _: s.keeper.rescue(grace=0, max_crashes=1), _lapsed),
    "retry": Verb(lambda s, on: s.engine.retry(on[0], ERROR, 60), Stage.held),
    "run": Verb(lambda s, _: bool(s.client.run(schedule.run(CLOCK))), Stage.scheduled, answers=True),
    "settle": Verb(lambda s, on: s.keeper.settle(7, "oom", on[:1], charged=True, max_crashes=3), Stage.held),
    "submit": Verb(lambda s, _: bool(s.client.run(submit(NewJob("t", 1)))), answers=True),
    "watch": Verb(lambda s, on: len(s.client.run(calls.watch(on, 60))), _ended_and_not, answers=True),
}
