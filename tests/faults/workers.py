"""What workers call, and what is called in their name."""

from engine import NewJob
from engine.asking.sayings import Said, say
from engine.entrance.submit import submit
from engine.queues.limits import QueueLimits
from engine.store.claims import Done
from tests.faults.stage import ERROR, URL, Stage, Verb
from tests.support.seats import claim

SAID = Said(1, (0, 0.5, "half way"), b"\x01", [(5, "one"), (0, "two")], 3)


def _claim(stage, leases):
    stage.jobs(4)
    stage.engine.post([Done(leases[0]), Done(leases[1], b"\x01", 60)], 3, ("default",), 30)
    return len(stage.engine.collect().jobs)


def _claim_again(stage, leases):
    """Permits come back, and are taken by the next."""
    stage.engine.post([Done(lease) for lease in leases], 5, ("default",), 30)
    return [job.type for job in stage.engine.collect().jobs]


def _apart(stage):
    """Leases of limited jobs; others of their lanes wait for a permit."""
    stage.limited()
    stage.direct.enqueue_many(NewJob("t", n, tenant=name) for name in ("a", "b") for n in range(3))
    stage.direct.enqueue_many([NewJob("u", 7, priority="high"), NewJob("u", 8, priority="low")])
    return [stage.hand.lease(job) for job in claim(stage.hand, 3).jobs]


def _hooked(stage):
    """The lease of a job of whose end somebody wants to hear, and that is the only one of its kind."""
    stage.direct.run(submit(NewJob("t", 1, webhook=URL, unique=True)))
    return [stage.hand.lease(job) for job in claim(stage.hand).jobs]


def _passed_on(stage):
    """Leases of jobs that another worker knows."""
    stage.other.register(stage.info(life=8), {"t": "default"})
    return stage.held()


def _parked(stage):
    """One job that nobody knows."""
    stage.hand.park(stage.held(1)[0], "t")


def _register(stage, _):
    limits = {"low": QueueLimits(max_pending=9, tenant_concurrency=2)}
    return stage.engine.register(stage.info(), {"t": "low"}, limits, {"t": '{"concurrency": 2}'})


VERBS = {
    "bury": Verb(lambda s, on: s.engine.bury(on[0], ERROR), Stage.held),
    "bury: with a webhook": Verb(lambda s, on: s.engine.bury(on[0], ERROR), _hooked),
    "claim": Verb(_claim, Stage.held, answers=True),
    "claim: lanes apart": Verb(_claim_again, _apart, answers=True),
    "discard": Verb(lambda s, on: s.engine.discard(on[0], ERROR, 60), Stage.held),
    "give_back": Verb(lambda s, on: s.keeper.give_back(7, 10**6, on[:1]), Stage.held),
    "park": Verb(lambda s, on: s.engine.park(on[1], "t"), Stage.held),
    "park: another knows it": Verb(lambda s, on: s.engine.park(on[1], "t"), _passed_on),
    "register": Verb(_register, _parked, answers=True),
    "release": Verb(lambda s, on: s.engine.release(on[1:]), Stage.held),
    "release: permits": Verb(lambda s, on: s.engine.release(on), _apart),
    "retry": Verb(lambda s, on: s.engine.retry(on[0], ERROR, 60), Stage.held),
    "say": Verb(lambda s, on: s.engine.run(say(on[0], SAID)), Stage.held, answers=True),
}
