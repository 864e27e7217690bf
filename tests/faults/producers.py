"""What producers call: new jobs, taken or refused; looking, waiting, cancelling."""

from engine import NewJob, QueueFull, Unique
from engine.asking.peek import peek
from engine.asking.why import why
from engine.entrance.submit import submit
from engine.store import calls
from engine.store.claims import Done
from tests.faults.stage import BASE, URL, Stage, Verb

SAME = Unique(mode="pending_or_running", key="one", on_conflict="replace")
KEYED = NewJob("t", {"n": 1}, unique=SAME, idempotency_key="k", webhook=URL, delay=60)
MIXED = [NewJob("t", 1), KEYED, NewJob("t", 2, run_at=0), KEYED, NewJob("u", 3, tenant="a", webhook=URL)]
APART = [
    NewJob("t", 1, tenant="a"),
    NewJob("t", 2, tenant="b", priority="high"),
    NewJob("t", 3, delay=60, limit_key="k"),
    NewJob("u", 4, run_at=0),
]


def _submit(stage, job):
    return bool(stage.client.run(submit(job)))


def _many(stage, jobs=MIXED, key=None):
    """How many it made."""
    return stage.client.ask(stage.client._entrance.accept_batch(jobs, key=key)).new


def _refused(act):
    """The same answer whether it was refused or not."""
    try:
        return bool(act())
    except QueueFull as full:
        return full.pending


def _twin(stage):
    """The id of a job that counts as the same."""
    return stage.direct.run(submit(NewJob("t", {"n": 0}, unique=SAME)))


def _ended_and_not(stage):
    done, *_ = stage.held(2)
    stage.hand.complete([Done(done, b"\x01", 60)])
    return [done.partition("/")[0], *stage.jobs(1)]


def _running(stage):
    return stage.held(1)[0].partition("/")[0]


def _told(stage):
    """A job of a tenant's, on which a webhook hangs."""
    stage.jobs()
    return stage.direct.run(submit(NewJob("t", 1, tenant="a", webhook={"url": URL, "events": ["cancelled"]})))


VERBS = {
    "ahead": Verb(lambda s, on: s.client.ask(why(BASE, on[2])).text, Stage.jobs, answers=True, changes=False),
    "cancel": Verb(lambda s, on: s.client.cancel(on[0]), Stage.jobs),
    "cancel: one that runs": Verb(lambda s, on: s.client.cancel(on), _running, answers=True),
    "cancel: with a webhook": Verb(lambda s, on: s.client.cancel(on), _told),
    "enqueue": Verb(lambda s, _: len(s.client.enqueue_many(("t", n) for n in range(5))), answers=True),
    "enqueue: lanes apart": Verb(lambda s, _: len(s.client.enqueue_many(APART)), Stage.limited, answers=True),
    "enqueue: refused": Verb(
        lambda s, _: _refused(lambda: s.client.enqueue("t")), Stage.full, answers=True, changes=False
    ),
    "figures": Verb(lambda s, _: s.client.queues()["default"].pending, Stage.jobs, answers=True, changes=False),
    "hello": Verb(lambda s, _: s.client.ping(), lambda s: s.client.close(), changes=False),
    "peek": Verb(lambda s, on: len(s.client.run(peek(on))), Stage.jobs, answers=True, changes=False),
    "rates": Verb(lambda s, _: s.client.rates().total, Stage.jobs, answers=True, changes=False),
    "sift": Verb(lambda s, _: len(s.client.search("payload:t").jobs), Stage.dead, answers=True, changes=False),
    "submit": Verb(lambda s, _: _submit(s, KEYED), answers=True),
    "submit: one stands": Verb(lambda s, on: s.client.run(submit(KEYED)) == on, _twin, answers=True),
    "submit: refused": Verb(lambda s, _: _refused(lambda: _submit(s, KEYED)), Stage.full, answers=True, changes=False),
    "submit_many": Verb(lambda s, _: _many(s, key="whole"), answers=True),
    "submit_many: refused": Verb(
        lambda s, _: _refused(lambda: _many(s, MIXED[:4])), Stage.full, answers=True, changes=False
    ),
    "watch": Verb(lambda s, on: len(s.client.run(calls.watch(on, 60))), _ended_and_not, answers=True),
}
